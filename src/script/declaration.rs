//! Reads `PLATFORM` and `PARAMS` from a compiled script: each entry by itself, so
//! that one error does not hide another.

use rhai::{AST, Dynamic, Expr, Position, Stmt};

use crate::bindings::Value;
use crate::fault::{Fault, Result};
use crate::reference::{DocText, FieldDoc};
use crate::state::{Platform, ValueType};

use super::params::{Declared, ParamSpec};
use super::values::value;
use super::{argument_location, positions};

/// The keys of a declaration.
const KEYS: [&str; 4] = ["type", "default", "help", "values"];

/// The type whose words the declaration lists.
const CHOICE: &str = "choice";

/// Errors, and where they are.
type Errors = Vec<(Fault, Position)>;

impl Declared {
    /// Reads `PLATFORM` and `PARAMS` from a compiled script, or returns the first
    /// error in them.
    pub(super) fn read(ast: &AST, file: &str) -> Result<Self> {
        let (declared, errors) = read_all(ast);
        match errors.into_iter().next() {
            Some((fault, position)) => Err(fault.at(positions::location(file, position))),
            None => Ok(declared),
        }
    }
}

/// Returns what a script declares, and the errors in it.
pub(super) fn read_all(ast: &AST) -> (Declared, Errors) {
    let mut declared = Declared::default();
    let mut errors = Vec::new();
    for statement in ast.statements() {
        let Stmt::Var(definition, _, _) = statement else {
            continue;
        };
        let (name, expression, _) = &**definition;
        match name.as_str() {
            "PLATFORM" => match platform(expression) {
                Ok(platform) => declared.platform = Some(platform),
                Err(fault) => errors.push((fault, name.pos)),
            },
            "PARAMS" => {
                if let Expr::Map(entries, _) = expression {
                    for (name, expression) in &entries.0 {
                        entry(name, expression, &mut declared.params, &mut errors);
                    }
                } else {
                    let message =
                        "PARAMS must be a literal map: #{ name: #{ type: …, help: … }, … }";
                    errors.push((Fault::usage(message), name.pos));
                }
            }
            _ => {}
        }
    }
    (declared, errors)
}

fn platform(expression: &Expr) -> Result<Platform> {
    let literal = expression.get_literal_value(None);
    let word = literal.and_then(|word| word.into_string().ok());
    word.and_then(|word| Platform::parse(&word))
        .ok_or_else(|| Fault::usage("PLATFORM must be \"macos\" or \"linux\", as a literal"))
}

/// The words for types.
fn types() -> impl Iterator<Item = &'static str> {
    let declared = ValueType::DECLARED.iter().map(|ty| ty.word());
    declared.chain([CHOICE])
}

/// The keys of a parameter's declaration, and every type.
pub(super) fn keys() -> Vec<FieldDoc> {
    let types: Vec<_> = types().collect();
    let all = ValueType::DECLARED.iter().map(|ty| {
        // A default is the reference of a secret.
        let is_secret = *ty == ValueType::Secret;
        let fits = if is_secret { ValueType::Reference } else { *ty }.fits();
        field(ty.word(), fits, "")
    });
    let choice = field(CHOICE, "one of the words in `values`", "");
    let mut fields = vec![
        field(
            "type",
            format!("one of {}", types.join(", ")),
            "What its value must be.",
        ),
        field(
            "default",
            "a value of the parameter's type",
            "Its value where none is given.",
        ),
        field("help", "a string", "What it is for."),
        field("values", "a list of strings", "The words of a choice."),
    ];
    fields[0].allowed = types.into_iter().map(Into::into).collect();
    fields[0].is_required = true;
    fields[0].fields = all.chain([choice]).collect();
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

/// Adds a parameter, even one whose default is refused.
fn entry(name: &rhai::Ident, expression: &Expr, specs: &mut Vec<ParamSpec>, errors: &mut Errors) {
    let outcome = spec(name.as_str(), expression.get_literal_value(None));
    let outcome = outcome.and_then(|spec| {
        let default = spec.default.is_some().then(|| spec.value(None));
        specs.push(spec);
        match default {
            Some(Err(fault)) => Err(fault.in_argument("default")),
            Some(Ok(_)) | None => Ok(()),
        }
    });
    if let Err(fault) = outcome {
        let keys: Vec<_> = fault.argument().map(str::to_owned).collect();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        let part = argument_location::descend(expression, &keys);
        errors.push((fault, part.map_or(name.pos, |part| part.position)));
    }
}

fn spec(name: &str, literal: Option<Dynamic>) -> Result<ParamSpec> {
    let wrong = |what: &str| Fault::usage(format!("the declaration of `{name}` {what}"));
    let Some(Value::Map(entries)) = literal.map(|literal| value(&literal)) else {
        return Err(wrong("is not a literal map").hint(format!(
            "write it out, as in `{name}: #{{ type: \"int\", default: 5, help: \"…\" }}`"
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
    let all = format!("the types are {}", types().collect::<Vec<_>>().join(", "));
    let Some(Value::Text(word)) = get("type") else {
        return Err(wrong("has no type").hint(all));
    };
    let ty = if &**word == CHOICE {
        let words = words(get("values"));
        ValueType::choice(&words.ok_or_else(|| wrong("has no list of strings as `values`"))?)
    } else {
        ValueType::declared(word).ok_or_else(|| {
            let fault = wrong(&format!("has an unknown type `{word}`"));
            fault.suggest(word, types()).hint(all).in_argument("type")
        })?
    };
    let help = get("help").and_then(Value::text).unwrap_or_default();
    Ok(ParamSpec {
        name: name.to_owned(),
        ty,
        default: get("default").cloned(),
        help: help.to_owned(),
    })
}

fn words(values: Option<&Value>) -> Option<Vec<&str>> {
    let Some(Value::List(values)) = values else {
        return None;
    };
    let words = values.iter().map(Value::text);
    words
        .collect::<Option<Vec<_>>>()
        .filter(|words| !words.is_empty())
}
