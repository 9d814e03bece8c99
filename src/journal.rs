//! What a run saw and did: the premises it read, the steps it took, and what
//! the reader should know. A plan is one of these, kept.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::state::{FastIndexSet, State, Subject};
use crate::step::{Advisory, Step, StepKind};

/// A fact as it was before anything moved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Observation {
    /// What was asked.
    pub subject: Subject,
    /// What was true.
    pub value: State,
}

/// What was seen and done.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// The premises, in the order they were read.
    pub observations: Vec<Observation>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Notes that belong to no single step.
    pub advisories: Vec<Advisory>,
    /// How many random secrets were asked for.
    pub randoms: u32,
    known: FastIndexSet<Subject>,
}

impl Journal {
    /// The journal of a run that was kept.
    pub fn kept(
        observations: Vec<Observation>,
        steps: Vec<Step>,
        advisories: Vec<Advisory>,
    ) -> Self {
        Self {
            observations,
            steps,
            advisories,
            ..Self::default()
        }
    }

    /// Whether a subject was read, or moved by a step.
    pub fn knows(&self, subject: &Subject) -> bool {
        self.known.contains(subject)
    }

    /// Keeps the first reading of a subject.
    pub fn observe(&mut self, subject: &Subject, value: State) {
        self.known.insert(subject.clone());
        self.observations.push(Observation {
            subject: subject.clone(),
            value,
        });
    }

    /// Keeps a step that was taken.
    pub fn record(&mut self, step: Step) {
        for change in &step.changes {
            self.known.insert(change.subject.clone());
        }
        self.steps.push(step);
    }

    /// Keeps a note, once.
    pub fn advise(&mut self, advisory: Advisory) {
        if !self.advisories.contains(&advisory) {
            self.advisories.push(advisory);
        }
    }

    /// Every note of the run, those of the steps among them.
    pub fn all_advisories(&self) -> impl Iterator<Item = &Advisory> {
        self.steps
            .iter()
            .flat_map(|step| &step.advisories)
            .chain(&self.advisories)
    }
}

/// How many steps there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Summary {
    /// Steps that move something.
    pub change: usize,
    /// Steps already as wanted.
    pub settled: usize,
    /// Steps whose effect no reading shows.
    pub act: usize,
    /// Steps for a person.
    pub manual: usize,
}

impl Summary {
    /// Counts the steps of a journal.
    pub fn of(journal: &Journal) -> Self {
        let mut summary = Self::default();
        for step in &journal.steps {
            match step.kind {
                StepKind::Settled => summary.settled += 1,
                StepKind::Change => summary.change += 1,
                StepKind::Act => summary.act += 1,
                StepKind::Manual => summary.manual += 1,
            }
        }
        summary
    }

    /// Whether a live run would do anything.
    pub fn is_pending(self) -> bool {
        self.change + self.act + self.manual > 0
    }
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            subject: Subject,
            value: serde_json::Value,
        }
        let Raw { subject, value } = Raw::deserialize(deserializer)?;
        let value = State::read(&subject, value).map_err(D::Error::custom)?;
        Ok(Self { subject, value })
    }
}
