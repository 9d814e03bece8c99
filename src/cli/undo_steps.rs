//! The steps that undo a live run.

use std::iter;
use std::rc::Rc;

use crate::exec::EDIT_LOST;
use crate::fault::{Fault, Result};
use crate::plan::{self, Runs, UndoneRun};
use crate::run::{RunRecord, ScriptId};
use crate::session::Session;
use crate::step::{Advisory, Level, Params};

use super::step_source::StepSource;

/// A live run to undo.
pub(super) struct UndoSteps {
    run: UndoneRun,
    /// Its receipt.
    receipt: RunRecord,
    /// What the undo is called.
    name: String,
    /// Notes about later runs, and about what no undo brings back.
    notes: Vec<Advisory>,
    /// Whether to undo it even if a part cannot be undone.
    is_partial: bool,
}

impl UndoSteps {
    /// Reads the receipts that it takes to undo a run.
    pub(super) fn of(number: u32, runs: &Runs, is_partial: bool) -> Result<Self> {
        let receipt = runs.load(number)?;
        let steps = runs.performed_steps(&receipt)?;
        let original = match runs.undoes(number) {
            Some(original) => runs.performed_steps(&runs.load(original)?)?,
            None => Vec::new(),
        };
        let later = runs.later(number)?;
        let name = undo_name(number, runs, &receipt.run);
        let notes = receipt.run.advisories.iter();
        let lost = notes
            .filter(|note| note.id == EDIT_LOST)
            .map(|note| still_lost(number, note));
        Ok(Self {
            notes: lost
                .chain(later.iter().filter_map(|run| run.note(&steps)))
                .collect(),
            run: UndoneRun {
                number,
                steps,
                originals: original,
                later: later.into_iter().flat_map(|run| run.steps).collect(),
            },
            receipt: receipt.run,
            name,
            is_partial,
        })
    }

    /// The number of the run.
    pub(super) fn number(&self) -> u32 {
        self.run.number
    }
}

/// What it is called to undo a run: `undo of run 1 (site.rhai)`, or `redo of run 1 (site.rhai)`
/// where that run is an undo itself.
fn undo_name(number: u32, runs: &Runs, receipt: &RunRecord) -> String {
    let earlier = |run: &u32| runs.undoes(*run).filter(|undone| undone < run);
    let chain: Vec<u32> = iter::successors(Some(number), earlier).collect();
    let script = match chain.last().map(|first| runs.load(*first)) {
        Some(Ok(first)) => first.run.script.name,
        // A receipt that is damaged keeps no other run from being undone.
        _ => receipt.script.name.clone(),
    };
    match chain[..] {
        [_, undone, ..] if chain.len().is_multiple_of(2) => {
            format!("redo of run {undone} ({script})")
        }
        _ => format!("undo of run {number} ({script})"),
    }
}

/// An edit of another program that the run lost is not the run's to restore.
fn still_lost(number: u32, lost: &Advisory) -> Advisory {
    let text = format!("not brought back: in run {number}, {}", lost.text);
    Advisory::new(Level::Caution, "foreign-edit-not-restored", text)
}

impl StepSource for UndoSteps {
    fn run(&mut self, mut session: Session) -> (Session, Result<()>) {
        let outcome = plan::reverse(&self.run, &mut session);
        for note in &self.notes {
            session.advise(note.clone());
        }
        (session, outcome)
    }

    fn permits(&self, preview: &RunRecord) -> Result<()> {
        let mut left_out: Vec<_> = plan::left_out(preview)
            .map(|note| note.text.to_string())
            .collect();
        left_out.dedup();
        let mut left_out = left_out.into_iter();
        let Some(first) = left_out.next() else {
            return Ok(());
        };
        let number = self.number();
        let fault = |message: String| Err(Fault::refused(message).with_hints(left_out));
        if !preview.is_pending() {
            return fault(format!(
                "nothing more of run {number} can be undone: {first}"
            ));
        }
        if self.is_partial {
            return Ok(());
        }
        let fault = fault(format!("run {number} cannot be undone completely: {first}"));
        fault.map_err(|fault| fault.hint("undo the rest with --partial"))
    }

    fn script_id(&self) -> ScriptId {
        ScriptId {
            name: self.name.clone(),
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
        Some(self.run.number)
    }
}
