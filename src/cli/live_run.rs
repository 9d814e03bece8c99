//! A live run: the preview, one question, a line for each step, one last line.

use std::cell::RefCell;
use std::rc::Rc;

use crate::exec::{ConfWatch, DryRun, Folder, InstalledNode, Live, LiveOptions, Lock, Spawner};
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::{Journal, Runs};
use crate::report::{self, Report};
use crate::run::{DocumentKind, RunRecord};
use crate::step::{Advisory, Step};

use super::ask;
use super::common::OutputFormat;
use super::consent::LiveArgs;
use super::live_certificates::LiveCertificates;
use super::live_operator::LiveOperator;
use super::live_summary;
use super::output;
use super::progress::{Progress, StepList};
use super::run_format::rendered;
use super::runner::{FinishedRun, Runner, run, run_once};
use super::step_source::StepSource;

impl Runner<'_> {
    /// Previews the steps; then, after a question, performs them on the node.
    /// Returns the exit code, or `None` if the answer was no.
    pub(super) fn perform(
        &self,
        steps: &mut dyn StepSource,
        args: &LiveArgs,
    ) -> Result<Option<u8>> {
        let folder = self.target.changeable()?;
        let state = Folder::create(&self.target.state_folder(folder))?;
        let locks = Lock::shared_folder()?;
        let lock = Rc::new(Lock::take(&folder.join("etc"), &state, locks.as_ref())?);
        self.spawner()
            .borrow_mut()
            .record_tools(&state, &mut output::say)?;
        let mut conf = ConfWatch::new(folder);
        self.decide_about_certificates(args);
        let executor = DryRun::new(self.world()?).stopped_by(&self.stop);
        let mut preview = run(steps, Box::new(executor), DocumentKind::Preview);
        if let Some(fault) = &preview.run.fault {
            self.show(&preview, steps)?;
            return Ok(Some(self.complain(fault, steps)));
        }
        self.prepare(&mut preview, steps, args)?;
        let asks = preview.run.is_pending() && !args.yes;
        self.announce(&preview.run, asks)?;
        if asks && !ask::confirm(&live_summary::question(&preview.run), &self.stop)? {
            return self.declined();
        }
        // While a person reads the preview, the node may change.
        let mut world = if asks {
            preview.world.with_conf_as_read()
        } else {
            preview.world.as_read()
        };
        conf.plan(&preview.run.steps);
        if let Some(note) = conf.check(&mut world, &[])? {
            world.note(note);
        }
        let site = LiveOptions {
            folder,
            state_dir: &state,
            may_expose_secrets: args.may_expose_secrets(),
        };
        let known = preview.run.advisories.clone();
        let total = preview.run.steps.len();
        let finished = with_receipt(&site, &lock, preview.run, steps, |steps, journal| {
            let operator = self.operator(args, journal, total);
            let spawner = self.watched_spawner(&operator.progress);
            let lock = Rc::clone(&lock);
            let live = Live::new(world, spawner, Box::new(operator), &site, conf, lock);
            let mut finished = run_once(steps, Box::new(live), DocumentKind::Receipt);
            self.note_readable_files(&mut finished.run);
            finished
        })?;
        if let (None, Some(undone)) = (&finished.run.fault, steps.undone_run()) {
            Runs::new(state.path()).mark_undone(&lock, undone)?;
        }
        // Others may change the node while this run reports.
        drop(lock);
        self.conclude(&finished, &known, steps).map(Some)
    }

    /// Lets the person at the terminal decide about the certificate of the Node API.
    fn decide_about_certificates(&self, args: &LiveArgs) {
        let operator = LiveCertificates {
            may_ask: !args.yes && ask::can_ask(),
            stop: self.stop.clone(),
        };
        if let Some(client) = self.spawner().borrow_mut().node_api() {
            client.set_operator(Box::new(operator));
        }
    }

    /// Makes sure that nothing keeps a previewed run from starting. Offers to ask for secrets.
    fn prepare(
        &self,
        preview: &mut FinishedRun,
        steps: &mut dyn StepSource,
        args: &LiveArgs,
    ) -> Result<()> {
        self.permit(&preview.run, steps, args)?;
        if self.ask_for_secrets(&preview.run, args)? {
            let executor = DryRun::new(self.world()?).stopped_by(&self.stop);
            *preview = run(steps, Box::new(executor), DocumentKind::Preview);
        }
        self.find_secrets(&preview.run)?;
        self.note_readable_files(&mut preview.run);
        Ok(())
    }

    /// Shows the preview: beside the question, or at the start of the document.
    fn announce(&self, preview: &RunRecord, asks: bool) -> Result<()> {
        let format = if self.is_text() {
            self.format
        } else {
            OutputFormat::Text
        };
        let site = self.target.site();
        let report = self.report(preview, &site);
        if asks {
            output::say_report(&rendered(&report, format, self.output.of_stderr()).to_string());
        } else if self.is_text() && !self.output.is_quiet() {
            let document = rendered(&report, format, self.output.of_stdout());
            output::document(&format_args!("{document}\n"))?;
        }
        Ok(())
    }

    fn report<'r>(&'r self, run: &'r RunRecord, site: &'r str) -> Report<'r> {
        Report {
            run,
            remark: self.target.remark.as_deref(),
            site: Some(site),
            sources: None,
        }
    }

    /// Ends a run of which the answer was no.
    fn declined(&self) -> Result<Option<u8>> {
        if self.format.is_json() {
            return Err(Fault::refused(
                "nothing was changed: the answer was not yes",
            ));
        }
        output::say("nothing was changed");
        Ok(None)
    }

    fn operator(&self, args: &LiveArgs, journal: Option<Journal>, total: usize) -> LiveOperator {
        let is_listed = journal.is_some() && !self.output.is_quiet();
        let list = if !is_listed {
            None
        } else if self.format == OutputFormat::Text {
            Some(StepList::Document(self.output.of_stdout()))
        } else {
            let is_seen = !self.is_text() && output::can_redraw();
            is_seen.then(|| StepList::Messages(self.output.of_stderr()))
        };
        LiveOperator {
            consent: args.clone(),
            progress: Progress::new(self.output, total, list),
            journal,
            stop: self.stop.clone(),
        }
    }

    /// Whether the document is the preview and what follows it, and not a report of its own.
    fn is_text(&self) -> bool {
        matches!(self.format, OutputFormat::Text | OutputFormat::Summary)
    }

    /// Writes what failed, and the notes that the preview did not have.
    fn show_rest(&self, run: &RunRecord, known: &[Advisory]) -> Result<()> {
        let style = self.output.of_stdout();
        let new = run.advisories.iter().filter(|note| !known.contains(note));
        let site = self.target.site();
        let rest = report::unfinished(&self.report(run, &site), style);
        let notes = report::note_lines(new, style);
        output::document(&style.charset.marks(format_args!("{rest}{notes}")))
    }

    fn watched_spawner(&self, progress: &Progress) -> Rc<RefCell<Spawner>> {
        let spawner = self.spawner();
        spawner.borrow_mut().on_progress(progress.watch());
        spawner
    }

    fn spawner(&self) -> Rc<RefCell<Spawner>> {
        let spawner = self.spawner.clone();
        spawner.expect("a node that can be changed has tools")
    }

    /// Writes what the preview did not show, the fault, and the last line. Returns the exit
    /// code. `known` has the notes of the preview.
    fn conclude(
        &self,
        finished: &FinishedRun,
        known: &[Advisory],
        steps: &dyn StepSource,
    ) -> Result<u8> {
        let run = &finished.run;
        if self.is_text() {
            self.show_rest(run, known)?;
        } else {
            self.show(finished, steps)?;
        }
        let last = live_summary::last_line(run, self.node.as_deref());
        let Some(fault) = &run.fault else {
            if self.is_text() {
                let style = self.output.of_stdout();
                let block = report::hand_over(run, style);
                output::document(&style.charset.marks(format_args!("{block}{last}\n")))?;
            } else if !self.output.is_quiet() {
                output::say(&last);
            }
            return Ok(0);
        };
        self.complain(fault, steps);
        output::say(&last);
        Ok(run.exit_code())
    }
}

/// Writes a receipt before the first step and after the last one, unless all steps are
/// settled.
fn with_receipt(
    site: &LiveOptions<'_>,
    lock: &Lock,
    preview: RunRecord,
    steps: &mut dyn StepSource,
    perform: impl FnOnce(&mut dyn StepSource, Option<Journal>) -> FinishedRun,
) -> Result<FinishedRun> {
    if !preview.is_pending() {
        return Ok(perform(steps, None));
    }
    let runs = Runs::new(site.state_dir.path());
    let conf = InstalledNode::read_conf(site.folder)?;
    let plan = steps.plan_digest().unwrap_or_else(|| preview.digest());
    let mut foreseen = begun(preview, plan.clone());
    let (number, journal) = runs.begin(lock, &conf, &mut foreseen, steps.undone_run())?;
    let mut finished = perform(steps, Some(journal));
    finished.run.plan = Some(plan);
    complete(&mut finished.run, number, foreseen.not_reached);
    if let Err(unwritten) = runs.end(lock, number, &finished.run) {
        finished.run.fault = Some(match finished.run.fault.take() {
            Some(fault) => fault.followed_by(Err(unwritten)),
            None => unwritten,
        });
    }
    Ok(finished)
}

/// Adds to a receipt its number, and how the run differs from its preview.
fn complete(run: &mut RunRecord, number: u32, mut previewed: Vec<Step>) {
    run.number = Some(number);
    if let Some(note) = run.difference(&previewed) {
        run.advise(note);
    }
    if run.fault.is_some() {
        let reached = run.steps.len() + run.failed.len();
        run.not_reached = previewed.split_off(reached.min(previewed.len()));
    }
}

/// The receipt that stays if the process is killed. Its journal tells what was done.
fn begun(preview: RunRecord, plan: String) -> RunRecord {
    let fault = Fault::new(FaultKind::Stopped, "the run was cut off")
        .hint("run it again to finish it, or take it back with `ascript undo`");
    RunRecord {
        kind: DocumentKind::Receipt,
        not_reached: preview.steps,
        steps: Vec::new(),
        conf_diff: String::new(),
        file_diffs: Vec::new(),
        plan: Some(plan),
        fault: Some(fault),
        ..preview
    }
}
