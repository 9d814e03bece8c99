//! A plan from a file, or a run of the past, as a source of steps.

use std::path::Path;
use std::rc::Rc;

use crate::bindings::Params;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::plan::{self, Runs};
use crate::run::{RunRecord, ScriptId};
use crate::session::Session;
use crate::step::Step;

use super::runner::Steps;

/// Reads a document from a file.
pub(super) fn load(path: &Path) -> Result<RunRecord> {
    let bytes = std::fs::read(path).map_err(|error| {
        Fault::usage(format!(
            "cannot read {}: {}",
            path.display(),
            reason(&error)
        ))
    })?;
    let loaded = match std::str::from_utf8(&bytes) {
        Ok(text) => plan::load(text),
        Err(_) => Err(Fault::new(
            FaultKind::Stale,
            "this is no plan or receipt: it is not text",
        )),
    };
    loaded.map_err(|fault| fault.hint(format!("the file is {}", path.display())))
}

/// A plan that is to be performed to the letter.
pub(super) struct Applied {
    pub(super) plan: RunRecord,
    /// What was done on the node before; nothing where nothing can be.
    pub(super) runs: Option<Runs>,
}

impl Applied {
    /// A plan that was applied says so by its premises: they no longer hold.
    /// One whose work no premise shows rests on its receipt alone. Where the
    /// node came back to what it was, a plan is good again.
    fn check(&self, drift: Option<Fault>) -> Result<()> {
        if drift.is_none() && plan::shows(&self.plan) {
            return Ok(());
        }
        let runs = self.runs.as_ref();
        let done = runs.map(|runs| runs.of(&self.plan.digest())).transpose()?;
        match (done.flatten(), drift) {
            (Some(number), drift) => Err(applied(number, drift.as_ref())),
            (None, Some(drift)) => Err(drift),
            (None, None) => Ok(()),
        }
    }
}

fn applied(number: u32, drift: Option<&Fault>) -> Fault {
    let message = format!("the plan was applied already, as run {number}; nothing was done");
    let again = match drift {
        Some(_) => "`ascript plan` makes a plan of what is left to do",
        None => "`ascript run` with --live does it once more",
    };
    Fault::new(FaultKind::Stale, message)
        .hint(format!("`ascript undo {number}` takes it back; {again}"))
}

impl Steps for Applied {
    fn play(&mut self, mut session: Session) -> (Session, Result<()>) {
        let drift = match plan::check(&self.plan, &mut session) {
            Err(fault) if fault.kind() != FaultKind::Stale => return (session, Err(fault)),
            checked => checked.err(),
        };
        let outcome = self
            .check(drift)
            .and_then(|()| plan::apply(&self.plan, &mut session));
        (session, outcome)
    }

    fn script(&self) -> ScriptId {
        self.plan.script.clone()
    }

    fn params(&self) -> Params {
        self.plan.params.clone()
    }

    fn source(&self, _: &str) -> Option<Rc<str>> {
        None
    }
}

/// A live run that is to be taken back.
pub(super) struct Reversed {
    /// Its number.
    pub(super) number: u32,
    /// Its receipt.
    pub(super) receipt: RunRecord,
    /// What it may have done.
    pub(super) steps: Vec<Step>,
}

impl Steps for Reversed {
    fn play(&mut self, mut session: Session) -> (Session, Result<()>) {
        let outcome = plan::reverse(&self.steps, self.number, &mut session);
        (session, outcome)
    }

    fn script(&self) -> ScriptId {
        ScriptId {
            name: format!("undo of run {} ({})", self.number, self.receipt.script.name),
            digest: self.receipt.script.digest.clone(),
        }
    }

    fn params(&self) -> Params {
        self.receipt.params.clone()
    }

    fn source(&self, _: &str) -> Option<Rc<str>> {
        None
    }

    fn undoes(&self) -> Option<u32> {
        Some(self.number)
    }
}
