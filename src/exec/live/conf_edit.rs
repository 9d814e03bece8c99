//! The differences between two readings of aspera.conf: what they concern, and in words.

use std::collections::BTreeSet;

use crate::conf::{ConfDifference, Document};
use crate::exec::node::conf_states;
use crate::state::{Section, State, Subject};
use crate::step::Step;

/// How many changes a message names.
const MAX_NAMED: usize = 10;

/// The subject of a difference, if it is a setting.
pub(super) fn setting_of(difference: &ConfDifference) -> Option<Subject> {
    match difference {
        ConfDifference::Setting(section, setting) => {
            Some(Subject::setting(section.clone(), setting.name))
        }
        ConfDifference::Section(_) | ConfDifference::Element { .. } => None,
    }
}

/// The section of a difference, if it is in one.
pub(super) fn section_of(difference: &ConfDifference) -> Option<&Section> {
    match difference {
        ConfDifference::Section(section) | ConfDifference::Setting(section, _) => Some(section),
        ConfDifference::Element { section, .. } => section.as_ref(),
    }
}

/// A difference with the values before and after it: `conf/user/ana/absolute (/a → /b)`.
pub(super) fn described(difference: &ConfDifference, was: &Document, is: &Document) -> String {
    let place = place(difference);
    match difference {
        ConfDifference::Section(section) if is.has(section) => format!("{place} (added)"),
        ConfDifference::Section(_) => format!("{place} (deleted)"),
        ConfDifference::Setting(section, setting) => {
            let subject = Subject::setting(section.clone(), setting.name);
            let [was, is] = [was, is].map(|document| conf_states::state(document, &subject));
            format!("{place} ({})", values(&was, &is))
        }
        ConfDifference::Element { is_new: true, .. } => format!("{place} (added)"),
        ConfDifference::Element { is_new: false, .. } => format!("{place} (changed or removed)"),
    }
}

/// What differs: `conf/user/ana/absolute`.
pub(super) fn place(difference: &ConfDifference) -> String {
    match difference {
        ConfDifference::Section(section) => format!("conf/{section}"),
        ConfDifference::Setting(section, setting) => {
            Subject::setting(section.clone(), setting.name).to_string()
        }
        ConfDifference::Element {
            section: Some(section),
            path,
            ..
        } => format!("the element `{path}` in conf/{section}"),
        ConfDifference::Element { path, .. } => format!("the element `{path}`"),
    }
}

fn values(was: &State, is: &State) -> String {
    let value = |state: &State| {
        if *state == State::Absent {
            "not set".to_owned()
        } else {
            state.quoted().into_owned()
        }
    };
    if was == is {
        "another secret".to_owned()
    } else {
        format!("{} → {}", value(was), value(is))
    }
}

/// The first of these, and how many more there are.
pub(super) fn listed(changes: &[String]) -> String {
    let named = changes.len().min(MAX_NAMED);
    let text = changes[..named].join(", ");
    match changes.len() - named {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// Whether a step makes that difference. It may make any in the sections of `unchecked`.
pub(super) fn is_asked_for(
    difference: &ConfDifference,
    step: &Step,
    unchecked: &BTreeSet<&Section>,
) -> bool {
    let is_changed =
        |subject: &Subject| step.changes.iter().any(|change| change.subject == *subject);
    match difference {
        ConfDifference::Section(section) => {
            is_changed(&Subject::Entry(section.clone())) || unchecked.contains(section)
        }
        ConfDifference::Setting(section, setting) => {
            is_changed(&Subject::setting(section.clone(), setting.name))
        }
        ConfDifference::Element { section, .. } => section
            .as_ref()
            .is_some_and(|section| unchecked.contains(section)),
    }
}
