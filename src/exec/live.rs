//! Performs steps on a node: checks preconditions, runs the commands, reads the
//! node again and compares.

mod access_keys;
mod by_hand;
mod conf_edit;
mod conf_rest;
mod conf_watch;
mod diverged;
mod files;
mod foreign_edits;
mod node_check;
mod opened;
mod planned_conf;
mod readback;
mod restart;
mod state_dir;
mod version_watch;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use crate::conf::Document;
use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::step::{Advisory, Change, Command, Step, StepKind};
use crate::tools::{self, Output};

use super::node::conf_states;
use super::{Executor, FlagGuard, Folder, LoadedConf, Lock, Operator, Spawner, StepFault, World};
use restart::Statuses;
use state_dir::StateDir;
use version_watch::VersionWatch;

pub use conf_watch::ConfWatch;
pub use foreign_edits::EDIT_LOST;

/// The executor that changes a node.
pub struct Live {
    world: World,
    spawner: Rc<RefCell<Spawner>>,
    operator: Box<dyn Operator>,
    conf: ConfWatch,
    state_dir: StateDir,
    may_expose_secrets: bool,
    _in_progress: FlagGuard,
    _lock: Rc<Lock>,
}

/// How often a step is prepared again because another program writes to aspera.conf meanwhile.
const MAX_TRIES: usize = 10;

/// How much of the input of a command that failed is shown.
const MAX_INPUT: usize = 1_000;

/// Where a live run works and what it may do.
pub struct LiveOptions<'a> {
    /// The node's folder.
    pub folder: &'a Path,
    /// The folder of the files that this program keeps about the node.
    pub state_dir: &'a Folder,
    /// Whether a secret may be an argument where a tool takes it no other way.
    pub may_expose_secrets: bool,
}

impl Live {
    /// An executor for the node that `world` reads. It runs tools with `spawner`
    /// and holds the node's lock with its caller, until it is dropped.
    pub fn new(
        world: World,
        spawner: Rc<RefCell<Spawner>>,
        operator: Box<dyn Operator>,
        options: &LiveOptions<'_>,
        conf: ConfWatch,
        lock: Rc<Lock>,
    ) -> Self {
        let in_progress = spawner.borrow().stop().live();
        Self {
            _in_progress: in_progress,
            world,
            spawner,
            operator,
            conf,
            state_dir: StateDir::new(options.state_dir),
            may_expose_secrets: options.may_expose_secrets,
            _lock: lock,
        }
    }

    /// Refuses a step that may not run, or whose before-states another program
    /// changed.
    fn check_preconditions(&mut self, number: usize, step: &Step) -> Result<()> {
        self.spawner.borrow().stop().check()?;
        if step.commands.iter().any(Command::exposes_secret) && !self.may_expose_secrets {
            return Err(Fault::refused(
                "this step puts a secret on a command line, where every local user can read it",
            )
            .hint("allow it with --allow-argv-secrets"));
        }
        if step.kind == StepKind::Manual && !self.operator.confirm_manual(number, step)? {
            return Err(by_hand::not_confirmed());
        }
        for (path, _) in step.commands.iter().filter_map(|it| self.in_folder(it)) {
            Folder::check_shared(&path)?;
        }
        self.check_access_key(&step.changes)?;
        self.check_conf(&step.changes)
    }

    /// Refuses changes of which another program changed the before-states.
    fn check_conf(&mut self, changes: &[Change]) -> Result<()> {
        match self.conf.check(&mut self.world, changes)? {
            Some(note) => self.note(note),
            None => Ok(()),
        }
    }

    fn note(&mut self, note: Advisory) -> Result<()> {
        self.operator.noted(&note)?;
        self.world.note(note);
        Ok(())
    }

    /// Performs a step, and keeps the states that it leaves.
    fn change(&mut self, step: &Step) -> std::result::Result<(), StepFault> {
        for _ in 0..MAX_TRIES {
            let prior = self.world.apply(&step.changes)?;
            let expected = match self.prepare(step) {
                Ok(expected) => expected,
                Err(fault) => {
                    self.world.revert(&step.changes, prior);
                    return Err(fault.into());
                }
            };
            if expected.is_some() && !self.conf.is_unchanged() {
                self.world.revert(&step.changes, prior);
                self.check_conf(&step.changes)?;
                continue;
            }
            let Err(fault) = self.perform(step, expected.as_ref()) else {
                return Ok(());
            };
            self.world.revert(&step.changes, prior);
            let fault = fault.followed_by(self.reread_conf(step));
            return Err(StepFault::started(fault));
        }
        Err(Fault::new(
            FaultKind::Stale,
            "another program keeps writing to aspera.conf",
        )
        .hint("run this again when that program has ended")
        .into())
    }

    /// Starts from what a failed step made of aspera.conf.
    fn reread_conf(&mut self, step: &Step) -> Result<()> {
        let stamp = self.conf.stamp();
        if !conf_rest::edits_conf(step) {
            return Ok(());
        }
        // A file that cannot be read fails the next step that needs it.
        let Ok(document) = self.world.source().conf() else {
            return Ok(());
        };
        self.conf.note_read(stamp);
        let edits = self.foreign_edits(step, &document);
        self.world.replace_conf(document);
        edits.notes(step).try_for_each(|note| self.note(note))
    }

    /// Gets a step ready, until only its commands are left to be run. Returns aspera.conf as a
    /// step that edits it should leave it.
    fn prepare(&mut self, step: &Step) -> Result<Option<Document>> {
        self.check_variables(&step.changes)?;
        self.keep_files(&step.changes)?;
        self.mark(step)?;
        conf_rest::edits_conf(step)
            .then(|| self.world.expected_conf(&step.changes))
            .transpose()
    }

    /// Changes the node, and verifies the change.
    fn perform(&mut self, step: &Step, expected: Option<&Document>) -> Result<()> {
        let before = self.statuses(step);
        let edits_conf = step.commands.iter().any(tools::edits_conf);
        let watch = edits_conf.then(|| self.conf.watch_versions()).flatten();
        let outcome = self.run_commands(step, &before);
        self.conf
            .keep_versions(watch.map_or_else(Vec::new, VersionWatch::end));
        let printed = outcome?;
        self.state_dir.clear_unfinished()?;
        let conf = expected.map(|expected| self.read_conf(step, expected));
        self.read_back(step, conf.transpose()?, &before)
            .map_err(|fault| {
                let printed = printed.map(|output| self.spawner.borrow().shown(output));
                let line = printed.and_then(|output| output.last_line());
                diverged::after_success(fault, step, line.as_deref())
            })?;
        self.record_loads(step)
    }

    /// Writes to the state folder what the next run must know if this one is
    /// cut off in this step.
    fn mark(&mut self, step: &Step) -> Result<()> {
        for service in conf_states::services_to_notice(&step.changes) {
            if let Some(loaded) = self.world.loaded(service)? {
                self.state_dir.write_loaded_conf(service, loaded)?;
            }
        }
        for service in step.loads() {
            self.state_dir
                .write_loaded_conf(service, &LoadedConf::Pending)?;
        }
        self.state_dir.mark_unfinished(step)
    }

    /// Returns the output of the last command that changed something.
    fn run_commands(&mut self, step: &Step, before: &Statuses) -> Result<Option<Output>> {
        if step.changes.iter().any(|change| change.subject.is_conf()) {
            self.conf.forget_validation();
        }
        let mut printed = None;
        for command in &step.commands {
            if *command != tools::validate() {
                printed = Some(self.spawn(command, &step.changes)?);
                if let Some(service) = tools::stopped(command) {
                    self.await_stop(service, before)?;
                }
            } else if !self.conf.is_validated() {
                self.spawn(command, &step.changes)?;
                self.conf.note_validation();
            }
        }
        Ok(printed)
    }

    fn spawn(&self, command: &Command, changes: &[Change]) -> Result<Output> {
        let platform = self.world.node().platform;
        let system = |program: &str| tools::system_path(platform, program);
        let output = if let Some((path, command)) = self.in_folder(command) {
            let folder = self.opened(&path, &command, changes)?;
            let mut spawner = self.spawner.borrow_mut();
            spawner.run_in(&folder, &command, &system)?
        } else {
            self.spawner.borrow_mut().run(command, &system)?
        };
        let Err(fault) = tools::accept(command, &output) else {
            return Ok(output);
        };
        let shown = self.spawner.borrow().shown(output);
        let fault = tools::accept(command, &shown).err().unwrap_or(fault);
        Err(fault.hint(given(command)))
    }

    /// Records what the restarted services and those that reloaded have loaded.
    fn record_loads(&mut self, step: &Step) -> Result<()> {
        let restarts_api = step.restarts().any(|name| name == tools::NODE_API_SERVICE);
        if restarts_api && let Some(client) = self.spawner.borrow_mut().node_api() {
            client.expect_start();
        }
        for service in step.loads() {
            let loaded = self.world.loadable(service)?;
            self.state_dir.write_loaded_conf(service, &loaded)?;
        }
        Ok(())
    }
}

impl Executor for Live {
    fn execute(&mut self, number: usize, step: &Step) -> std::result::Result<(), StepFault> {
        if step.changes_by_hand() {
            return self.by_hand(number, step);
        }
        self.check_preconditions(number, step)?;
        if matches!(step.kind, StepKind::Settled | StepKind::Manual) {
            self.check_node(step)?;
            self.operator.ended(number, step, None)?;
            return Ok(());
        }
        self.operator.starts(number, step)?;
        let outcome = self.change(step).map_err(|error| StepFault {
            fault: self.spawner.borrow().shown_fault(error.fault),
            ..error
        });
        let fault = outcome.as_ref().err().map(|error| &error.fault);
        let noted = self.operator.ended(number, step, fault);
        match outcome {
            Ok(()) => noted.map_err(StepFault::started),
            Err(error) => Err(StepFault {
                fault: error.fault.followed_by(noted),
                ..error
            }),
        }
    }

    fn end(&mut self) -> Result<()> {
        self.check_conf(&[])
    }

    fn world(&self) -> &World {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    fn into_world(self: Box<Self>) -> World {
        self.world
    }
}

/// What a program was given: its arguments and its input, with secrets by name.
fn given(command: &Command) -> String {
    let shell = command.shell();
    match command.stdin.summary() {
        Some(input) => {
            let input: String = input.chars().take(MAX_INPUT).collect();
            format!("the command was `{shell}`, with the input `{input}`")
        }
        None => format!("the command was `{shell}`"),
    }
}
