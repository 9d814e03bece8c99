//! States of aspera.conf: reads them from a document and stages them in one.

use std::borrow::Cow;
use std::rc::Rc;

use crate::conf::{self, ConfFinding, Document, FindingLevel, Setting, SettingValue};
use crate::exec::SecretValue;
use crate::state::{Section, Settings, State, Subject, WantedState};
use crate::step::{Advisory, Change, Level};

/// Reads the state of a subject from a document.
pub(in crate::exec) fn state(document: &Document, subject: &Subject) -> State {
    if let Subject::Setting(section, name) = subject {
        return match conf::find(section, name) {
            Some(setting) => document.get(section, setting),
            None => document.variant(section, name),
        }
        .map_or(State::Absent, setting_state);
    }
    if let Subject::Sections(kind) = subject {
        let names = document.names(*kind).into_iter();
        return State::Names(names.map(Cow::into_owned).collect());
    }
    match subject.section() {
        Some(section) if !document.has(section) => State::Absent,
        Some(section) if matches!(subject, Subject::Settings(_)) => {
            let all = document.settings(section).into_iter();
            let all = all.map(|(setting, value)| (setting.name.to_owned(), value));
            let all = all.chain(document.variants(section));
            let settings: Settings = all
                .map(|(name, value)| (name, setting_state(value)))
                .collect();
            // An undo leaves the element of a section that had none.
            if settings.is_empty() && !section.is_named() {
                return State::Absent;
            }
            State::Settings(settings)
        }
        Some(_) => State::Present,
        None => State::Absent,
    }
}

fn setting_state(value: SettingValue<'_>) -> State {
    match value {
        SettingValue::Text(text) => State::Text(text.into()),
        SettingValue::Secret(value) => WantedState::secret(value).state,
        SettingValue::Hidden => State::Hidden,
    }
}

/// Stages the after-states of changes.
pub(in crate::exec) fn stage_all(document: &mut Document, changes: &[Change]) {
    for change in changes {
        stage(document, &change.subject, &change.after);
    }
}

fn stage(document: &mut Document, subject: &Subject, wanted: &WantedState) {
    match (subject, &wanted.state) {
        (Subject::Entry(section), State::Absent) => document.remove(section),
        (Subject::Entry(section), _) => document.ensure(section),
        (Subject::Setting(section, name), _) => {
            if let Some(setting) = conf::find(section, name) {
                document.set(section, setting, conf_value(wanted));
            }
        }
        _ => {}
    }
}

/// The value of a setting for a document; `None` unsets it.
pub(super) fn conf_value(wanted: &WantedState) -> Option<SettingValue<'_>> {
    if let Some(secret) = wanted.setting_secret() {
        return Some(SettingValue::Secret(secret.clone()));
    }
    wanted
        .state
        .text()
        .map(|text| SettingValue::Text(text.into()))
}

/// Whether a document contains that secret; `None` if its value is not known.
pub(super) fn contains(
    document: &Document,
    section: &Section,
    setting: &'static Setting,
    secret: Option<Rc<SecretValue>>,
) -> Option<bool> {
    match document.secret_text(section, setting) {
        Some(set) => secret.map(|secret| secret.expose() == set),
        None => Some(false),
    }
}

/// The services that must notice one of these changes.
pub(in crate::exec) fn services_to_notice(changes: &[Change]) -> Vec<&'static str> {
    let mut services = Vec::new();
    for change in changes {
        if let Subject::Setting(section, name) = &change.subject
            && let Some(setting) = conf::find(section, name)
        {
            services.extend(setting.services_in(section.kind()));
        }
    }
    services.sort_unstable();
    services.dedup();
    services
}

/// A finding, as an advisory of a run.
pub(super) fn advisory(finding: &ConfFinding) -> Advisory {
    let level = match finding.level {
        FindingLevel::Refusal => Level::Danger,
        FindingLevel::Caution => Level::Caution,
        FindingLevel::Note => Level::Note,
    };
    let text = format!("aspera.conf line {}: {}", finding.line, finding.text);
    Advisory::new(level, finding.id, text).source(finding.source)
}
