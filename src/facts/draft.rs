//! A step while a binding drafts it.

use crate::state::Subject;
use crate::step::{Act, Advisory, Change, Command, Step, StepKind, StepSubjects};

/// A step that is being drafted.
#[derive(Debug, Default)]
pub struct Draft {
    /// The changes that are needed.
    pub changes: Vec<Change>,
    /// The changes that were asked for and are true already.
    pub settled: Vec<Change>,
    /// What it is about besides these.
    pub subjects: Vec<Subject>,
    /// What it does besides.
    pub act: Option<Box<Act>>,
    /// The commands for both.
    pub commands: Vec<Command>,
    /// Notes to the operator.
    pub advisories: Vec<Advisory>,
    /// Whether a person does it.
    pub is_by_hand: bool,
}

impl Draft {
    /// Adds what the step is about.
    #[must_use]
    pub fn about(mut self, subjects: impl IntoIterator<Item = Subject>) -> Self {
        self.subjects.extend(subjects);
        self
    }

    /// Whether there is nothing left to do.
    pub fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.act.as_deref().is_none_or(Act::is_check)
    }

    /// Whether it starts or restarts a service.
    pub fn restarts(&self) -> bool {
        let is_restart = matches!(self.act.as_deref(), Some(Act::Restart { .. }));
        is_restart || self.changes.iter().any(|change| change.started().is_some())
    }

    /// Adds notes.
    #[must_use]
    pub fn advise(mut self, advisories: impl IntoIterator<Item = Advisory>) -> Self {
        let advisories = advisories.into_iter();
        // A run keeps the notes of every step: see `preview of 10,000 calls`.
        self.advisories.reserve_exact(advisories.size_hint().0);
        self.advisories.extend(advisories);
        self
    }

    /// The finished step. The session adds its binding and location.
    pub fn step(self) -> Step {
        let kind = if self.is_by_hand {
            StepKind::Manual
        } else {
            StepKind::of(&self.changes, self.act.as_deref())
        };
        Step {
            subjects: subjects(&self.changes, self.settled, self.subjects),
            changes: self.changes,
            act: self.act,
            commands: self.commands,
            advisories: self.advisories,
            ..Step::empty(kind)
        }
    }
}

/// What a step is about. One that changes something is about that, not about the
/// rest of what was asked for.
fn subjects(changes: &[Change], settled: Vec<Change>, others: Vec<Subject>) -> StepSubjects {
    match (changes, others.is_empty()) {
        ([_, ..], true) => StepSubjects::Changed,
        ([], _) => {
            let settled = settled.into_iter().map(|change| change.subject);
            StepSubjects::Listed(settled.chain(others).collect())
        }
        ([_, ..], false) => {
            let moved = changes.iter().map(|change| change.subject.clone());
            StepSubjects::Listed(moved.chain(others).collect())
        }
    }
}
