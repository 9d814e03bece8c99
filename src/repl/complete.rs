//! What can stand next in a line: names by the reference, by what the session
//! defined, and by what is on the node. No secret is ever among them.

use crate::bindings::Value;
use crate::reference::{EntryKind, FieldDoc, Reference};
use crate::state::{State, Subject};
use crate::tools;

use super::cursor::{Cursor, Open, Writing};
use super::slot::{self, Slot};
use super::staging::Staging;

/// Something that can stand next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is written in the place of what was begun.
    pub text: String,
    /// What a list of choices shows.
    pub shown: String,
}

/// Whose names a parameter takes; of the type the table says no more than
/// that it is a name. A call, or all of a namespace; the parameter; the names.
const NAMES: &[(&str, &str, Names)] = &[
    ("conf.set_user", "name", Names::Users),
    ("conf.delete_user", "name", Names::Users),
    ("conf.user", "name", Names::Users),
    ("node", "name", Names::ApiUsers),
    ("node", "transfer_user", Names::Users),
    ("account", "name", Names::Users),
    ("dir", "owner", Names::Users),
    ("service", "name", Names::Services),
];

#[derive(Clone, Copy)]
enum Names {
    Users,
    ApiUsers,
    Services,
}

/// The words of the language that a line can begin with or go on with.
const WORDS: &[&str] = &[
    "break", "catch", "const", "continue", "else", "false", "fn", "for", "if", "import", "in",
    "let", "loop", "return", "switch", "throw", "true", "try", "while",
];

/// What can stand before byte `at` of a line, and where what was begun starts.
pub fn complete(
    reference: &Reference,
    staging: &mut Staging,
    line: &str,
    at: usize,
) -> (usize, Vec<Choice>) {
    let cursor = Cursor::at(line, at);
    let imports = staging.imports().clone();
    let place = slot::place(reference, &cursor.open, &|name| imports.get(name).cloned());
    let slot = place.as_ref().and_then(|place| place.slot.as_ref());
    let call = place.as_ref().map_or("", |place| &*place.entry.name);
    let found = match (cursor.writing, slot) {
        (Writing::Else, _) => Vec::new(),
        (Writing::Text(begun), slot) => {
            let field = match slot {
                Some(Slot::Value(field)) => Some(*field),
                Some(Slot::Key(_)) | None => None,
            };
            let quote = line[..cursor.start].chars().next_back().unwrap_or('"');
            let has_end = line[at..].starts_with(quote);
            let end = if has_end { "" } else { &quote.to_string() };
            texts(reference, staging, &cursor, (call, field), begun, end)
        }
        (Writing::Word(begun), Some(Slot::Key(fields))) if !begun.contains('.') => {
            keys(fields, cursor.open.last(), begun)
        }
        (Writing::Word(begun), Some(Slot::Value(field))) => {
            let mut found = values(staging, call, field, begun);
            if !begun.is_empty() || found.is_empty() {
                found.extend(words(reference, staging, begun));
            }
            found
        }
        (Writing::Word(begun), _) => words(reference, staging, begun),
    };
    (cursor.start, found)
}

fn same(text: impl Into<String>) -> Choice {
    let text = text.into();
    Choice {
        shown: text.clone(),
        text,
    }
}

fn keys(fields: &[&FieldDoc], map: Option<&Open<'_>>, begun: &str) -> Vec<Choice> {
    let given = map.map(|map| &map.keys[..]).unwrap_or_default();
    let names = fields.iter().flat_map(|field| slot::names(field));
    names
        .filter(|name| name.starts_with(begun) && !given.contains(name))
        .map(|name| Choice {
            text: format!("{name}: "),
            shown: name.to_owned(),
        })
        .collect()
}

/// Values that fit, as they are written outside of quotes.
fn values(staging: &mut Staging, call: &str, field: &FieldDoc, begun: &str) -> Vec<Choice> {
    let mut found: Vec<String> = if field.is_secret {
        vec!["secret(\"".to_owned()]
    } else if field.ty.contains("bool") {
        vec!["true".to_owned(), "false".to_owned()]
    } else {
        let words = field.allowed.iter().map(ToString::to_string);
        let names = names(staging, call, field, "");
        words.chain(names).map(|word| format!("{word:?}")).collect()
    };
    if field.ty == "map" {
        found.push("#{ ".to_owned());
    }
    found.retain(|text| text.starts_with(begun));
    found.into_iter().map(same).collect()
}

/// What can stand in the text that is being written.
fn texts(
    reference: &Reference,
    staging: &mut Staging,
    cursor: &Cursor<'_>,
    (call, field): (&str, Option<&FieldDoc>),
    begun: &str,
    end: &str,
) -> Vec<Choice> {
    let is_in_call = cursor.open.last().is_some_and(|open| open.callee == call);
    let mut found: Vec<String> = Vec::new();
    if call == "secret" && is_in_call {
        let kinds = ["env:", "file:", "prompt:"].into_iter();
        return kinds
            .filter(|kind| kind.starts_with(begun))
            .map(same)
            .collect();
    }
    if cursor.after == "import" {
        let modules = reference.of_kind(EntryKind::Module);
        found.extend(modules.map(|module| module.name.to_string()));
    } else if let Some(field) = field.filter(|field| !field.is_secret) {
        found.extend(field.allowed.iter().map(ToString::to_string));
        found.extend(names(staging, call, field, begun));
    }
    found.retain(|word| word.starts_with(begun));
    let ended = |word: String| Choice {
        text: format!("{word}{end}"),
        shown: word,
    };
    found.into_iter().map(ended).collect()
}

/// Names on the node that the field takes.
fn names(staging: &mut Staging, call: &str, field: &FieldDoc, begun: &str) -> Vec<String> {
    let is_it = |row: &&(&str, &str, Names)| {
        let namespace = call.split('.').next().unwrap_or_default();
        (row.0 == call || row.0 == namespace) && row.1 == field.name
    };
    let Some((_, _, names)) = NAMES.iter().find(is_it) else {
        return Vec::new();
    };
    let subject = match names {
        Names::Users => Subject::Users,
        Names::ApiUsers => Subject::ApiUsers,
        Names::Services => {
            let names = tools::service_names(staging.node().platform).iter();
            return names.map(ToString::to_string).collect();
        }
    };
    match staging.look(&subject) {
        Some(State::Names(mut names)) => {
            names.retain(|name| name.starts_with(begun));
            names
        }
        _ => Vec::new(),
    }
}

/// Names of calls, variables and functions, and words of the language.
fn words(reference: &Reference, staging: &Staging, begun: &str) -> Vec<Choice> {
    let mut found = Vec::new();
    if let Some((owner, _)) = begun.rsplit_once("::") {
        functions(staging, owner, &mut found);
    } else if let Some((owner, _)) = begun.rsplit_once('.') {
        members(reference, staging, owner, &mut found);
    } else {
        globals(reference, staging, &mut found);
        if !begun.is_empty() {
            found.extend(WORDS.iter().copied().map(same));
        }
    }
    found.retain(|choice| choice.text.starts_with(begun));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|choice| seen.insert(choice.text.clone()));
    found
}

fn functions(staging: &Staging, owner: &str, found: &mut Vec<Choice>) {
    let functions = staging.functions().into_iter();
    found.extend(
        functions
            .filter(|function| function.module == owner)
            .map(|function| {
                let end = if function.params.is_empty() {
                    "()"
                } else {
                    "("
                };
                let path = if owner.is_empty() {
                    String::new()
                } else {
                    format!("{owner}::")
                };
                Choice {
                    text: format!("{path}{}{end}", function.name),
                    shown: function.name,
                }
            }),
    );
}

/// What is behind a dot.
fn members(reference: &Reference, staging: &Staging, owner: &str, found: &mut Vec<Choice>) {
    let member = |name: &str, end: &str| Choice {
        text: format!("{owner}.{name}{end}"),
        shown: name.to_owned(),
    };
    let prefix = format!("{owner}.");
    for entry in reference.entries() {
        let Some(name) = entry.name.strip_prefix(&prefix) else {
            continue;
        };
        match entry.kind {
            EntryKind::Binding if entry.fields.is_empty() => found.push(member(name, "()")),
            EntryKind::Binding => found.push(member(name, "(")),
            EntryKind::Value => found.push(member(name, "")),
            EntryKind::Namespace
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command => {}
        }
    }
    let names: Vec<String> = match staging.variable(owner) {
        _ if owner == "params" => staging.params().into_iter().map(|(name, _)| name).collect(),
        Some(Value::Map(entries)) => entries.into_iter().map(|(name, _)| name).collect(),
        Some(Value::Outcome(_)) => ["changed", "before", "after"].map(str::to_owned).into(),
        _ => Vec::new(),
    };
    found.extend(names.iter().map(|name| member(name, "")));
}

fn globals(reference: &Reference, staging: &Staging, found: &mut Vec<Choice>) {
    found.extend(staging.variables().into_iter().map(same));
    functions(staging, "", found);
    found.extend(
        staging
            .imports()
            .keys()
            .map(|name| same(format!("{name}::"))),
    );
    for entry in reference.entries() {
        match entry.kind {
            EntryKind::Namespace => found.push(same(format!("{}.", entry.name))),
            EntryKind::Binding if !entry.name.contains('.') => {
                found.push(same(format!("{}(", entry.name)));
            }
            EntryKind::Value => {
                let namespace = entry.name.split('.').next().unwrap_or_default();
                found.push(same(format!("{namespace}.")));
            }
            EntryKind::Binding
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command => {}
        }
    }
}
