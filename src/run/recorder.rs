//! Records a run while it happens.

use crate::fault::{Fault, FaultKind, Result};
use crate::state::{FastIndexSet, Node, ScriptFile, State, Subject};
use crate::step::{Advisory, Step};

use super::{FailedStep, Observation, RunRecord};

/// The record of a run that has not ended, and what is needed to continue it.
#[derive(Clone, Debug)]
pub struct Recorder {
    run: RunRecord,
    /// Subjects that were read, or changed by a step.
    known: FastIndexSet<Subject>,
    random_secrets: u32,
}

impl Recorder {
    /// Starts the record of a run on that node.
    pub fn new(node: Node) -> Self {
        Self {
            run: RunRecord::new(node),
            known: FastIndexSet::default(),
            random_secrets: 0,
        }
    }

    /// The record so far.
    pub fn run(&self) -> &RunRecord {
        &self.run
    }

    /// Ends the run.
    pub fn finish(self) -> RunRecord {
        self.run
    }

    /// Whether a subject was read, or changed by a step.
    pub fn knows(&self, subject: &Subject) -> bool {
        self.known.contains(subject)
    }

    /// Adds the first reading of a subject.
    pub fn observe(&mut self, subject: &Subject, value: State) {
        self.known.insert(subject.clone());
        self.run.observations.push(Observation {
            subject: subject.clone(),
            value,
        });
    }

    /// The names of the files of data that the script has read.
    pub fn data_files(&self) -> impl Iterator<Item = &str> {
        self.run.data.iter().map(|file| &*file.source)
    }

    /// Adds a file of data that the script read. It must stay the same during a run.
    pub fn use_data(&mut self, file: ScriptFile) -> Result<()> {
        let mut known = self.run.data.iter();
        match known.find(|known| known.source == file.source) {
            Some(known) if known.digest == file.digest => Ok(()),
            Some(_) => Err(Fault::new(
                FaultKind::Stale,
                format!("the file `{}` changed during the run", file.source),
            )
            .hint("run it again")),
            None => {
                self.run.data.push(file);
                Ok(())
            }
        }
    }

    /// Adds a step that was performed.
    pub fn add_step(&mut self, step: Step) {
        for change in &step.changes {
            self.known.insert(change.subject.clone());
        }
        self.run.steps.push(step);
    }

    /// Adds a step that was started and not completed. The states of its
    /// subjects stay known only as far as they were read.
    pub fn add_failed(&mut self, failed: FailedStep) {
        self.run.failed.push(failed);
    }

    /// Adds a note, unless it is there.
    pub fn advise(&mut self, advisory: Advisory) {
        self.run.advise(advisory);
    }

    /// Counts random secrets, this one included.
    pub fn next_random_secret(&mut self) -> u32 {
        self.random_secrets += 1;
        self.random_secrets
    }
}
