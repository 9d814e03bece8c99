//! The subjects that a step is about, also of one that changes nothing.

use crate::state::{State, Subject};

use super::{Act, Change, Step};

/// Which subjects a step is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StepSubjects {
    /// Those that it changes.
    #[default]
    Changed,
    /// These.
    Listed(Vec<Subject>),
    /// Not known: documents of version 0.1 do not say it.
    Unknown,
}

impl Step {
    /// The subjects that the step is about, if they are known.
    pub fn subjects(&self) -> Option<Vec<Subject>> {
        match &self.subjects {
            StepSubjects::Changed => Some(changed(&self.changes).cloned().collect()),
            StepSubjects::Listed(subjects) => Some(subjects.clone()),
            StepSubjects::Unknown => None,
        }
    }

    /// The services that the step restarts.
    pub fn restarts(&self) -> impl Iterator<Item = &str> {
        let act = match self.act.as_deref() {
            Some(Act::Restart { service }) => Some(&**service),
            _ => None,
        };
        let changes = self.changes.iter();
        changes.filter_map(started).chain(act)
    }

    /// The settings that the step sets without a check.
    pub fn unchecked(&self) -> &[Change] {
        match self.act.as_deref() {
            Some(Act::SetUnchecked { settings }) => settings,
            _ => &[],
        }
    }

    /// The first subject that the step is about.
    pub fn main_subject(&self) -> Option<&Subject> {
        match &self.subjects {
            StepSubjects::Listed(subjects) => subjects.first(),
            StepSubjects::Changed | StepSubjects::Unknown => changed(&self.changes).next(),
        }
    }
}

/// The service that a change starts, again or for the first time.
fn started(change: &Change) -> Option<&str> {
    let runs = matches!(&change.after.state, State::Service(service) if service.running);
    change.subject.service().filter(|_| runs)
}

fn changed(changes: &[Change]) -> impl Iterator<Item = &Subject> {
    changes.iter().map(|change| &change.subject)
}
