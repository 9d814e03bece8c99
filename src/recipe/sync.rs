//! `async`, and the tokens that it gets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags;
use super::parameters::{is_hole, is_only_hole};
use super::statement::{call_with_options, scalar_literal};
use crate::script_text::Expression;
use crate::state::ValueType;
use crate::tools::{SYNC_OPTIONS, SyncOption};

/// Long names of flags, and the short ones.
const ALIASES: &[(&str, &str)] = &[
    ("--name", "-N"),
    ("--local-dir", "-d"),
    ("--remote-dir", "-r"),
    ("--direction", "-K"),
    ("--token", "-W"),
    ("--target-rate", "-l"),
    ("--min-rate", "-m"),
    ("--rate-policy", "-a"),
    ("--cipher", "-c"),
    ("--overwrite", "-o"),
    ("--checksum", "-k"),
    ("--private-key-path", "-i"),
    ("--tcp-port", "-P"),
    ("--udp-port", "-O"),
    ("--local-db-dir", "-b"),
    ("--remote-db-dir", "-B"),
    ("--continuous", "-C"),
    ("--quiet", "-q"),
];

/// Rules for what is synchronized: the flag, and how a rule starts.
const FILTERS: &[(&str, &str)] = &[
    ("--include", "+ "),
    ("--exclude", "- "),
    ("--include-from", ".+ "),
    ("--exclude-from", ".- "),
];

/// A session so far.
#[derive(Default)]
struct Session {
    entries: Vec<(&'static str, Expression)>,
    filters: Vec<Expression>,
    has_folder: bool,
}

pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    let mut session = Session::default();
    hide_tokens(call, context);
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let (flag, value) = match arg.split_once('=') {
            Some((flag, value)) if arg.starts_with("--") => (flag, Some(value.to_owned())),
            _ => flag_with_secret(arg),
        };
        let short = ALIASES.iter().find(|(long, _)| *long == flag);
        let flag = short.map_or(flag, |(_, short)| *short);
        let mut next = || {
            let value = value.clone().or_else(|| args.next().cloned());
            value.ok_or_else(|| flags::lacks_value(flag))
        };
        session.take(flag, &mut next, context)?;
    }
    if let Some(account) = &call.account {
        session.entries.push(("user", context.value(account)));
    }
    for (name, value) in environment(call, context) {
        let value = &value;
        match name.as_str() {
            "ASPERA_SCP_TOKEN" => session
                .entries
                .push(("token", token_value(value, context)?)),
            "ASPERA_SCP_PASS" => {
                let password = context.secret(value, "ssh_password")?;
                session.entries.push(("password", password));
            }
            _ => {}
        }
    }
    session.finish()
}

/// A flag, and the token or password behind it in the same argument.
fn flag_with_secret(arg: &str) -> (&str, Option<String>) {
    match arg.split_at_checked(2) {
        Some((flag @ ("-W" | "-w"), value)) if !value.is_empty() => (flag, Some(value.to_owned())),
        _ => (arg, None),
    }
}

/// The variables that the command sees: its own, and those that the recipe has set before.
fn environment(call: &ToolCall, context: &mut Context) -> Vec<(String, String)> {
    let mut variables = call.environment.clone();
    for name in ["ASPERA_SCP_TOKEN", "ASPERA_SCP_PASS"] {
        let is_given = variables.iter().any(|(given, _)| given == name);
        if !is_given && let Some(word) = context.parameters.set_variable(name) {
            variables.push((name.to_owned(), word));
        }
    }
    variables
}

/// Hides tokens and passwords before anything of the command can be shown.
fn hide_tokens(call: &ToolCall, context: &mut Context) {
    let words = call.values_of(&["-W", "-w", "--token"]);
    for word in words.flat_map(|value| value.split(' ')) {
        if !word.eq_ignore_ascii_case("basic") && !word.eq_ignore_ascii_case("bearer") {
            context.hide(word);
        }
    }
    for (name, value) in &call.environment {
        if name.starts_with("ASPERA_SCP_") {
            context.hide(value);
        }
    }
}

impl Session {
    fn take(
        &mut self,
        flag: &str,
        next: &mut dyn FnMut() -> Result<String, Untranslated>,
        context: &mut Context,
    ) -> Result<(), Untranslated> {
        if let Some((_, sign)) = FILTERS.iter().find(|(filter, _)| *filter == flag) {
            let rule = format!("{sign}{}", next()?);
            self.filters.push(context.value(&rule));
            return Ok(());
        }
        let entry = match flag {
            "-N" => ("name", context.value(&next()?)),
            "-d" => {
                self.has_folder = true;
                ("local", context.value(&next()?))
            }
            "-r" => ("remote", context.value(&next()?)),
            "-W" => ("token", token_value(&next()?, context)?),
            "-w" => ("password", context.secret(&next()?, "ssh_password")?),
            "-q" | "-v" => return Ok(()),
            "-C" => {
                return Err(Untranslated::comment(
                    "a continuous session never ends: write sync.service",
                ));
            }
            _ => match SYNC_OPTIONS.iter().find(|option| option.flag == flag) {
                Some(option) => (option.name, value_of(option, next, context)?),
                None => return self.lost_folder(flag, context),
            },
        };
        self.entries.push(entry);
        Ok(())
    }

    /// `-images` on a copied page was `-d /images`.
    fn lost_folder(&mut self, flag: &str, context: &mut Context) -> Result<(), Untranslated> {
        let folder = flag
            .strip_prefix('-')
            .filter(|name| !name.starts_with('-') && name.len() > 2);
        let Some(folder) = folder.filter(|_| !self.has_folder) else {
            return Err(Untranslated::comment(format!(
                "its option {flag} is not known"
            )));
        };
        self.has_folder = true;
        context.changed(format!("{flag} is no option: it is taken for -d /{folder}"));
        let folder = context.value(&format!("/{folder}"));
        self.entries.push(("local", folder));
        Ok(())
    }

    fn finish(mut self) -> Translated {
        for key in ["name", "local", "remote"] {
            if !self.entries.iter().any(|(name, _)| *name == key) {
                return Err(Untranslated::comment(format!("its session has no {key}")));
            }
        }
        if !self.filters.is_empty() {
            self.entries
                .push(("filters", Expression::List(self.filters)));
        }
        Ok(vec![call_with_options("sync.run", [], self.entries)])
    }
}

fn value_of(
    option: &SyncOption,
    next: &mut dyn FnMut() -> Result<String, Untranslated>,
    context: &mut Context,
) -> Result<Expression, Untranslated> {
    if option.kind == ValueType::Bool {
        return Ok(Expression::Bool(true));
    }
    let value = next()?;
    if value.contains(is_hole) {
        return Ok(context.value(&value));
    }
    Ok(scalar_literal(option.kind.parse(&value), &value))
}

/// A token; a basic one is made of the id and the secret of its access key.
fn token_value(token: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    let encoded = token.strip_prefix("Basic ").unwrap_or(token);
    if let Some((id, secret)) = context.token_parts(encoded) {
        return basic(&id, &secret, context);
    }
    let bare = if encoded != token && is_only_hole(encoded) {
        context.changed("the token has `Basic ` before it");
        encoded
    } else {
        token
    };
    let Some((id, secret)) = decoded(encoded) else {
        return context.secret(bare, "token");
    };
    context.hide(token);
    context.changed("the basic token is made of its access key");
    basic(&id, &secret, context)
}

/// The id and the secret in a basic token.
fn decoded(encoded: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let is_printed = !text.contains(char::is_control) && !id.is_empty() && !secret.is_empty();
    is_printed.then(|| (id.to_owned(), secret.to_owned()))
}

fn basic(id: &str, secret: &str, context: &mut Context) -> Result<Expression, Untranslated> {
    let secret = context.secret(secret, "access_key_secret")?;
    Ok(Expression::Call(
        "token.basic".to_owned(),
        vec![context.value(id), secret],
    ))
}

/// `echo -n ID:SECRET | base64`.
pub(super) fn token(call: &ToolCall, context: &mut Context) -> Translated {
    let text = call
        .fed_text()
        .ok_or_else(|| Untranslated::comment("no function does what its program does"))?;
    let Some((id, secret)) = text.split_once(':') else {
        context.hide(&text);
        return Err(Untranslated::comment(
            "its text is no `ID:SECRET` of an access key",
        ));
    };
    context.hide(secret);
    context.hide(&STANDARD.encode(&text));
    let id = context.parameters.readable(id);
    Err(Untranslated::needless(format!(
        "token.basic makes the token of {id} where it is used"
    )))
}
