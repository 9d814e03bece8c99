//! The subjects that a step is about, also of one that changes nothing.

use crate::state::{State, Subject};

use super::{Act, Change, Step, StepKind};

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

    /// The services that the step starts or restarts.
    pub fn restarts(&self) -> impl Iterator<Item = &str> {
        let act = match self.act.as_deref() {
            Some(Act::Restart { service }) => Some(&**service),
            _ => None,
        };
        let changes = self.changes.iter();
        changes.filter_map(Change::started).chain(act)
    }

    /// The services that the step makes reload aspera.conf.
    pub fn reloads(&self) -> impl Iterator<Item = &str> {
        let act = match self.act.as_deref() {
            Some(Act::Reload { service }) => Some(&**service),
            _ => None,
        };
        let changes = self.changes.iter().filter(|_| !self.is_restart());
        changes.filter_map(Change::reloaded).chain(act)
    }

    /// Whether a person makes its changes, or does what it does besides.
    pub fn changes_by_hand(&self) -> bool {
        self.kind == StepKind::Manual && (!self.changes.is_empty() || self.act.is_some())
    }

    /// The services that load aspera.conf in the step.
    pub fn loads(&self) -> impl Iterator<Item = &str> {
        self.restarts().chain(self.reloads())
    }

    fn is_restart(&self) -> bool {
        matches!(self.act.as_deref(), Some(Act::Restart { .. }))
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

impl Change {
    /// The service that the change starts, again or for the first time.
    pub fn started(&self) -> Option<&str> {
        let runs = matches!(&self.after.state, State::Service(service) if service.running);
        let is_start = runs && self.reloaded().is_none();
        self.subject.service().filter(|_| is_start)
    }

    /// The service that the change makes reload aspera.conf.
    pub fn reloaded(&self) -> Option<&str> {
        let reloads = match (&self.before, &self.after.state) {
            (State::Service(before), State::Service(after)) => before.reloadable && after.current,
            _ => false,
        };
        self.subject.service().filter(|_| reloads)
    }
}

fn changed(changes: &[Change]) -> impl Iterator<Item = &Subject> {
    changes.iter().map(|change| &change.subject)
}
