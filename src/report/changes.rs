//! A change as a person reads it: the parts of a value that differ, before and
//! after.

use std::borrow::Cow;

use crate::state::{Parts, State, Subject};
use crate::step::{Change, Piece};

use super::clean;

/// Stands for a value that is absent.
pub(super) const ABSENT: &str = "—";

/// A part of a value that differs. A side is `None` where only the other one
/// is worth showing.
pub(super) struct ChangedPart<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) before: Option<Cow<'a, str>>,
    pub(super) after: Option<Cow<'a, str>>,
}

impl ChangedPart<'_> {
    /// Appends it in one line: `absolute: — → /srv`.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(&self.name);
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => out.extend([": ", before, " → ", after]),
            (Some(only), None) | (None, Some(only)) => out.extend([": ", only]),
            (None, None) => {}
        }
    }

    /// It in one line.
    pub(super) fn line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line);
        line
    }
}

/// What the changes are, each part in a line: `absolute: — → /srv`.
pub fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .flat_map(changed_parts)
        .map(|part| part.line())
        .collect()
}

/// What differs, such as `http_port: 8080 → 9090`. Nothing for what only comes
/// or goes: the title says that.
pub(super) fn changed_parts(change: &Change) -> Vec<ChangedPart<'_>> {
    match (&change.before, &change.after.state) {
        (State::Present | State::Absent, State::Present | State::Absent) => Vec::new(),
        (before, after) if is_single(before) && is_single(after) => vec![ChangedPart {
            name: cleaned(change.subject.leaf()),
            before: Some(value_or_dash(before)),
            after: Some(if *after == State::Absent {
                ABSENT.into()
            } else {
                cleaned(change.after.describe())
            }),
        }],
        (State::File(_), _) | (_, State::File(_)) => file_parts(change),
        (State::Line(_), _) | (_, State::Line(_)) => vec![line_part(change)],
        (before, _) => differing_parts(&before.parts(), &change.after.parts()),
    }
}

/// What differs of a file. The report shows its content elsewhere.
fn file_parts(change: &Change) -> Vec<ChangedPart<'_>> {
    let mut parts = differing_parts(&change.before.parts(), &change.after.parts());
    parts.retain(|part| !matches!(&*part.name, "content" | "digest"));
    let content = change.after.content().filter(|content| {
        let digest = content.digest();
        let is_same =
            |before: &State| matches!(before, State::File(before) if before.digest == digest);
        digest.is_none() || !is_same(&change.before)
    });
    if let Some(content) = content {
        let shown = match content.pieces() {
            [only @ Piece::File(_)] => only.to_string(),
            _ => "see the diff".to_owned(),
        };
        parts.push(ChangedPart {
            name: "content".into(),
            before: None,
            after: Some(cleaned_string(shown)),
        });
    }
    parts
}

/// A line of a file before and after: its digest says nothing to a person.
fn line_part(change: &Change) -> ChangedPart<'static> {
    let shown = |state: &State, parts: &Parts| {
        let line = parts.get("content").or(parts.get("line"));
        match (state, line) {
            (State::Absent, _) => ABSENT.to_owned(),
            (_, Some(line)) => line.clone(),
            (_, None) => "a line that not every user may read".to_owned(),
        }
    };
    let side = |state, parts| Some(cleaned_string(shown(state, &parts)));
    ChangedPart {
        name: "line".into(),
        before: side(&change.before, change.before.parts()),
        after: side(&change.after.state, change.after.parts()),
    }
}

/// Whether the value has no parts of its own.
fn is_single(state: &State) -> bool {
    matches!(state, State::Absent | State::Text(_) | State::Hidden)
}

fn value_or_dash(state: &State) -> Cow<'_, str> {
    if *state == State::Absent {
        ABSENT.into()
    } else {
        value(state)
    }
}

/// A state in one line.
pub(super) fn value(state: &State) -> Cow<'_, str> {
    cleaned(state.describe())
}

fn differing_parts(before: &Parts, after: &Parts) -> Vec<ChangedPart<'static>> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let names = after.keys().chain(gone);
    names
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| ChangedPart {
            name: clean::line(name).into_owned().into(),
            before: before.get(name).cloned().map(cleaned_string),
            after: match after.get(name) {
                None if !after.is_empty() => Some(ABSENT.into()),
                value => value.cloned().map(cleaned_string),
            },
        })
        .collect()
}

fn cleaned_string(text: String) -> Cow<'static, str> {
    clean::line_of(text).into()
}

fn cleaned(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => clean::line(text),
        Cow::Owned(text) => cleaned_string(text),
    }
}

/// What the changes of one step are about, in a word or two: the service that files define, else
/// what changes first.
pub(super) fn title(changes: &[Change]) -> String {
    let is_file = |change: &Change| matches!(change.subject, Subject::File(_));
    let service = changes.iter().find(|it| it.subject.service().is_some());
    let service = service.filter(|_| changes.iter().any(is_file));
    service
        .or(changes.first())
        .map(|change| owner(&change.subject))
        .unwrap_or_default()
}

/// What comes before the parts of a change that the title does not name: `file//etc/x: `.
pub(super) fn prefix(change: &Change, changes: &[Change]) -> String {
    let has_own_name = is_single(&change.before) && is_single(&change.after.state);
    if changes.len() == 1 || has_own_name || change.subject.is_conf() {
        return String::new();
    }
    let owner = owner(&change.subject);
    if owner == title(changes) {
        return String::new();
    }
    format!("{owner}: ")
}

/// The thing that a subject belongs to: a section, an account.
pub(super) fn owner(subject: &Subject) -> String {
    if let Some(section) = subject.section() {
        return clean::line_of(format!("conf/{section}"));
    }
    let title = match (subject.account(), subject.access_key()) {
        (Some(account), _) => format!("account/{account}"),
        (None, Some(id)) => format!("access_key/{id}"),
        (None, None) => subject.to_string(),
    };
    clean::line_of(title)
}

/// `+` where the thing is created, `-` where it is removed, else `~`.
pub(super) fn sign(changes: &[Change]) -> char {
    let is_entry = |change: &&Change| !matches!(change.subject, Subject::Setting(..));
    let entry = changes.iter().find(is_entry);
    match entry.map(|change| (&change.before, &change.after.state)) {
        Some((State::Absent, _)) => '+',
        Some((_, State::Absent)) => '-',
        _ => '~',
    }
}
