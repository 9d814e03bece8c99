//! How one move reads: the parts of a value that differ, before and after.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value as Json;

use crate::state::{State, Subject};
use crate::step::Change;

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
pub fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .flat_map(parts)
        .map(|part| part.line())
        .collect()
}

/// What differs, such as `http_port: 8080 → 9090`, one a part that moves.
pub(super) fn parts(change: &Change) -> Vec<Part<'_>> {
    match (&change.before, &change.after.state) {
        (State::Present | State::Absent, State::Present | State::Absent) => Vec::new(),
        (before, after) if is_plain(before) && is_plain(after) => vec![Part {
            name: match change.subject.leaf() {
                Cow::Borrowed(name) => clean::line(name),
                Cow::Owned(name) => clean::line_of(name).into(),
            },
            before: Some(plain(before)),
            after: Some(match change.after.setting_secret() {
                Some(secret) => format!("‹{}›", clean::line(&secret.to_string())).into(),
                None => plain(after),
            }),
        }],
        (before, _) => inner(before, &change.after),
    }
}

/// Whether the value has no parts of its own.
fn is_plain(fact: &State) -> bool {
    matches!(fact, State::Absent | State::Text(_) | State::Hidden)
}

fn plain(fact: &State) -> Cow<'_, str> {
    match fact {
        State::Text(text) if text.is_empty() => "(empty)".into(),
        State::Text(text) => clean::line(text),
        State::Hidden => "‹set›".into(),
        State::Absent
        | State::Present
        | State::Names(_)
        | State::Settings(_)
        | State::License(_)
        | State::ApiUser(_)
        | State::Account(_)
        | State::RootUser(_)
        | State::Service(_)
        | State::Dir(_) => "—".into(),
    }
}

/// A fact in one line.
pub(super) fn value(fact: &State) -> String {
    match fact {
        State::Absent => "absent".to_owned(),
        State::Present => "present".to_owned(),
        State::Text(_) | State::Hidden => plain(fact).into_owned(),
        State::Names(names) if names.is_empty() => "none".to_owned(),
        State::Names(names) => clean::line(&names.join(", ")).into_owned(),
        State::Settings(_)
        | State::License(_)
        | State::ApiUser(_)
        | State::Account(_)
        | State::RootUser(_)
        | State::Service(_)
        | State::Dir(_) => {
            let parts = inner(&State::Absent, fact);
            let parts: Vec<_> = parts.iter().map(Part::line).collect();
            if parts.is_empty() {
                "nothing set".to_owned()
            } else {
                parts.join("; ")
            }
        }
    }
}

fn inner(before: &State, after: &impl Serialize) -> Vec<Part<'static>> {
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

fn object(fact: &impl Serialize) -> serde_json::Map<String, Json> {
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
pub(super) fn title(changes: &[Change]) -> String {
    changes.first().map(about).unwrap_or_default()
}

/// The thing that a move belongs to: a section, an account.
pub(super) fn about(change: &Change) -> String {
    let title = match change.subject.section() {
        Some(section) => format!("conf/{section}"),
        None => change.subject.to_string(),
    };
    clean::line_of(title)
}

/// `+ ~ -`: it comes, changes or goes.
pub(super) fn sign(changes: &[Change]) -> char {
    let is_entry = |change: &&Change| !matches!(change.subject, Subject::Setting(..));
    let telling = changes.iter().find(is_entry);
    match telling.map(|change| (&change.before, &change.after.state)) {
        Some((State::Absent, _)) => '+',
        Some((_, State::Absent)) => '-',
        _ => '~',
    }
}
