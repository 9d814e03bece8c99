//! How one move reads: the parts of a value that differ, before and after.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::state::{Fact, Subject};
use crate::step::Move;

use super::clean;

/// A part of a value that differs; a side that says nothing is none.
pub(super) struct Part<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) before: Option<Cow<'a, str>>,
    pub(super) after: Option<Cow<'a, str>>,
}

impl Part<'_> {
    /// Adds it in one line: `absolute: — → /srv`.
    pub(super) fn put(&self, out: &mut String) {
        out.push_str(&self.name);
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => out.extend([": ", before, " → ", after]),
            (Some(only), None) | (None, Some(only)) => out.extend([": ", only]),
            (None, None) => {}
        }
    }

    /// The same, alone.
    pub(super) fn line(&self) -> String {
        let mut line = String::new();
        self.put(&mut line);
        line
    }
}

/// What moves, each part in a line: `absolute: — → /srv`.
pub fn lines(moves: &[Move]) -> Vec<String> {
    moves
        .iter()
        .flat_map(parts)
        .map(|part| part.line())
        .collect()
}

/// What differs, such as `http_port: 8080 → 9090`, one a part that moves.
pub(super) fn parts(moved: &Move) -> Vec<Part<'_>> {
    match (&moved.before, &moved.after) {
        (Fact::Present | Fact::Absent, Fact::Present | Fact::Absent) => Vec::new(),
        (before, after) if is_plain(before) && is_plain(after) => vec![Part {
            name: match moved.subject.leaf() {
                Cow::Borrowed(name) => clean::line(name),
                Cow::Owned(name) => clean::line_of(name).into(),
            },
            before: Some(plain(before)),
            after: Some(plain(after)),
        }],
        (before, after) => inner(before, after),
    }
}

/// Whether the value has no parts of its own.
fn is_plain(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Absent | Fact::Text(_) | Fact::Hidden | Fact::Secret(_)
    )
}

fn plain(fact: &Fact) -> Cow<'_, str> {
    match fact {
        Fact::Text(text) if text.is_empty() => "(empty)".into(),
        Fact::Text(text) => clean::line(text),
        Fact::Hidden => "‹set›".into(),
        Fact::Secret(secret) => format!("‹{}›", clean::line(&secret.to_string())).into(),
        Fact::Absent
        | Fact::Present
        | Fact::Names(_)
        | Fact::Settings(_)
        | Fact::License(_)
        | Fact::ApiUser(_)
        | Fact::Account(_)
        | Fact::RootUser(_)
        | Fact::Service(_)
        | Fact::Dir(_) => "—".into(),
    }
}

/// A fact in one line.
pub(super) fn value(fact: &Fact) -> String {
    match fact {
        Fact::Absent => "absent".to_owned(),
        Fact::Present => "present".to_owned(),
        Fact::Text(_) | Fact::Hidden | Fact::Secret(_) => plain(fact).into_owned(),
        Fact::Names(names) if names.is_empty() => "none".to_owned(),
        Fact::Names(names) => clean::line(&names.join(", ")).into_owned(),
        Fact::Settings(_)
        | Fact::License(_)
        | Fact::ApiUser(_)
        | Fact::Account(_)
        | Fact::RootUser(_)
        | Fact::Service(_)
        | Fact::Dir(_) => {
            let parts = inner(&Fact::Absent, fact);
            let parts: Vec<_> = parts.iter().map(Part::line).collect();
            if parts.is_empty() {
                "nothing set".to_owned()
            } else {
                parts.join("; ")
            }
        }
    }
}

fn inner(before: &Fact, after: &Fact) -> Vec<Part<'static>> {
    let (before, after) = (object(before), object(after));
    let keys = after
        .keys()
        .chain(before.keys().filter(|key| !after.contains_key(*key)));
    keys.filter(|key| before.get(*key) != after.get(*key))
        .map(|key| Part {
            name: clean::line(key).into_owned().into(),
            before: before.get(key).map(|value| shown(value).into()),
            after: match after.get(key) {
                None if !after.is_empty() => Some("—".into()),
                value => value.map(|value| shown(value).into()),
            },
        })
        .collect()
}

fn object(fact: &Fact) -> serde_json::Map<String, Json> {
    match serde_json::to_value(fact) {
        Ok(Json::Object(map)) => map,
        _ => serde_json::Map::new(),
    }
}

/// A value of JSON as a person reads it.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => clean::line(text).into_owned(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Json::Object(map) => match map.get("secret") {
            Some(Json::String(reference)) => format!("‹{}›", clean::line(reference)),
            _ => clean::line(&value.to_string()).into_owned(),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// What the moves of one step are about, in a word or two.
pub(super) fn title(moves: &[Move]) -> String {
    moves.first().map(about).unwrap_or_default()
}

/// The thing that a move belongs to: a section, an account.
pub(super) fn about(moved: &Move) -> String {
    let title = match moved.subject.section() {
        Some(section) => format!("conf/{section}"),
        None => moved.subject.to_string(),
    };
    clean::line_of(title)
}

/// `+ ~ -`: it comes, changes or goes.
pub(super) fn sign(moves: &[Move]) -> char {
    let is_entry = |moved: &&Move| !matches!(moved.subject, Subject::Setting(..));
    let telling = moves.iter().find(is_entry);
    match telling.map(|moved| (&moved.before, &moved.after)) {
        Some((Fact::Absent, _)) => '+',
        Some((_, Fact::Absent)) => '-',
        _ => '~',
    }
}
