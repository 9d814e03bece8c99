//! The steps that undo a live run.

use std::rc::Rc;

use crate::fault::Result;
use crate::plan;
use crate::run::{RunRecord, ScriptId};
use crate::session::Session;
use crate::step::{Params, Step};

use super::step_source::StepSource;

/// A live run to undo.
pub(super) struct UndoSteps {
    /// The number of the run.
    pub(super) number: u32,
    /// Its receipt.
    pub(super) receipt: RunRecord,
    /// The steps that it performed, or may have performed in part.
    pub(super) steps: Vec<Step>,
}

impl StepSource for UndoSteps {
    fn run(&mut self, mut session: Session) -> (Session, Result<()>) {
        let outcome = plan::reverse(&self.steps, self.number, &mut session);
        (session, outcome)
    }

    fn script_id(&self) -> ScriptId {
        ScriptId {
            name: format!("undo of run {} ({})", self.number, self.receipt.script.name),
            digest: self.receipt.script.digest.clone(),
        }
    }

    fn params(&self) -> Params {
        self.receipt.params.clone()
    }

    fn source_text(&self, _: &str) -> Option<Rc<str>> {
        None
    }

    fn undone_run(&self) -> Option<u32> {
        Some(self.number)
    }
}
