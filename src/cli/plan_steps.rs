//! The steps of a plan, which are performed only while its premises hold.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::exec::{InputKind, is_stdin};
use crate::fault::{AppliedRun, Fault, FaultKind, Result};
use crate::plan::{self, Runs};
use crate::run::{RunRecord, ScriptId};
use crate::session::Session;
use crate::step::Params;

use super::common::StandardInput;
use super::live_summary;
use super::step_source::StepSource;

/// Reads a preview, plan or receipt from a file or standard input.
pub(super) fn load(path: &Path, input: &StandardInput) -> Result<RunRecord> {
    parse(&read(path, input)?, path)
}

/// The bytes of a file or of standard input, unpacked.
pub(super) fn read(path: &Path, input: &StandardInput) -> Result<Vec<u8>> {
    let bytes = if is_stdin(path) {
        input.read(InputKind::PLAN)
    } else {
        InputKind::PLAN.read(path)
    };
    InputKind::PLAN.unpack(bytes?, &name(path))
}

/// The preview, plan or receipt that was read from there.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<RunRecord> {
    let loaded = match std::str::from_utf8(bytes) {
        Ok(text) => plan::load(text).map(|mut run| {
            let journal = path.with_extension("journal");
            plan::complete(&mut run, || InputKind::PLAN.read(&journal).ok());
            run
        }),
        Err(_) => Err(Fault::new(
            FaultKind::Stale,
            "this is not a plan or receipt: it is not text",
        )),
    };
    loaded.map_err(|fault| fault.hint(format!("it was read from {}", name(path))))
}

fn name(path: &Path) -> String {
    if is_stdin(path) {
        return "standard input".to_owned();
    }
    format!("`{}`", path.display())
}

/// A plan to apply.
pub(super) struct PlanSteps {
    pub(super) plan: RunRecord,
    /// The file of the plan, or `-`.
    pub(super) file: PathBuf,
    /// The argument that named the node.
    pub(super) node: Option<String>,
    /// The receipts of the node; `None` where nothing can be performed.
    pub(super) runs: Option<Runs>,
    /// Whether a preview has found that the plan shows what its steps do.
    pub(super) is_rehearsed: bool,
}

impl PlanSteps {
    /// Refuses a plan whose premises do not hold, or that was applied already.
    ///
    /// Where the plan changes one of its own premises, drift shows that it was
    /// applied. Any other plan needs its receipt to show that. A plan whose
    /// premises hold again, because its changes were undone, may be applied again.
    fn check(&self, drift: Option<Fault>, session: &mut Session) -> Result<()> {
        if drift.is_none() && plan::changes_its_premises(&self.plan) {
            return Ok(());
        }
        let runs = self.runs.as_ref();
        let applied = runs
            .map(|runs| runs.find(&self.plan.digest()))
            .transpose()?;
        match (applied.flatten(), drift) {
            (Some(run), drift) => {
                let holds = plan::still_holds(&self.plan, session);
                let applied = AppliedRun { run, holds };
                Err(self.applied_already(applied, drift.is_some()))
            }
            (None, Some(drift)) => Err(drift),
            (None, None) => Ok(()),
        }
    }

    fn applied_already(&self, applied: AppliedRun, has_drift: bool) -> Fault {
        let number = applied.run;
        let message = format!("the plan was applied already, as run {number}; nothing was done");
        let again = if has_drift {
            "`ascript plan` makes a plan of what is left to do"
        } else {
            "`ascript run` with --live does it once more"
        };
        let undo = live_summary::undo_command(number, self.node.as_deref());
        Fault::new(FaultKind::Applied, message)
            .hint(format!("`{undo}` takes it back; {again}"))
            .with_applied(applied)
    }

    /// Where the files of the plan's script are searched: beside the plan.
    fn source_folder(&self) -> PathBuf {
        let folder = self.file.parent();
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_owned()
    }
}

impl StepSource for PlanSteps {
    fn run(&mut self, mut session: Session) -> (Session, Result<()>) {
        session.set_source_folder(Some(self.source_folder()));
        let drift = match plan::check(&self.plan, &mut session) {
            Err(fault) if fault.kind() != FaultKind::Stale => return (session, Err(fault)),
            checked => checked.err(),
        };
        let outcome = self.check(drift, &mut session).and_then(|()| {
            if self.is_rehearsed {
                return plan::apply(&self.plan, &mut session);
            }
            plan::rehearse(&self.plan, &mut session)
        });
        self.is_rehearsed |= outcome.is_ok();
        (session, outcome)
    }

    fn permits(&self, preview: &RunRecord) -> Result<()> {
        plan::check_file_diffs(&self.plan, preview)?;
        plan::check_conf_diff(&self.plan, preview)
    }

    fn script_id(&self) -> ScriptId {
        self.plan.script.clone()
    }

    fn params(&self) -> Params {
        self.plan.params.clone()
    }

    fn plan_digest(&self) -> Option<String> {
        Some(self.plan.digest())
    }

    fn files(&self) -> Vec<PathBuf> {
        vec![self.file.clone()]
    }

    fn source_text(&self, _: &str) -> Option<Rc<str>> {
        None
    }
}
