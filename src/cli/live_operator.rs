//! What a live run tells while it happens: its journal, the terminal, the person who
//! confirms manual steps.

use crate::exec::{Operator, StopFlag};
use crate::fault::{Fault, Result};
use crate::plan::Journal;
use crate::step::{Advisory, Step, StepKind};

use super::consent::LiveArgs;
use super::progress::Progress;

/// The operator of a live run at the command line.
pub(super) struct LiveOperator {
    pub(super) consent: LiveArgs,
    pub(super) progress: Progress,
    /// `None` if nothing will be performed.
    pub(super) journal: Option<Journal>,
    pub(super) stop: StopFlag,
}

impl Operator for LiveOperator {
    fn starts(&mut self, number: usize, step: &Step) -> Result<()> {
        self.progress.starts(number, step);
        self.journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.starts(step))
    }

    fn ended(&mut self, number: usize, step: &Step, fault: Option<&Fault>) -> Result<()> {
        if fault.is_none() {
            self.progress.completed(number, step);
        }
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        match step.kind {
            StepKind::Settled | StepKind::Manual => journal.settled(step),
            StepKind::Change | StepKind::Act => journal.ended(fault),
        }
    }

    fn noted(&mut self, note: &Advisory) -> Result<()> {
        self.journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.noted(note))
    }

    fn keep(&mut self, digest: &str, content: &[u8]) -> Result<()> {
        self.journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.keep(digest, content))
    }

    fn waits(&mut self, what: &str) {
        self.progress.waits(what);
    }

    fn confirm_manual(&mut self, number: usize, step: &Step) -> Result<bool> {
        self.consent.confirm_manual(number, step, &self.stop)
    }
}
