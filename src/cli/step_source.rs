//! Where the steps of a run come from: a script, a plan, a run to undo, or
//! what a REPL session has staged.

use std::path::PathBuf;
use std::rc::Rc;

use crate::fault::Result;
use crate::run::{RunRecord, ScriptId};
use crate::session::Session;
use crate::step::Params;

/// Something that performs steps in a session. Before a live run it does so
/// twice: for the preview, and on the node.
pub(super) trait StepSource {
    /// Performs all steps, or stops at a fault.
    fn run(&mut self, session: Session) -> (Session, Result<()>);
    /// Frees what only `run` needs; it will not be called again.
    fn release(&mut self) {}
    /// Refuses a live run of steps that its options do not permit, or that a plan shows otherwise.
    fn permits(&self, _preview: &RunRecord) -> Result<()> {
        Ok(())
    }
    /// The script that the steps come from.
    fn script_id(&self) -> ScriptId;
    /// The parameters of the script.
    fn params(&self) -> Params;
    /// The files that decide what the steps are, as far as a preview has read them. `-` is
    /// standard input.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// The text of a source that a fault points into.
    fn source_text(&self, name: &str) -> Option<Rc<str>>;
    /// The digest of the plan that the steps come from.
    fn plan_digest(&self) -> Option<String> {
        None
    }
    /// The number of the run that the steps undo.
    fn undone_run(&self) -> Option<u32> {
        None
    }
}
