//! Subjects of aspera.conf, read from a document and staged in one.

use std::borrow::Cow;
use std::rc::Rc;

use crate::conf::{self, Document, Finding, Setting, Value};
use crate::state::{Section, State, Subject};
use crate::step::{Advisory, Change, Level};

use crate::exec::Exposed;

/// What a document says of a subject.
pub(in crate::exec) fn fact(document: &Document, subject: &Subject) -> State {
    if let Subject::Setting(section, name) = subject {
        return match conf::find(section, name) {
            Some(setting) => document.get(section, setting).map_or(State::Absent, shown),
            None => State::Absent,
        };
    }
    if *subject == Subject::Users {
        return State::Names(document.users().into_iter().map(Cow::into_owned).collect());
    }
    match subject.section() {
        Some(section) if !document.has(section) => State::Absent,
        Some(section) if matches!(subject, Subject::Settings(_)) => {
            let all = document.settings(section).into_iter();
            let named = all.map(|(setting, value)| (setting.name.to_owned(), shown(value)));
            State::Settings(named.collect())
        }
        Some(_) => State::Present,
        None => State::Absent,
    }
}

fn shown(value: Value<'_>) -> State {
    match value {
        Value::Text(text) => State::Text(text.into()),
        Value::Secret(_) | Value::Hidden => State::Hidden,
    }
}

/// Stages what is to be true after the moves.
pub(in crate::exec) fn stage_all(document: &mut Document, changes: &[Change]) {
    for change in changes {
        stage(document, &change.subject, &change.after);
    }
}

fn stage(document: &mut Document, subject: &Subject, wanted: &State) {
    match (subject, wanted) {
        (Subject::Entry(section), State::Absent) => document.remove(section),
        (Subject::Entry(section), _) => document.ensure(section),
        (Subject::Setting(section, name), _) => {
            if let Some(setting) = conf::find(section, name) {
                document.set(section, setting, value(wanted));
            }
        }
        _ => {}
    }
}

/// What a setting is to be, where it is to be anything.
pub(in crate::exec) fn value(fact: &State) -> Option<Value<'_>> {
    if let State::Secret(secret) = fact {
        return Some(Value::Secret(secret.clone()));
    }
    fact.text().map(|text| Value::Text(text.into()))
}

/// Whether the file holds that secret; `None` where it cannot be had.
pub(in crate::exec) fn holds(
    document: &Document,
    section: &Section,
    setting: &'static Setting,
    wanted: Option<Rc<Exposed>>,
) -> Option<bool> {
    match document.secret_text(section, setting) {
        Some(set) => wanted.map(|wanted| wanted.expose() == set),
        None => Some(false),
    }
}

/// The services that must notice one of these moves.
pub(in crate::exec) fn noticing(changes: &[Change]) -> Vec<&'static str> {
    let mut services = Vec::new();
    for change in changes {
        if let Subject::Setting(section, name) = &change.subject
            && let Some(setting) = conf::find(section, name)
        {
            let known = setting.services.split(',');
            services.extend(known.filter(|name| !matches!(*name, "" | "unknown")));
        }
    }
    services.sort_unstable();
    services.dedup();
    services
}

/// A finding, as a note to the operator.
pub(in crate::exec) fn note(finding: &Finding) -> Advisory {
    let level = if finding.is_refusal {
        Level::Danger
    } else {
        Level::Caution
    };
    let text = format!("aspera.conf line {}: {}", finding.line, finding.text);
    Advisory::new(level, finding.id, text).source(finding.source)
}
