//! Reads `PLATFORM` and `PARAMS` from a compiled script: each entry by itself, so
//! that one error does not hide another.

use rhai::{AST, Expr, Position, Stmt};

use crate::fault::{Fault, Result};
use crate::reference::{DocText, FieldDoc};
use crate::state::{Platform, ValueType};

use super::declared_type::{CHOICE, spec, types};
use super::param_type::{ParamSpec, ParamType};
use super::params::Declared;
use super::values::value;
use super::{argument_location, positions};

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
    let list = field(ParamType::LIST, "a list of the type in `of`", "");
    let map = field(ParamType::MAP, "a map with the keys in `fields`", "");
    let mut fields = vec![
        field(
            "type",
            format!("one of {}", types.join(", ")),
            "What its value must be.",
        ),
        field(
            "default",
            "a value of the parameter's type, written out",
            "Its value where none is given.",
        ),
        field("help", "a string", "What it is for."),
        field("values", "a list of strings", "The words of a choice."),
        field(
            "of",
            "a type, a declaration, or a map of fields",
            "What each item of a list is.",
        ),
        field(
            "fields",
            "a map of names and types or declarations",
            "The keys of a map.",
        ),
        field(
            "min",
            "a whole number",
            "The smallest number, or the shortest length of a list.",
        ),
        field(
            "max",
            "a whole number",
            "The largest number, or the greatest length of a list.",
        ),
        field(
            "pattern",
            "a regular expression",
            "What the whole string must match.",
        ),
        field(
            "unique",
            "the name of a field, or true",
            "What must differ from item to item of a list.",
        ),
    ];
    fields[0].allowed = types.into_iter().map(Into::into).collect();
    fields[0].is_required = true;
    fields[0].fields = all.chain([choice, list, map]).collect();
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
    let literal = expression.get_literal_value(None);
    let literal = literal.map(|literal| value(&literal));
    let outcome = spec(name.as_str(), literal.as_ref());
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
