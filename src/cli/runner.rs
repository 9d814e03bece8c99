//! Runs a source of steps on the node of a command: as a preview, and live
//! after a question.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use crate::bindings;
use crate::conf::{self, Document};
use crate::exec::{
    DryRun, Executor, FileStamp, Folder, InstalledNode, Live, LiveOptions, Lock, Spawner, StopFlag,
    Vault, World,
};
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::Runs;
use crate::report::{self, Report};
use crate::run::{DocumentKind, RunRecord};
use crate::session::Session;
use crate::state::Subject;
use crate::step::Step;

use super::ask;
use super::common::{NodeArgs, OutputFormat};
use super::consent::LiveArgs;
use super::needed_secrets::{self, MissingSecrets};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::progress::Progress;
use super::run_format::rendered;
use super::step_source::StepSource;

/// The exit code of a live run that was not confirmed: a pipeline must not take it for done.
pub(super) const DECLINED: u8 = 1;

/// Runs steps on one node.
pub(super) struct Runner<'a> {
    target: NodeTarget,
    output: &'a OutputOptions,
    format: OutputFormat,
    vault: Rc<RefCell<Vault>>,
    spawner: Option<Rc<RefCell<Spawner>>>,
}

/// A run that ended, with or without a fault.
pub(super) struct FinishedRun {
    pub(super) run: RunRecord,
    world: World,
    /// How many steps were performed that were not settled.
    performed: usize,
}

impl FinishedRun {
    /// What the run read from the node, for its steps and for notes on what it leaves.
    pub(super) fn into_read(mut self) -> impl Iterator<Item = Subject> {
        let for_notes = bindings::advise_on_node(&self.run, &mut self.world).read;
        let observations = self.run.observations.into_iter();
        let premises = observations.map(|observation| observation.subject);
        premises.chain(for_notes)
    }
}

impl<'a> Runner<'a> {
    /// A runner for that node.
    pub(super) fn new(
        target: NodeTarget,
        args: &NodeArgs,
        output: &'a OutputOptions,
        format: OutputFormat,
        stop: &StopFlag,
    ) -> Self {
        let vault = Rc::new(RefCell::new(Vault::new(Box::new(ask::secret))));
        if let Some(runs) = target.runs() {
            vault
                .borrow_mut()
                .set_backups(Box::new(move |run, subject| {
                    replaced_secret(&runs, run, subject)
                }));
        }
        let spawner = target.spawner(args, &vault, stop);
        Self {
            target,
            output,
            format,
            vault,
            spawner,
        }
    }

    /// The node of the command.
    pub(super) fn target(&self) -> &NodeTarget {
        &self.target
    }

    /// The node as it is now, of which nothing was read yet.
    pub(super) fn world(&self) -> Result<World> {
        let source = self.target.source(self.spawner.as_ref())?;
        Ok(World::new(source, Rc::clone(&self.vault)))
    }

    /// Previews the steps.
    pub(super) fn dry_run(&self, steps: &mut dyn StepSource) -> Result<FinishedRun> {
        let executor = DryRun::new(self.world()?);
        Ok(run_once(steps, Box::new(executor), DocumentKind::Preview))
    }

    /// Previews the steps for a reader here, with notes about the secrets that a live run
    /// needs.
    pub(super) fn preview(&self, steps: &mut dyn StepSource) -> Result<FinishedRun> {
        let mut finished = self.dry_run(steps)?;
        let missing = MissingSecrets::of(&finished.run, &mut self.vault.borrow_mut());
        if let Some(note) = missing.note() {
            finished.run.advise(note);
        }
        self.note_readable_files(&mut finished.run);
        Ok(finished)
    }

    fn note_readable_files(&self, run: &mut RunRecord) {
        for note in needed_secrets::readable_files(&self.vault.borrow()) {
            run.advise(note);
        }
    }

    /// Previews the steps, and makes sure that nothing would keep a live run
    /// from starting.
    pub(super) fn rehearse(
        &self,
        steps: &mut dyn StepSource,
        args: &LiveArgs,
    ) -> Result<FinishedRun> {
        let finished = self.dry_run(steps)?;
        if finished.run.fault.is_none() {
            args.permits(&finished.run)?;
            steps.permits(&finished.run)?;
            self.find_secrets(&finished.run)?;
        }
        Ok(finished)
    }

    /// Previews the steps; then, after a question, performs them on the node.
    /// Returns the exit code, or `None` if the answer was no.
    pub(super) fn perform(
        &self,
        steps: &mut dyn StepSource,
        args: &LiveArgs,
    ) -> Result<Option<u8>> {
        let folder = self.target.changeable()?;
        let state = Folder::create(&self.target.state_folder(folder))?;
        let lock = Lock::take(&folder.join("etc"), &state)?;
        let stamp = FileStamp::of(&InstalledNode::conf_path(folder));
        let executor = DryRun::new(self.world()?);
        let mut preview = run(steps, Box::new(executor), DocumentKind::Preview);
        if let Some(fault) = &preview.run.fault {
            self.show(&preview, steps)?;
            return Ok(Some(self.complain(fault, steps)));
        }
        args.permits(&preview.run)?;
        steps.permits(&preview.run)?;
        if self.ask_for_secrets(&preview.run, args)? {
            let executor = DryRun::new(self.world()?);
            preview = run(steps, Box::new(executor), DocumentKind::Preview);
        }
        self.find_secrets(&preview.run)?;
        self.note_readable_files(&mut preview.run);
        let asks = preview.run.is_pending() && !args.yes;
        if asks && !self.confirm(&preview.run)? {
            output::say("Nothing was changed.");
            return Ok(None);
        }
        // While a person reads the preview, the node may change.
        let world = if asks {
            self.world()?
        } else {
            preview.world.as_read()
        };
        let site = LiveOptions {
            folder,
            state_dir: &state,
            may_expose_secrets: args.may_expose_secrets(),
        };
        let finished = with_receipt(&state, folder, preview.run, steps, |steps, total| {
            let progress = Progress::new(self.output, total);
            let spawner = self.watched_spawner(&progress);
            let live = Live::new(world, spawner, args.operator(progress), &site, stamp, lock);
            let mut finished = run_once(steps, Box::new(live), DocumentKind::Receipt);
            self.note_readable_files(&mut finished.run);
            finished
        })?;
        self.show(&finished, steps)?;
        Ok(Some(match &finished.run.fault {
            Some(fault) => self.complain_part_way(&finished, fault, steps),
            None => 0,
        }))
    }

    fn watched_spawner(&self, progress: &Progress) -> Rc<RefCell<Spawner>> {
        let spawner = self.spawner.clone();
        let spawner = spawner.expect("a node that can be changed has tools");
        spawner.borrow_mut().on_progress(progress.watch());
        spawner
    }

    /// Shows a preview, and asks whether to perform it.
    fn confirm(&self, preview: &RunRecord) -> Result<bool> {
        let site = self.target.site();
        let report = Report {
            run: preview,
            remark: self.target.remark.as_deref(),
            site: Some(&site),
            sources: None,
        };
        output::say(&report::text(&report, self.output.of_stderr()).to_string());
        ask::confirm(&format!("Perform these steps on {}?", preview.node.name))
    }

    /// Refuses to start a live run while secrets that it needs are missing.
    fn find_secrets(&self, run: &RunRecord) -> Result<()> {
        let missing = MissingSecrets::of(run, &mut self.vault.borrow_mut());
        missing.into_fault().map_or(Ok(()), Err)
    }

    /// Offers to ask for the secrets that are missing. Returns whether there are new ones.
    fn ask_for_secrets(&self, run: &RunRecord, args: &LiveArgs) -> Result<bool> {
        let mut vault = self.vault.borrow_mut();
        let missing = MissingSecrets::of(run, &mut vault);
        if missing.is_empty() || args.yes || !ask::can_ask() {
            return Ok(false);
        }
        missing.ask(&mut vault)
    }

    /// Writes the document of a run to standard output.
    pub(super) fn show(&self, finished: &FinishedRun, steps: &dyn StepSource) -> Result<()> {
        let run = &finished.run;
        // Without a step, a text report would only repeat the fault.
        if self.format == OutputFormat::Text && run.fault.is_some() && run.steps.is_empty() {
            return Ok(());
        }
        self.show_run(run, steps, self.format)
    }

    /// Writes a run to standard output in that format.
    pub(super) fn show_run(
        &self,
        run: &RunRecord,
        steps: &dyn StepSource,
        format: OutputFormat,
    ) -> Result<()> {
        let sources = |name: &str| steps.source_text(name);
        let site = self.target.site();
        let report = Report {
            run,
            remark: self.target.remark.as_deref(),
            site: Some(&site),
            sources: Some(&sources),
        };
        let document = rendered(&report, format, self.output.of_stdout());
        // A preview is read; after a live run, the last line must stay in sight.
        let is_paged = run.kind != DocumentKind::Receipt && self.output.may_page();
        if is_paged {
            self.output.page_document(&document.to_string())
        } else {
            output::document(&document)
        }
    }

    /// Prints a fault. Returns the exit code of a run that did nothing.
    pub(super) fn complain(&self, fault: &Fault, steps: &dyn StepSource) -> u8 {
        self.output.complain(fault, &|name| steps.source_text(name));
        fault.kind().exit_code()
    }

    /// Prints the fault of a live run, and how far the run came.
    fn complain_part_way(
        &self,
        finished: &FinishedRun,
        fault: &Fault,
        steps: &dyn StepSource,
    ) -> u8 {
        let code = self.complain(fault, steps);
        if finished.performed == 0 {
            output::say("No step was completed.");
            return code;
        }
        let done = finished.performed;
        output::say(&format!(
            "Stopped part-way: {done} step{} done, as listed; run it again to finish.",
            if done == 1 { " was" } else { "s were" }
        ));
        // Trouble with the node has an exit code of its own.
        if fault.kind().is_trouble() { code } else { 5 }
    }
}

/// Writes a receipt before the first step and after the last one, unless
/// all steps are settled.
fn with_receipt(
    state: &Folder,
    folder: &Path,
    preview: RunRecord,
    steps: &mut dyn StepSource,
    perform: impl FnOnce(&mut dyn StepSource, usize) -> FinishedRun,
) -> Result<FinishedRun> {
    let total = preview.steps.len();
    if !preview.is_pending() {
        return Ok(perform(steps, total));
    }
    let runs = Runs::new(state.path());
    let conf = InstalledNode::read_conf(folder)?;
    let plan = steps.plan_digest().unwrap_or_else(|| preview.digest());
    let mut foreseen = interrupted(preview);
    foreseen.plan = Some(plan.clone());
    let number = runs.begin(&conf, &mut foreseen, steps.undone_run())?;
    let previewed = foreseen.steps;
    let mut finished = perform(steps, total);
    finished.run.number = Some(number);
    finished.run.plan = Some(plan);
    if let Some(note) = finished.run.difference(&previewed) {
        finished.run.advise(note);
    }
    finished.run.not_reached = not_reached(&finished.run, previewed);
    runs.end(number, &finished.run)?;
    Ok(finished)
}

/// The steps of the preview that a stopped run did not come to.
fn not_reached(run: &RunRecord, previewed: Vec<Step>) -> Vec<Step> {
    let started = run.steps.len() + run.failed.len();
    let is_stopped = run.fault.is_some();
    let rest = previewed.into_iter().skip(started);
    rest.filter(|_| is_stopped).collect()
}

/// Performs all steps with that executor.
fn run(steps: &mut dyn StepSource, executor: Box<dyn Executor>, kind: DocumentKind) -> FinishedRun {
    let (session, outcome) = steps.run(Session::new(executor));
    finished(session, outcome.err(), steps, kind)
}

/// The same, when the steps will not be performed again.
fn run_once(
    steps: &mut dyn StepSource,
    executor: Box<dyn Executor>,
    kind: DocumentKind,
) -> FinishedRun {
    let (session, outcome) = steps.run(Session::new(executor));
    steps.release();
    finished(session, outcome.err(), steps, kind)
}

fn finished(
    session: Session,
    fault: Option<Fault>,
    steps: &dyn StepSource,
    kind: DocumentKind,
) -> FinishedRun {
    let performed = session.acted();
    let fault = session.run_fault(fault);
    let (run, world) = match fault {
        None => session.finish(),
        Some(_) => session.end(),
    };
    let run = RunRecord {
        kind,
        script: steps.script_id(),
        params: steps.params(),
        fault,
        ..run
    };
    FinishedRun {
        run,
        world,
        performed,
    }
}

/// The receipt that stays if the process is killed: any of the steps may have
/// been performed.
fn interrupted(preview: RunRecord) -> RunRecord {
    let fault = Fault::new(
        FaultKind::Stopped,
        "the run was cut off; some of these steps were done",
    )
    .hint("run it again to finish it, or take it back with `ascript undo`");
    RunRecord {
        kind: DocumentKind::Receipt,
        fault: Some(fault),
        ..preview
    }
}

/// The secret that a setting had before a run, from the run's copy of aspera.conf.
fn replaced_secret(runs: &Runs, run: u32, subject: &str) -> Result<String> {
    let missing = || {
        Fault::new(
            FaultKind::Secret,
            format!("the copy of aspera.conf from before run {run} has no {subject}"),
        )
    };
    let document = Document::parse(runs.conf(run)?)?;
    let Some(Subject::Setting(section, name)) = Subject::parse(subject) else {
        return Err(missing());
    };
    let setting = conf::find(&section, &name).ok_or_else(missing)?;
    document
        .secret_text(&section, setting)
        .map(Cow::into_owned)
        .ok_or_else(missing)
}
