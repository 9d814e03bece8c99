//! A node at hand, and the two ways a source of steps is played on it: in
//! thought, and live after a question.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::bindings::Params;
use crate::conf::{self, Document};
use crate::exec::{
    DryRun, FileStamp, InstalledNode, Live, LiveOptions, Lock, Spawner, StopFlag, Vault, World,
};
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::Runs;
use crate::report::{self, Report};
use crate::run::{DocumentKind, RunRecord, ScriptId};
use crate::session::Session;
use crate::state::Subject;
use crate::step::Command;

use super::ask;
use super::common::{Format, NodeArgs};
use super::consent::LiveArgs;
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::progress::Progress;

/// Something that plays steps into a session: a script, a plan.
pub(super) trait Steps {
    /// Plays all steps, or stops at a fault.
    fn play(&mut self, session: Session) -> (Session, Result<()>);
    /// The same for the last time: what was there only to be played may go.
    fn play_last(&mut self, session: Session) -> (Session, Result<()>) {
        self.play(session)
    }
    /// Which script they come from.
    fn script(&self) -> ScriptId;
    /// The parameters.
    fn params(&self) -> Params;
    /// The text of a source that a fault points into.
    fn source(&self, name: &str) -> Option<Rc<str>>;
    /// The run that they take back, where they do.
    fn undoes(&self) -> Option<u32> {
        None
    }
}

/// A node at hand.
pub(super) struct Runner<'a> {
    place: NodeTarget,
    look: &'a OutputOptions,
    format: Format,
    vault: Rc<RefCell<Vault>>,
    spawner: Option<Rc<RefCell<Spawner>>>,
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) run: RunRecord,
    world: World,
    acted: usize,
}

impl<'a> Runner<'a> {
    /// The node that was asked for, read with these arguments.
    pub(super) fn new(
        place: NodeTarget,
        args: &NodeArgs,
        look: &'a OutputOptions,
        format: Format,
        stop: &StopFlag,
    ) -> Self {
        let vault = Rc::new(RefCell::new(Vault::new(Box::new(ask::secret))));
        if let Some(runs) = place.runs() {
            vault
                .borrow_mut()
                .set_backups(Box::new(move |run, subject| recall(&runs, run, subject)));
        }
        let spawner = place.spawner(args, &vault, stop);
        Self {
            place,
            look,
            format,
            vault,
            spawner,
        }
    }

    /// The node that was asked for.
    pub(super) fn place(&self) -> &NodeTarget {
        &self.place
    }

    /// Plays the steps in thought.
    pub(super) fn dry_run(&self, steps: &mut dyn Steps) -> Result<Ended> {
        let executor = DryRun::new(self.world()?);
        let played = steps.play_last(Session::new(Box::new(executor)));
        Ok(ended(played, steps, DocumentKind::Preview))
    }

    /// Plays the steps in thought; then, if they may, on the node. Gives the
    /// exit code; nothing where they may not.
    pub(super) fn perform(&self, steps: &mut dyn Steps, args: &LiveArgs) -> Result<Option<u8>> {
        let folder = self.place.changeable()?;
        let state = self.place.state_folder(folder);
        let lock = Lock::take(&state)?;
        let conf = InstalledNode::conf_path(folder);
        let stamp = FileStamp::of(&conf);
        let executor = DryRun::new(self.world()?);
        let played = steps.play(Session::new(Box::new(executor)));
        let foreseen = ended(played, steps, DocumentKind::Preview);
        if let Some(fault) = &foreseen.run.fault {
            self.show(&foreseen, steps)?;
            return Ok(Some(self.complain(fault, steps)));
        }
        args.permits(&foreseen.run)?;
        self.find_secrets(&foreseen.run)?;
        let is_pending = foreseen.run.is_pending();
        let asks = is_pending && !args.yes;
        if asks && !self.is_wanted(&foreseen)? {
            output::say("Nothing was changed.");
            return Ok(None);
        }
        let progress = Progress::new(self.look, foreseen.run.steps.len());
        let world = if asks {
            // A person has looked at it for a while; what was read is old.
            self.world()?
        } else {
            foreseen.world.as_read()
        };
        let runs = Runs::new(&state);
        let begin = || runs.begin(&conf, &cut_off(foreseen.run), steps.undoes());
        let number = is_pending.then(begin);
        let number = number.transpose()?;
        let site = LiveOptions {
            folder,
            state_dir: &state,
            may_expose_secrets: args.may_expose_secrets(),
        };
        let spawner = self
            .spawner
            .clone()
            .expect("a node that can be changed has tools");
        spawner.borrow_mut().on_progress(progress.watch());
        let live = Live::new(world, spawner, args.operator(progress), &site, stamp, lock);
        let played = steps.play_last(Session::new(Box::new(live)));
        let ended = ended(played, steps, DocumentKind::Receipt);
        if let Some(number) = number {
            runs.end(number, &ended.run)?;
        }
        self.show(&ended, steps)?;
        Ok(Some(match &ended.run.fault {
            Some(fault) => self.complain_part_way(&ended, fault, steps),
            None => 0,
        }))
    }

    /// Plays the steps in thought, and makes sure that only the acting is left.
    pub(super) fn rehearse(&self, steps: &mut dyn Steps, args: &LiveArgs) -> Result<Ended> {
        let ended = self.dry_run(steps)?;
        if ended.run.fault.is_none() {
            args.permits(&ended.run)?;
            self.find_secrets(&ended.run)?;
        }
        Ok(ended)
    }

    /// The node, of which nothing was read yet.
    pub(super) fn world(&self) -> Result<World> {
        let source = self.place.source(self.spawner.as_ref())?;
        Ok(World::new(source, Rc::clone(&self.vault)))
    }

    fn is_wanted(&self, foreseen: &Ended) -> Result<bool> {
        let report = Report {
            run: &foreseen.run,
            remark: self.place.remark.as_deref(),
            sources: None,
        };
        output::say(&report::text(&report, self.look.of_stderr()).to_string());
        ask::confirm(&format!(
            "Perform these steps on {}?",
            foreseen.run.node.name
        ))
    }

    /// A secret that is not there stops a live run before its first step.
    fn find_secrets(&self, run: &RunRecord) -> Result<()> {
        let mut vault = self.vault.borrow_mut();
        let commands = run.steps.iter().flat_map(|step| &step.commands);
        let secrets: BTreeSet<_> = commands.flat_map(Command::secrets).collect();
        secrets
            .into_iter()
            .filter(|secret| secret.is_silent())
            .try_for_each(|secret| vault.resolve(secret).map(drop))
            .map_err(|fault| fault.hint("nothing was changed"))
    }

    /// Writes the document of a run to standard output.
    pub(super) fn show(&self, ended: &Ended, steps: &dyn Steps) -> Result<()> {
        let run = &ended.run;
        // Where nothing came of it, the fault on standard error says all.
        if self.format == Format::Text && run.fault.is_some() && run.steps.is_empty() {
            return Ok(());
        }
        self.show_run(run, steps, self.format)
    }

    /// Writes a run to standard output in that form.
    pub(super) fn show_run(
        &self,
        run: &RunRecord,
        steps: &dyn Steps,
        format: Format,
    ) -> Result<()> {
        let sources = |name: &str| steps.source(name);
        let report = Report {
            run,
            remark: self.place.remark.as_deref(),
            sources: Some(&sources),
        };
        output::document(&output::rendered(&report, format, self.look))
    }

    /// Says what went wrong, and gives the exit code of a run that did
    /// nothing before.
    pub(super) fn complain(&self, fault: &Fault, steps: &dyn Steps) -> u8 {
        self.look.complain(fault, &|name| steps.source(name));
        fault.kind().exit_code()
    }

    /// Trouble with the node keeps its own code; any other stop after the
    /// first step is a run left half-way.
    fn complain_part_way(&self, ended: &Ended, fault: &Fault, steps: &dyn Steps) -> u8 {
        let code = self.complain(fault, steps);
        if ended.acted == 0 {
            output::say("No step was completed.");
            return code;
        }
        let done = ended.acted;
        output::say(&format!(
            "Stopped part-way: {done} step{} done, as listed; run it again to finish.",
            if done == 1 { " was" } else { "s were" }
        ));
        match fault.kind() {
            FaultKind::Command
            | FaultKind::Diverged
            | FaultKind::Unknown
            | FaultKind::Secret
            | FaultKind::Internal => code,
            FaultKind::Usage
            | FaultKind::Script
            | FaultKind::Refused
            | FaultKind::Stale
            | FaultKind::Interrupted => 5,
        }
    }
}

/// What came of steps that were played.
fn ended(played: (Session, Result<()>), steps: &dyn Steps, kind: DocumentKind) -> Ended {
    let (session, outcome) = played;
    let acted = session.acted();
    let (run, world) = session.end();
    let run = RunRecord {
        kind,
        script: steps.script(),
        params: steps.params(),
        fault: outcome.err(),
        ..run
    };
    Ended { run, world, acted }
}

/// The receipt of a run that never wrote another: all its steps may be done.
fn cut_off(foreseen: RunRecord) -> RunRecord {
    let fault = Fault::new(
        FaultKind::Interrupted,
        "the run was cut off; some of these steps were done",
    )
    .hint("run it again to finish it, or take it back with `ascript undo`");
    RunRecord {
        kind: DocumentKind::Receipt,
        fault: Some(fault),
        ..foreseen
    }
}

fn recall(runs: &Runs, run: u32, subject: &str) -> Result<String> {
    let gone = || {
        Fault::new(
            FaultKind::Secret,
            format!("the copy of run {run} does not hold {subject}"),
        )
    };
    let document = Document::parse(runs.conf(run)?)?;
    let Some(Subject::Setting(section, name)) = Subject::parse(subject) else {
        return Err(gone());
    };
    let setting = conf::find(&section, &name).ok_or_else(gone)?;
    document
        .secret_text(&section, setting)
        .map(Cow::into_owned)
        .ok_or_else(gone)
}
