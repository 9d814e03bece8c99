//! `asconfigurator`: its commands as settings of a script.

use super::conf_command::{ConfCommand, ConfPair, Verb};
use super::context::{Context, ToolCall, Translated, Untranslated};
use super::flags::{self, Flag, valued};
use super::parameters::is_hole;
use super::statement::{call_with_options, function_call, scalar_literal};
use crate::conf::{self, Setting};
use crate::login;
use crate::script_text::{Expression, Statement};
use crate::state::{SectionKind, ValueType};

const FLAGS: &[Flag] = &[valued(&["-x", "-F"])];

/// The value that resets a setting.
const RESET: &str = "AS_NULL";

/// The bindings that set the settings of each kind of section, and that delete one.
const BINDINGS: &[(SectionKind, &str, &str)] = &[
    (SectionKind::Node, "conf.set_node", ""),
    (SectionKind::User, "conf.set_user", "conf.delete_user"),
    (SectionKind::Group, "conf.set_group", "conf.delete_group"),
    (SectionKind::Trunk, "conf.set_trunk", "conf.delete_trunk"),
    (SectionKind::Server, "conf.set_server", ""),
    (SectionKind::HttpServer, "conf.set_fallback", ""),
    (SectionKind::CentralServer, "conf.set_central", ""),
    (SectionKind::Client, "conf.set_client", ""),
    (SectionKind::Database, "conf.set_database", ""),
    (SectionKind::Logging, "conf.set_logging", ""),
];

/// The ports and switches of fallback: the option of `conf.set_fallback`, and whether the
/// setting is the port.
const FALLBACK: &[(&str, &str, bool)] = &[
    ("enable_http", "http", false),
    ("http_port", "http", true),
    ("enable_https", "https", false),
    ("https_port", "https", true),
];

pub(super) fn translate(call: &ToolCall, context: &mut Context) -> Translated {
    if let Some(input) = &call.input {
        return translate_input(input, context);
    }
    let parsed = flags::parse(&call.args, FLAGS)?;
    if !parsed.has("-x") {
        return Err(Untranslated::comment("it has no command"));
    }
    if !parsed.operands.is_empty() {
        return Err(Untranslated::comment(
            "it edits another file than aspera.conf, or its command has lost its quotes",
        ));
    }
    let mut statements = Vec::new();
    for command in parsed.values("-x") {
        statements.extend(translate_command(command, context)?);
    }
    Ok(statements)
}

/// Commands of the standard input: each ends with an empty line, and has a setting on each line.
pub(super) fn translate_input(input: &str, context: &mut Context) -> Translated {
    let mut statements = Vec::new();
    for block in input.replace("\r\n", "\n").split("\n\n") {
        let lines = block.lines().map(str::trim);
        let lines: Vec<_> = lines
            .filter(|line| !line.is_empty() && *line != "terminate" && !line.starts_with('#'))
            .collect();
        if !lines.is_empty() {
            statements.extend(translate_command(&lines.join(";"), context)?);
        }
    }
    if statements.is_empty() {
        return Err(Untranslated::needless("it sets nothing"));
    }
    Ok(statements)
}

fn translate_command(text: &str, context: &mut Context) -> Translated {
    hide_secrets(text, context);
    let command = ConfCommand::parse(text, context)?;
    let row = BINDINGS.iter().find(|(kind, ..)| *kind == command.section);
    let Some((_, set, delete)) = row else {
        return Err(Untranslated::comment("no function sets this section"));
    };
    let mut args: Vec<_> = selector(&command, context)?.into_iter().collect();
    context.has_set_conf = true;
    match command.verb {
        Verb::Get => Err(Untranslated::needless("it only shows settings")),
        Verb::Delete if delete.is_empty() => {
            Err(Untranslated::comment("no function deletes this section"))
        }
        Verb::Delete => Ok(vec![function_call(delete, args)]),
        Verb::Set if command.section == SectionKind::HttpServer => {
            fallback(&command.pairs, context)
        }
        Verb::Set => {
            let (settings, comments) = settings(&command, context);
            let mut statements = comments;
            if settings.is_empty() && !statements.is_empty() {
                return Ok(statements);
            }
            args.push(Expression::Map(settings));
            statements.push(function_call(set, args));
            Ok(statements)
        }
    }
}

/// Hides what may be a secret before anything of the command can be shown.
fn hide_secrets(text: &str, context: &mut Context) {
    for piece in text.split([';', '\n']) {
        let Some((name, value)) = piece.split_once(',') else {
            continue;
        };
        if conf::is_secret(name.trim()) && value.trim() != RESET {
            context.hide(value.trim());
        }
    }
}

/// The name of the section, where it has one.
fn selector(
    command: &ConfCommand<'_>,
    context: &mut Context,
) -> Result<Option<Expression>, Untranslated> {
    let Some(name) = command.name else {
        return Ok(None);
    };
    if command.section == SectionKind::Trunk && !name.contains(is_hole) {
        let id = name
            .parse()
            .map_err(|_| Untranslated::comment("the id of a trunk is a number"))?;
        return Ok(Some(Expression::Int(id)));
    }
    context.parameters.give_type(
        name,
        if command.section == SectionKind::Trunk {
            "int"
        } else {
            "name"
        },
    );
    if command.section == SectionKind::Trunk {
        return Ok(Some(context.parameters.number(name)));
    }
    Ok(Some(context.value(name)))
}

/// The settings of a command, and comments for those that a script refuses.
fn settings(
    command: &ConfCommand<'_>,
    context: &mut Context,
) -> (Vec<(String, Expression)>, Vec<Statement>) {
    let mut settings: Vec<(String, Expression)> = Vec::new();
    let mut comments = Vec::new();
    for pair in &command.pairs {
        match setting(command.section, pair, context) {
            Ok(value) => {
                if let Some(earlier) = settings.iter_mut().find(|(name, _)| name == pair.name) {
                    context.changed(format!("{} is set twice: the last value counts", pair.name));
                    earlier.1 = value;
                } else {
                    settings.push((pair.name.to_owned(), value));
                }
            }
            Err(why) => {
                let what = context
                    .parameters
                    .readable(&format!("{},{}", pair.name, pair.value));
                context.left_as_comment(format!("{} is only a comment: {why}", pair.name));
                comments.push(Statement::Comment(format!(
                    "Not translated: {what} ({why})"
                )));
            }
        }
    }
    (settings, comments)
}

/// The value of a setting, or why a script refuses it.
fn setting(
    section: SectionKind,
    pair: &ConfPair<'_>,
    context: &mut Context,
) -> Result<Expression, String> {
    let Some(setting) = conf::find(section, pair.name) else {
        let fault = conf::unknown(section, pair.name);
        let hints: Vec<_> = fault.hints().iter().map(ToString::to_string).collect();
        let why = fault.to_string();
        return Err(match hints.first() {
            Some(hint) => format!("{why}; {hint}"),
            None => why,
        });
    };
    let value = pair.value;
    if value == RESET {
        return Ok(Expression::Unit);
    }
    if value.is_empty() {
        context.changed(format!(
            "{} has no value, which resets it: write one if the page has lost it",
            pair.name
        ));
        return Ok(Expression::Unit);
    }
    if setting.is_secret {
        return context
            .secret(value, secret_name(pair.name))
            .map_err(reason);
    }
    if setting.may_hold_login
        && let Some(value) = with_login(value, context)
    {
        return value;
    }
    if pair.name == "absolute" {
        context.folders.insert(value.to_owned());
    }
    if value.contains(is_hole) {
        let kind = type_of(setting);
        context.parameters.give_type(value, kind);
        return Ok(if ["int", "port"].contains(&kind) {
            context.parameters.number(value)
        } else {
            context.value(value)
        });
    }
    setting.check(value).map_err(|fault| fault.to_string())?;
    Ok(scalar_literal(setting.read(value), value))
}

fn reason(why: Untranslated) -> String {
    match why {
        Untranslated::Comment(why) | Untranslated::Needless(why) => why,
    }
}

/// The parameter for a secret setting.
fn secret_name(setting: &str) -> &str {
    if setting == "token_encryption_key" {
        "token_key"
    } else {
        setting
    }
}

/// The type of a parameter for a setting.
fn type_of(setting: &Setting) -> &'static str {
    if let ValueType::Int { .. } = setting.kind {
        "int"
    } else if setting.kind == ValueType::Bool {
        "bool"
    } else if setting.kind == ValueType::Port {
        "port"
    } else if setting.kind == ValueType::Host {
        "host"
    } else {
        "string"
    }
}

/// A URL whose login becomes a parameter.
fn with_login(value: &str, context: &mut Context) -> Option<Result<Expression, String>> {
    let range = login::find(value).into_iter().next()?;
    let (before, after) = (&value[..range.start], &value[range.end..]);
    let secret = context.secret(&value[range.clone()], "storage_login");
    Some(secret.map_err(reason).map(|secret| {
        let Expression::Name(name) = secret else {
            return secret;
        };
        Expression::Template(vec![
            Expression::Text(before.to_owned()),
            Expression::Name(name),
            Expression::Text(after.to_owned()),
        ])
    }))
}

/// Ports and switches of HTTP fallback.
fn fallback(pairs: &[ConfPair<'_>], context: &mut Context) -> Translated {
    let mut options: Vec<(&str, Expression)> = Vec::new();
    let mut statements = Vec::new();
    for pair in pairs {
        let row = FALLBACK.iter().find(|(name, ..)| *name == pair.name);
        let Some((_, option, is_port)) = row else {
            let what = context
                .parameters
                .readable(&format!("{},{}", pair.name, pair.value));
            context.left_as_comment(format!(
                "{} is only a comment: no function sets it",
                pair.name
            ));
            statements.push(Statement::Comment(format!(
                "Not translated: {what} (no function sets it)"
            )));
            continue;
        };
        let value =
            setting(SectionKind::HttpServer, pair, context).map_err(Untranslated::Comment)?;
        let earlier = options.iter_mut().find(|(name, _)| name == option);
        match earlier {
            // A port enables the protocol too.
            Some((_, set)) if *is_port => *set = value,
            Some((_, set @ Expression::Bool(_))) => *set = value,
            Some(_) => {}
            None => options.push((option, value)),
        }
    }
    if !options.is_empty() {
        statements.push(call_with_options("conf.set_fallback", [], options));
    }
    Ok(statements)
}
