//! Reads `PLATFORM` and `PARAMS` from a compiled script, each entry for
//! itself, so that one mistake hides no other. It gives no value to anything.

use rhai::{AST, Dynamic, Expr, Position, Stmt};

use crate::bindings::Value;
use crate::fault::{Fault, Result};
use crate::reference::{DocText, FieldDoc};
use crate::state::Platform;

use super::argument_location;
use super::params::{Declared, ParamSpec, ParamType};
use super::values::value;

/// The words for types.
const TYPES: &[&str] = &[
    "string", "int", "bool", "path", "port", "host", "name", "secret", "choice",
];

/// The keys of a declaration.
const KEYS: [&str; 4] = ["type", "default", "help", "values"];

/// What is wrong, and where.
type Wrong = Vec<(Fault, Position)>;

/// What a script declares, and what is wrong with that.
pub(super) fn examine(ast: &AST) -> (Declared, Wrong) {
    let mut declared = Declared::default();
    let mut wrong = Vec::new();
    for statement in ast.statements() {
        let Stmt::Var(definition, _, _) = statement else {
            continue;
        };
        let (name, expression, _) = &**definition;
        match name.as_str() {
            "PLATFORM" => match platform(expression) {
                Ok(platform) => declared.platform = Some(platform),
                Err(fault) => wrong.push((fault, name.pos)),
            },
            "PARAMS" => {
                if let Expr::Map(entries, _) = expression {
                    for (name, expression) in &entries.0 {
                        entry(name, expression, &mut declared.params, &mut wrong);
                    }
                } else {
                    let words = "PARAMS is a literal map: #{ name: #{ type: …, help: … }, … }";
                    wrong.push((Fault::usage(words), name.pos));
                }
            }
            _ => {}
        }
    }
    (declared, wrong)
}

fn platform(expression: &Expr) -> Result<Platform> {
    let literal = expression.get_literal_value(None);
    let word = literal.and_then(|word| word.into_string().ok());
    word.and_then(|word| Platform::parse(&word))
        .ok_or_else(|| Fault::usage("PLATFORM is \"macos\" or \"linux\", written as a literal"))
}

/// What a parameter's declaration can hold, and each type there is.
pub(super) fn keys() -> Vec<FieldDoc> {
    let all = TYPES.iter().filter_map(|word| {
        let ty = ParamType::named(word)?;
        let fits = if let ParamType::Choice(_) = ty {
            "one of the words in `values`".to_owned()
        } else {
            ty.wants()
        };
        Some(field(word, fits, ""))
    });
    let fits_type = "a text that the parameter's type takes";
    let mut fields = vec![
        field(
            "type",
            format!("one of {}", TYPES.join(", ")),
            "What its value must be.",
        ),
        field("default", fits_type, "Its value where none is given."),
        field("help", "a text", "What it is for."),
        field("values", "a list of texts", "The words of a choice."),
    ];
    fields[0].allowed = TYPES.iter().copied().map(Into::into).collect();
    fields[0].is_required = true;
    fields[0].fields = all.collect();
    fields
}

fn field(name: &'static str, fits: impl Into<DocText>, doc: &'static str) -> FieldDoc {
    FieldDoc {
        name: name.into(),
        fits: fits.into(),
        doc: doc.into(),
        ..FieldDoc::default()
    }
}

/// A parameter whose default does not fit is declared all the same.
fn entry(name: &rhai::Ident, expression: &Expr, found: &mut Vec<ParamSpec>, wrong: &mut Wrong) {
    let outcome = spec(name.as_str(), expression.get_literal_value(None));
    let outcome = outcome.and_then(|spec| {
        let is_wrong = spec.default.is_some().then(|| spec.value(None));
        found.push(spec);
        match is_wrong {
            Some(Err(fault)) => Err(fault.in_argument("default")),
            Some(Ok(_)) | None => Ok(()),
        }
    });
    if let Err(fault) = outcome {
        let keys: Vec<_> = fault.argument().map(str::to_owned).collect();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        let part = argument_location::descend(expression, &keys);
        wrong.push((fault, part.map_or(name.pos, |part| part.position)));
    }
}

fn spec(name: &str, literal: Option<Dynamic>) -> Result<ParamSpec> {
    let wrong = |what: &str| Fault::usage(format!("the declaration of `{name}` {what}"));
    let Some(Value::Map(entries)) = literal.map(|literal| value(&literal)) else {
        return Err(wrong("is not a literal map").hint(format!(
            "all of it is written out, as in `{name}: #{{ type: \"int\", default: 5, help: \"…\" }}`"
        )));
    };
    let get = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, v)| v);
    if let Some((key, _)) = entries
        .iter()
        .find(|(key, _)| !KEYS.contains(&key.as_str()))
    {
        let fault = wrong(&format!("has an unknown key `{key}`")).suggest(key, KEYS);
        return Err(fault.in_argument(key));
    }
    let all = format!("the types are {}", TYPES.join(", "));
    let Some(Value::Text(word)) = get("type") else {
        return Err(wrong("has no type").hint(all));
    };
    let ty = match ParamType::named(word) {
        Some(ParamType::Choice(_)) => ParamType::Choice(
            words(get("values")).ok_or_else(|| wrong("has no list of texts as `values`"))?,
        ),
        Some(ty) => ty,
        None => {
            let fault = wrong(&format!("has an unknown type `{word}`"));
            let fault = fault.suggest(word, TYPES.iter().copied()).hint(all);
            return Err(fault.in_argument("type"));
        }
    };
    let help = get("help").and_then(Value::text).unwrap_or_default();
    Ok(ParamSpec {
        name: name.to_owned(),
        ty,
        default: get("default").cloned(),
        help: help.to_owned(),
    })
}

fn words(values: Option<&Value>) -> Option<Vec<String>> {
    let Some(Value::List(values)) = values else {
        return None;
    };
    let words = values.iter().map(|value| value.text().map(str::to_owned));
    words
        .collect::<Option<Vec<_>>>()
        .filter(|words| !words.is_empty())
}
