//! Runs a source of steps on the node of a command: as a preview, and live
//! after a question.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use crate::bindings;
use crate::conf::{self, Document};
use crate::exec::{self, DryRun, Executor, Spawner, StopFlag, Vault, World};
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::Runs;
use crate::report::Report;
use crate::run::{DocumentKind, RunRecord};
use crate::session::Session;
use crate::state::Subject;
use crate::step::{Step, StepKind};
use crate::tools;

use super::ask;
use super::common::{NodeArgs, OutputFormat};
use super::consent::LiveArgs;
use super::needed_secrets::{self, MissingSecrets};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::run_format::rendered;
use super::step_source::StepSource;

/// The exit code of a live run that was not confirmed: a pipeline must not take it for done.
pub(super) const DECLINED: u8 = 1;

/// Runs steps on one node.
pub(super) struct Runner<'a> {
    pub(super) target: NodeTarget,
    /// The argument that named the node.
    pub(super) node: Option<String>,
    pub(super) output: &'a OutputOptions,
    pub(super) format: OutputFormat,
    pub(super) stop: StopFlag,
    vault: Rc<RefCell<Vault>>,
    pub(super) spawner: Option<Rc<RefCell<Spawner>>>,
}

/// A run that ended, with or without a fault.
pub(super) struct FinishedRun {
    pub(super) run: RunRecord,
    pub(super) world: World,
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
    ) -> Result<Self> {
        let vault = Rc::new(RefCell::new(vault(args, stop)?));
        if let Some(runs) = target.runs() {
            vault
                .borrow_mut()
                .set_backups(Box::new(move |run, subject| {
                    replaced_secret(&runs, run, subject)
                }));
        }
        if let Some(runs) = target.runs() {
            let kept = Box::new(move |run, digest: &str| runs.kept(run, digest));
            vault.borrow_mut().files().set_kept(kept);
        }
        vault.borrow_mut().stop_with(stop.clone());
        let spawner = target.spawner(args, &vault, stop);
        Ok(Self {
            target,
            node: args.node.clone(),
            output,
            format,
            stop: stop.clone(),
            vault,
            spawner,
        })
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
        let executor = DryRun::new(self.world()?).stopped_by(&self.stop);
        let mut finished = run_once(steps, Box::new(executor), DocumentKind::Preview);
        // What a preview cannot read is unknown to it; a wait that was stopped is not.
        let stopped = || self.stop.check().err();
        finished.run.fault = finished.run.fault.or_else(stopped);
        Ok(finished)
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

    pub(super) fn note_readable_files(&self, run: &mut RunRecord) {
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
            self.permit(&finished.run, steps, args)?;
            self.find_secrets(&finished.run)?;
        }
        Ok(finished)
    }

    /// Refuses a live run that its options do not permit, that comes from files which others
    /// can change, or that needs such a program or a missing one.
    pub(super) fn permit(
        &self,
        preview: &RunRecord,
        steps: &dyn StepSource,
        args: &LiveArgs,
    ) -> Result<()> {
        args.permits(preview)?;
        steps.permits(preview)?;
        let check = |file: &PathBuf| exec::check_input(file, std::io::stdin());
        steps.files().iter().try_for_each(check)?;
        let Some(spawner) = &self.spawner else {
            return Ok(());
        };
        let acting = |step: &&Step| step.kind != StepKind::Settled;
        let commands = preview.steps.iter().filter(acting);
        let commands = commands.flat_map(|step| &step.commands);
        let system = |program: &str| tools::system_path(self.target.platform, program);
        spawner.borrow().check_programs(commands, &system)
    }

    /// Refuses to start a live run while secrets or files that it needs are missing.
    pub(super) fn find_secrets(&self, run: &RunRecord) -> Result<()> {
        needed_secrets::find_files(run, &mut self.vault.borrow_mut())?;
        let missing = MissingSecrets::of(run, &mut self.vault.borrow_mut());
        missing.into_fault().map_or(Ok(()), Err)
    }

    /// Offers to ask for the secrets that are missing. Returns whether there are new ones.
    pub(super) fn ask_for_secrets(&self, run: &RunRecord, args: &LiveArgs) -> Result<bool> {
        let mut vault = self.vault.borrow_mut();
        let missing = MissingSecrets::of(run, &mut vault);
        if missing.is_empty() || args.yes || !ask::can_ask() {
            return Ok(false);
        }
        missing.ask(&mut vault, &self.stop)
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
}

/// A vault that prompts the person at the terminal; for a request, one with its secrets.
fn vault(args: &NodeArgs, stop: &StopFlag) -> Result<Vault> {
    let Some(secrets) = &args.secrets else {
        let stop = stop.clone();
        return Ok(Vault::new(Box::new(move |label| ask::secret(label, &stop))));
    };
    let mut vault = Vault::unattended();
    for (secret, value) in secrets.iter() {
        vault.provide(secret, Rc::clone(value))?;
    }
    Ok(vault)
}

/// Performs all steps with that executor.
pub(super) fn run(
    steps: &mut dyn StepSource,
    executor: Box<dyn Executor>,
    kind: DocumentKind,
) -> FinishedRun {
    let (session, outcome) = steps.run(Session::new(executor));
    finished(session, outcome.err(), steps, kind)
}

/// The same, when the steps will not be performed again.
pub(super) fn run_once(
    steps: &mut dyn StepSource,
    executor: Box<dyn Executor>,
    kind: DocumentKind,
) -> FinishedRun {
    let (session, outcome) = steps.run(Session::new(executor));
    steps.release();
    finished(session, outcome.err(), steps, kind)
}

fn finished(
    mut session: Session,
    fault: Option<Fault>,
    steps: &dyn StepSource,
    kind: DocumentKind,
) -> FinishedRun {
    let fault = session.run_fault(fault);
    let fault = fault.or_else(|| session.check_end().err());
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
    FinishedRun { run, world }
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
