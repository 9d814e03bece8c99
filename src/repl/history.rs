//! Which lines the history remembers: none that contains a secret, or may contain one. In doubt a
//! line is not remembered.

use crate::login;
use crate::reference::{EntryKind, Reference};
use crate::secret_name::may_name_secret;
use crate::source::{SecretRules, StringLiteral, has_secret};
use crate::state::PUBLISHED;

use super::call_position::{CallPosition, Expected};

/// The bytes of a line that is remembered. Nobody types a longer one, and to look for secrets in it
/// takes time.
const MAX_LINE: usize = 1 << 14;

/// What precedes a secret inside a string: HTTP credentials and keys.
const SECRET_MARKS: &[&str] = &["Basic ", "Bearer ", "-----BEGIN"];

/// Whether a line contains no secret, as far as can be seen.
pub fn may_be_remembered(reference: &Reference, line: &str) -> bool {
    let rules = SecretRules {
        // A string in a call is an argument of that call, whatever name the call's value gets.
        expects: &|open, is_outer| {
            may_name_secret(open.key) || (is_outer && open.callee.is_empty())
        },
        is_secret: &|literal| is_secret(reference, literal),
    };
    match line.trim().strip_prefix(':') {
        Some(command) => is_harmless_command(command),
        None => line.len() <= MAX_LINE && !has_secret(line, rules),
    }
}

/// Whether a command such as `:params key=…` gives a secret parameter nothing but a reference.
fn is_harmless_command(command: &str) -> bool {
    let mut settings = command
        .split_whitespace()
        .filter_map(|word| word.split_once('='));
    let is_plain = |name: &str, value: &str| {
        is_harmless(value) && (!may_name_secret(name) || is_reference(value.trim()))
    };
    settings.all(|(name, value)| is_plain(name, value))
        && command
            .split_once('=')
            .is_none_or(|(name, value)| is_plain(name, value))
}

fn is_secret(reference: &Reference, literal: &StringLiteral<'_, '_>) -> bool {
    let Some(innermost) = literal.open.last() else {
        return literal.is_expected && !is_reference(literal.content);
    };
    if innermost.callee == "secret" {
        return !is_reference(literal.content);
    }
    if !is_harmless(literal.content) {
        return true;
    }
    if innermost.bracket == "#{" && innermost.key.is_empty() {
        // The literal is a key itself.
        return false;
    }
    literal.is_expected
        || may_name_secret(literal.left_name)
        || is_secret_argument(reference, literal)
}

/// Whether the reference says that a secret is expected there, whatever the module's alias.
fn is_secret_argument(reference: &Reference, literal: &StringLiteral<'_, '_>) -> bool {
    let module = |alias: &str| {
        let modules = reference.of_kind(EntryKind::Module);
        let mut names = modules.map(|module| module.name.to_string());
        names.find(|name| name.ends_with(&format!("/{alias}")))
    };
    let position = CallPosition::find(reference, literal.open, &module);
    match position.and_then(|position| position.expected) {
        Some(Expected::Value(field)) => field.is_secret,
        Some(Expected::Key(_)) | None => false,
    }
}

/// Whether a string is a reference. `prompt:` is not accepted: some users type the secret itself
/// as its label.
fn is_reference(text: &str) -> bool {
    text.starts_with("env:") || text.starts_with("file:")
}

/// Whether an `@` follows `://` in a word: a login with a `/` in it reads like a host and a path.
fn has_at_after_scheme(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.any(|word| {
        word.split_once("://")
            .is_some_and(|(_, rest)| rest.contains('@'))
    })
}

fn is_harmless(text: &str) -> bool {
    login::find(text).is_empty()
        && !has_at_after_scheme(text)
        && !PUBLISHED.contains(&text)
        && !text.starts_with("prompt:")
        && !SECRET_MARKS.iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_may_contain_a_secret_is_not_remembered() {
        let reference = Reference::new([]);
        for line in [
            r#"secret("hunter2")"#,
            r#"secret("prompt:hunter2")"#,
            "let p = secret(`hunter2`)",
            r#"node.set_api_password("a", "hunter2")"#,
            r#"node.set_api_password("a", "hunter2"#,
            r#"node.add_api_user("a", #{ password: "hunter2" })"#,
            r#"conf.set_user("a", #{ token_encryption_key: "hunter2" })"#,
            r#"conf.set_user("a", #{ absolute: "/x", token_encryption_key: "a" + "b" })"#,
            r#"token.basic("id", "hunter2")"#,
            r#"let password = "hunter2";"#,
            r#"let m = #{ api_password: ["hunter2"] };"#,
            r#"m.password = "hunter2""#,
            r#"if key == "hunter2" { 1 }"#,
            r#"print("gj5o930t78m34ejme9dx")"#,
            r#"print("XF324cd28")"#,
            r#"advise("https://admin:hunter2@node")"#,
            r#"print("Basic aHVudGVyMg==")"#,
            "let u = `s3://${user}:hunter2@host/b`;",
            "x // was s3://key:hunter2@host",
            ":params docroot=s3://key:hunter2@host",
            ":params key=hunter2",
            ":params region=eu key=hunter2",
            ":params a=s3://host/x b=s3://K:12/34@host",
            r#"secret ("hunter2")"#,
            r#"m["password"] = "hunter2""#,
            r#"if m["password"] == "hunter2" { 1 }"#,
            r#"let apikey = "hunter2";"#,
            r#"f(#{ API_KEY: "hunter2" })"#,
            r#"conf.set_user("a", #{ absolute: "s3://host/a s3://K/E:12/34@host" })"#,
            r#"let k = "hunter2"; node.set_api_password("a", k)"#,
            ":params faspex_password=hunter2",
            ":params x=prompt:hunter2",
            "x // \nlet secret = #\"hunter2\"#;",
        ] {
            assert!(!may_be_remembered(&reference, line), "{line}");
        }
    }

    #[test]
    fn other_lines_are_remembered() {
        let reference = Reference::new([]);
        for line in [
            "conf.users()",
            r#"conf.set_user("a", #{ token_encryption_key: secret("env:KEY") })"#,
            r#"node.add_api_user("a", #{ transfer_user: "x", password: secret("file:/run/key") })"#,
            r#"node.set_api_password("a", token.random_key(20))"#,
            r#"conf.set_user("a", #{ absolute: "/srv/a", "token_life_seconds": 5 })"#,
            r#"let key = secret("env:KEY");"#,
            r#"conf.set_user("a", #{ absolute: `s3://${secret("env:KEY")}@host/b` })"#,
            r#"import "std/tokens" as tokens;"#,
            ":params key=env:KEY",
            ":params region=eu",
            ":help secret",
            ":save a=b.rhai",
        ] {
            assert!(may_be_remembered(&reference, line), "{line}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_to_be_looked_at_is_not_remembered() {
        let reference = Reference::new([]);
        let line = |length: usize| format!("x = {}", "1".repeat(length - 4));
        assert!(may_be_remembered(&reference, &line(MAX_LINE)));
        assert!(!may_be_remembered(&reference, &line(MAX_LINE + 1)));
    }
}
