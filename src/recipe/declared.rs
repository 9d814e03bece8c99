//! The declarations of parameters, and their names.

use crate::script_text::{Expression, ParamText};
use crate::secret_name::names_secret;
use crate::source::KEYWORDS;

/// Names that a script cannot give to a parameter: its own words, and those of the engine.
const TAKEN: &[&str] = &[
    "params", "host", "type", "this", "call", "debug", "eval", "print", "shared",
];

/// The parameter for a variable of the shell.
pub(super) fn from_variable(name: &str, default: Option<&str>, help: String) -> ParamText {
    let is_secret = names_secret(name);
    let default = if is_secret {
        Some(secret_default(name))
    } else {
        default.map(literal)
    };
    let kind = match &default {
        _ if is_secret => "secret",
        Some(Expression::Int(_)) => "int",
        Some(Expression::Bool(_)) => "bool",
        Some(Expression::Text(text)) if text.starts_with('/') => "path",
        _ => "string",
    };
    let help = if help.is_empty() {
        format!("the variable {name}")
    } else {
        help
    };
    ParamText {
        name: name.to_owned(),
        kind,
        of: None,
        default,
        help,
    }
}

/// A secret that must be in the environment.
pub(super) fn secret_parameter(name: &str, help: &str) -> ParamText {
    ParamText::secret(name, &secret_reference(name), help)
}

pub(super) fn secret_default(name: &str) -> Expression {
    Expression::Text(secret_reference(name))
}

fn secret_reference(name: &str) -> String {
    format!("env:{}", script_name(name).to_uppercase())
}

/// The value that a text spells.
fn literal(text: &str) -> Expression {
    match text {
        "true" | "false" => Expression::Bool(text == "true"),
        // A leading zero may be part of a mode or a number of another base.
        _ if text.starts_with('0') && text.len() > 1 => Expression::from(text),
        _ => text
            .parse()
            .map_or_else(|_| Expression::from(text), Expression::Int),
    }
}

/// The name in the style of scripts.
pub(super) fn script_name(name: &str) -> String {
    let mut script: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    while script.contains("__") {
        script = script.replace("__", "_");
    }
    let script = script.trim_matches('_');
    let is_unfit = script.is_empty() || KEYWORDS.contains(&script) || TAKEN.contains(&script);
    if script.starts_with(|c: char| c.is_ascii_digit()) {
        format!("argument_{script}")
    } else if is_unfit {
        format!("the_{script}").trim_end_matches('_').to_owned()
    } else {
        script.to_owned()
    }
}
