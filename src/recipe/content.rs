//! The content of a file that a recipe writes, without the secrets in it.

use super::context::{Context, Untranslated};
use super::declared::script_name;
use super::masking::mask_possible;
use super::parameters::is_hole;
use crate::login;
use crate::script_text::Expression;
use crate::secret_name::{may_name_secret, names_secret};

/// Why the content of a file is no part of the script.
pub(super) const MAY_SHOW_SECRET: &str =
    "its text may have a secret: write file.ensure with a secret in `content`";

/// How the key in a PEM file ends its first line.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Values that are no secret, whatever their name.
pub(super) const PLAIN: &[&str] = &["true", "false", "yes", "no", "on", "off", "none", "null"];

/// The expression for a text. Each secret that is found in it is a parameter; a text that may have
/// others has no expression.
pub(super) fn content(text: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    if text.contains(PRIVATE_KEY) {
        text.lines().for_each(|line| context.hide(line));
        return context.secret(text, "private_key");
    }
    let mut word = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        word.push_str(&without_secrets(line, context)?);
    }
    let shown: String = word
        .chars()
        .map(|c| if is_hole(c) { '$' } else { c })
        .collect();
    // A login that is a parameter is none that is written out.
    let shown = shown.replace("://$@", "://");
    let may_show_secret = |line: &str| names_secret_in_words(line) || mask_possible(line) != line;
    if shown.lines().any(may_show_secret) {
        return Err(Untranslated::comment(MAY_SHOW_SECRET));
    }
    let text = context.value(&word);
    if word.lines().count() < 2 {
        return Ok(text);
    }
    Ok(if let Expression::Template(parts) = text {
        Expression::Document(parts)
    } else {
        Expression::Document(vec![text])
    })
}

/// Whether a line has a secret behind its name, with a blank between: `password x`.
fn names_secret_in_words(line: &str) -> bool {
    let words: Vec<_> = line.split_whitespace().collect();
    let is_comment = line.trim_start().starts_with(['#', ';', '/']);
    let mut pairs = words.windows(2);
    !is_comment && pairs.any(|pair| names_secret(pair[0]) && !pair[1].starts_with(['$', '=']))
}

/// The line with parameters for `password = x` and the logins of URLs.
fn without_secrets(line: &str, context: &mut Context) -> Result<String, Untranslated> {
    if let Some(login) = login::find(line).into_iter().next_back() {
        let hole = context.secret_word(&line[login.clone()], "login")?;
        let before = without_secrets(&line[..login.start], context)?;
        return Ok(format!("{before}{hole}{}", &line[login.end..]));
    }
    let Some((name, value)) = line.split_once(['=', ':']) else {
        return Ok(line.to_owned());
    };
    let name = name.trim().trim_start_matches("export ").trim();
    let name = name.trim_matches(['"', '\'', '-']);
    let bare = value.trim().trim_end_matches([',', ';']);
    let bare = bare.trim_matches(['"', '\'']);
    let is_name = !name.contains(char::is_whitespace) && !name.starts_with(['#', '/', ';']);
    if !is_name || !may_name_secret(name) || bare.is_empty() || PLAIN.contains(&bare) {
        return Ok(line.to_owned());
    }
    let hole = context.secret_word(bare, &script_name(name))?;
    let start = line.len() - value.len();
    let at = start + value.find(bare).unwrap_or(0);
    Ok(format!("{}{hole}{}", &line[..at], &line[at + bare.len()..]))
}
