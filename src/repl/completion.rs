//! Completes a line: with names of the reference, of the session and of the node. No secret is
//! ever suggested.

use crate::bindings::Value;
use crate::reference::{EntryKind, FieldDoc, Reference};
use crate::source::{Cursor, KEYWORDS, OpenBracket, Typed};
use crate::state::{SectionKind, State, Subject};
use crate::tools;

use super::call_position::{self, CallPosition, Expected};
use super::staging::Staging;

/// A way to continue a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The text that replaces what is typed.
    pub text: String,
    /// The text in a list of choices.
    pub shown: String,
}

/// The names on the node that a parameter takes: a binding or namespace, the parameter, the names.
/// The table of bindings only says that it takes a name.
const NAMES: &[(&str, &str, NodeNames)] = &[
    ("conf.set_user", "name", NodeNames::Users),
    ("conf.delete_user", "name", NodeNames::Users),
    ("conf.user", "name", NodeNames::Users),
    ("conf.effective_user", "name", NodeNames::Users),
    ("conf.set_group", "name", NodeNames::Groups),
    ("conf.delete_group", "name", NodeNames::Groups),
    ("conf.group", "name", NodeNames::Groups),
    ("node", "name", NodeNames::ApiUsers),
    ("node", "transfer_user", NodeNames::Users),
    ("account", "name", NodeNames::Users),
    ("dir", "owner", NodeNames::Users),
    ("service", "name", NodeNames::Services),
];

#[derive(Clone, Copy)]
enum NodeNames {
    Users,
    Groups,
    ApiUsers,
    Services,
}

/// The ways to complete a line at byte `at`, and the byte at which what they replace starts.
pub fn complete(
    reference: &Reference,
    staging: &mut Staging,
    line: &str,
    at: usize,
) -> (usize, Vec<Choice>) {
    let cursor = Cursor::at(line, at);
    let imports = staging.imports().clone();
    let imports = |alias: &str| imports.get(alias).cloned();
    let position = CallPosition::find(reference, &cursor.open, &imports);
    let call = position
        .as_ref()
        .map_or("", |position| &*position.entry.name);
    let expected = position
        .as_ref()
        .and_then(|position| position.expected.as_ref());
    let choices = match (cursor.typed, expected) {
        (Typed::Other, _) => Vec::new(),
        (Typed::String(typed), expected) => {
            let field = match expected {
                Some(Expected::Value(field)) => Some(*field),
                Some(Expected::Key(_)) | None => None,
            };
            let quote = line[..cursor.start].chars().next_back().unwrap_or('"');
            let has_end = line[at..].starts_with(quote);
            let end = if has_end { "" } else { &quote.to_string() };
            strings(reference, staging, &cursor, (call, field), typed, end)
        }
        (Typed::Word(typed), Some(Expected::Key(fields))) if !typed.contains('.') => {
            keys(fields, cursor.open.last(), typed)
        }
        (Typed::Word(typed), Some(Expected::Value(field))) => {
            let mut choices = values(staging, call, field, typed);
            if !typed.is_empty() || choices.is_empty() {
                choices.extend(words(reference, staging, typed));
            }
            choices
        }
        (Typed::Word(typed), _) => words(reference, staging, typed),
    };
    (cursor.start, choices)
}

/// A choice that is listed as it is written.
fn plain(text: impl Into<String>) -> Choice {
    let text = text.into();
    Choice {
        shown: text.clone(),
        text,
    }
}

fn keys(fields: &[&FieldDoc], map: Option<&OpenBracket<'_>>, typed: &str) -> Vec<Choice> {
    let given = map.map(|map| &map.keys[..]).unwrap_or_default();
    let names = fields.iter().flat_map(|field| call_position::names(field));
    names
        .filter(|name| name.starts_with(typed) && !given.contains(name))
        .map(|name| Choice {
            text: format!("{name}: "),
            shown: name.to_owned(),
        })
        .collect()
}

/// Values of a field, as they are written outside of quotes.
fn values(staging: &mut Staging, call: &str, field: &FieldDoc, typed: &str) -> Vec<Choice> {
    let mut texts: Vec<String> = if field.is_secret {
        vec!["secret(\"".to_owned()]
    } else if field.ty.contains("bool") {
        vec!["true".to_owned(), "false".to_owned()]
    } else {
        let words = field.allowed.iter().map(ToString::to_string);
        let names = names(staging, call, field, "");
        words.chain(names).map(|word| format!("{word:?}")).collect()
    };
    if field.ty == "map" {
        texts.push("#{ ".to_owned());
    }
    texts.retain(|text| text.starts_with(typed));
    texts.into_iter().map(plain).collect()
}

/// Contents of the string that is being typed.
fn strings(
    reference: &Reference,
    staging: &mut Staging,
    cursor: &Cursor<'_>,
    (call, field): (&str, Option<&FieldDoc>),
    typed: &str,
    end: &str,
) -> Vec<Choice> {
    let is_in_call = cursor.open.last().is_some_and(|open| open.callee == call);
    let mut words: Vec<String> = Vec::new();
    if call == "secret" && is_in_call {
        let kinds = ["env:", "file:", "prompt:"].into_iter();
        return kinds
            .filter(|kind| kind.starts_with(typed))
            .map(plain)
            .collect();
    }
    if cursor.previous == "import" {
        let modules = reference.of_kind(EntryKind::Module);
        words.extend(modules.map(|module| module.name.to_string()));
    } else if let Some(field) = field.filter(|field| !field.is_secret) {
        words.extend(field.allowed.iter().map(ToString::to_string));
        words.extend(names(staging, call, field, typed));
    }
    words.retain(|word| word.starts_with(typed));
    let ended = |word: String| Choice {
        text: format!("{word}{end}"),
        shown: word,
    };
    words.into_iter().map(ended).collect()
}

/// Names on the node that a field takes.
fn names(staging: &mut Staging, call: &str, field: &FieldDoc, typed: &str) -> Vec<String> {
    let is_it = |row: &&(&str, &str, NodeNames)| {
        let namespace = call.split('.').next().unwrap_or_default();
        (row.0 == call || row.0 == namespace) && row.1 == field.name
    };
    let Some((_, _, names)) = NAMES.iter().find(is_it) else {
        return Vec::new();
    };
    let subject = match names {
        NodeNames::Users => Subject::Sections(SectionKind::User),
        NodeNames::Groups => Subject::Sections(SectionKind::Group),
        NodeNames::ApiUsers => Subject::ApiUsers,
        NodeNames::Services => {
            let names = tools::service_names(staging.node().platform).iter();
            return names.map(ToString::to_string).collect();
        }
    };
    match staging.look(&subject) {
        Some(State::Names(mut names)) => {
            names.retain(|name| name.starts_with(typed));
            names
        }
        _ => Vec::new(),
    }
}

/// Names of bindings, variables and functions, and keywords.
fn words(reference: &Reference, staging: &Staging, typed: &str) -> Vec<Choice> {
    let mut choices = Vec::new();
    if let Some((owner, _)) = typed.rsplit_once("::") {
        functions(staging, owner, &mut choices);
    } else if let Some((owner, _)) = typed.rsplit_once('.') {
        members(reference, staging, owner, &mut choices);
    } else {
        globals(reference, staging, &mut choices);
        if !typed.is_empty() {
            choices.extend(KEYWORDS.iter().copied().map(plain));
        }
    }
    choices.retain(|choice| choice.text.starts_with(typed));
    let mut seen = std::collections::BTreeSet::new();
    choices.retain(|choice| seen.insert(choice.text.clone()));
    choices
}

fn functions(staging: &Staging, owner: &str, choices: &mut Vec<Choice>) {
    let functions = staging.functions().into_iter();
    choices.extend(
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

/// What can follow a dot.
fn members(reference: &Reference, staging: &Staging, owner: &str, choices: &mut Vec<Choice>) {
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
            EntryKind::Binding if entry.fields.is_empty() => choices.push(member(name, "()")),
            EntryKind::Binding => choices.push(member(name, "(")),
            EntryKind::Value => choices.push(member(name, "")),
            EntryKind::Namespace
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Recipe
            | EntryKind::Topic
            | EntryKind::Language
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command
            | EntryKind::Foreign => {}
        }
    }
    let names: Vec<String> = match staging.variable(owner) {
        _ if owner == "params" => staging.params().into_iter().map(|(name, _)| name).collect(),
        Some(Value::Map(entries)) => entries.into_iter().map(|(name, _)| name).collect(),
        Some(Value::Outcome(_)) => ["changed", "before", "after"].map(str::to_owned).into(),
        _ => Vec::new(),
    };
    choices.extend(names.iter().map(|name| member(name, "")));
}

fn globals(reference: &Reference, staging: &Staging, choices: &mut Vec<Choice>) {
    choices.extend(staging.variables().into_iter().map(plain));
    functions(staging, "", choices);
    choices.extend(
        staging
            .imports()
            .keys()
            .map(|name| plain(format!("{name}::"))),
    );
    for entry in reference.entries() {
        match entry.kind {
            EntryKind::Namespace => choices.push(plain(format!("{}.", entry.name))),
            EntryKind::Binding if !entry.name.contains('.') => {
                choices.push(plain(format!("{}(", entry.name)));
            }
            EntryKind::Value => {
                let namespace = entry.name.split('.').next().unwrap_or_default();
                choices.push(plain(format!("{namespace}.")));
            }
            EntryKind::Binding
            | EntryKind::Declaration
            | EntryKind::Module
            | EntryKind::Function
            | EntryKind::Recipe
            | EntryKind::Topic
            | EntryKind::Language
            | EntryKind::Section
            | EntryKind::Setting
            | EntryKind::Command
            | EntryKind::Foreign => {}
        }
    }
}
