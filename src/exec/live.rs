//! Carries steps out on a node: checks what they rest on, runs their
//! commands, reads the node again and compares.

mod diverged;
mod readback;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{State, Subject};
use crate::step::{self, Change, Command, Step};
use crate::tools;

use super::node::{conf_states as document, storage};
use super::{Executor, Installed, Lock, Operator, Record, Spawner, Stamp, World};

/// The executor that acts.
pub struct Live {
    world: World,
    spawner: Rc<RefCell<Spawner>>,
    operator: Operator,
    conf: PathBuf,
    state: PathBuf,
    stamp: Option<Stamp>,
    is_shared: bool,
    validated: Option<Stamp>,
    saved: BTreeMap<String, Record>,
    /// What the services ran as that this step restarts.
    processes: BTreeMap<String, u32>,
    may_expose_secrets: bool,
    _lock: Lock,
}

/// Where a live run works and what it may do.
pub struct Site<'a> {
    /// The node's folder.
    pub folder: &'a Path,
    /// Where things are kept about the node.
    pub state: &'a Path,
    /// Whether a secret may be an argument where a tool takes it no other way.
    pub may_expose_secrets: bool,
}

impl Live {
    /// An executor for the node that `world` reads, which starts tools with
    /// `spawner` and holds the node's lock until it ends. aspera.conf had
    /// `stamp` before the first reading of it.
    pub fn new(
        world: World,
        spawner: Rc<RefCell<Spawner>>,
        operator: Operator,
        site: &Site<'_>,
        stamp: Option<Stamp>,
        lock: Lock,
    ) -> Self {
        Self {
            world,
            spawner,
            operator,
            conf: Installed::conf_path(site.folder),
            state: site.state.to_owned(),
            stamp,
            is_shared: false,
            validated: None,
            saved: BTreeMap::new(),
            processes: BTreeMap::new(),
            may_expose_secrets: site.may_expose_secrets,
            _lock: lock,
        }
    }

    /// Refuses a step whose ground has shifted, or that may not be taken.
    fn guard(&mut self, number: usize, step: &Step) -> Result<()> {
        self.spawner.borrow().stop().check()?;
        if step.commands.iter().any(Command::exposes_secret) && !self.may_expose_secrets {
            return Err(Fault::refused(
                "this step shows a secret on a command line, where every local user can see it",
            )
            .hint("allow it with --allow-argv-secrets"));
        }
        if matches!(step.kind, step::StepKind::Manual) && !(self.operator.is_done)(number, step)? {
            return Err(Fault::refused("a step for a person is not done")
                .hint("do it and run this again; steps already done fall away"));
        }
        if step.changes.iter().any(|change| change.subject.is_conf()) {
            self.check_conf(&step.changes)?;
        }
        Ok(())
    }

    /// aspera.conf is read again only where somebody else wrote it, and then
    /// before every step: what else they wrote concerns a later one.
    fn check_conf(&mut self, changes: &[Change]) -> Result<()> {
        self.is_shared |= Stamp::of(&self.conf) != self.stamp;
        if !self.is_shared {
            return Ok(());
        }
        let document = self.world.source.conf()?;
        for change in changes.iter().filter(|change| change.subject.is_conf()) {
            let is = document::fact(&document, &change.subject);
            if is != change.before {
                return Err(Fault::new(
                    FaultKind::Stale,
                    format!(
                        "{} was changed by another program meanwhile",
                        change.subject
                    ),
                )
                .hint("run this again"));
            }
        }
        Ok(())
    }

    fn save_records(&mut self, services: impl IntoIterator<Item = String>) -> Result<()> {
        for service in services {
            if let Some(Some(record)) = self.world.records.get(&service) {
                let record = record.clone();
                self.save_record(service, record)?;
            }
        }
        Ok(())
    }

    fn save_record(&mut self, service: String, record: Record) -> Result<()> {
        if self.saved.get(&service) != Some(&record) {
            storage::keep_record(&self.state, &service, record.text())?;
            self.saved.insert(service, record);
        }
        Ok(())
    }

    /// Marks for accounts whose password is set by a command of its own: no
    /// reading would tell that it is still to come.
    fn unfinished(&self, step: &Step) -> Vec<PathBuf> {
        let marks = step.changes.iter().filter_map(|change| match change {
            Change {
                subject: Subject::Account(name),
                after: State::Account(after),
                ..
            } if after.password.is_some() => Some(storage::unfinished_path(&self.state, name)),
            _ => None,
        });
        let is_at_once = step.commands.len() == 1 && step.changes.iter().all(is_new);
        marks.filter(|_| !is_at_once).collect()
    }

    fn run(&mut self, command: &Command) -> Result<()> {
        if *command == tools::validate() {
            // The product said yes to these very bytes.
            let stamp = Stamp::of(&self.conf);
            if stamp.is_some() && stamp == self.validated {
                return Ok(());
            }
            self.spawn(command)?;
            self.validated = stamp;
            return Ok(());
        }
        self.spawn(command)
    }

    fn spawn(&self, command: &Command) -> Result<()> {
        let platform = self.world.node().platform;
        let system = tools::system_path(platform, &command.program);
        let output = self.spawner.borrow_mut().run(command, system)?;
        tools::accept(command, &output)
            .map_err(|fault| fault.hint(format!("the command was `{}`", command.shell())))
    }

    /// Runs a step's commands, and reads back what they did.
    fn act(&mut self, step: &Step) -> Result<()> {
        self.save_records(
            document::noticing(&step.changes)
                .into_iter()
                .map(str::to_owned),
        )?;
        let restarted: Vec<_> = restarted(step).collect();
        for service in &restarted {
            self.save_record(service.clone(), Record::Pending)?;
        }
        let processes = step.commands.iter().filter_map(|command| {
            let service = tools::restarted(command)?;
            Some((service.to_owned(), self.world.source.process(service)?))
        });
        self.processes = processes.collect();
        let unfinished = self.unfinished(step);
        for path in &unfinished {
            storage::mark(path)?;
        }
        if step.changes.iter().any(|change| change.subject.is_conf()) {
            self.validated = None;
        }
        for command in &step.commands {
            self.run(command)?;
        }
        unfinished
            .iter()
            .try_for_each(|path| storage::remove(path))?;
        self.verify(&step.changes)
            .and_then(|()| self.verify_act(step))
            .map_err(|fault| diverged::after_success(fault, step))?;
        self.save_records(restarted)
    }
}

impl Executor for Live {
    fn execute(&mut self, number: usize, step: &Step) -> Result<()> {
        self.guard(number, step)?;
        if matches!(step.kind, step::StepKind::Settled | step::StepKind::Manual) {
            return Ok(());
        }
        (self.operator.starts)(number, step);
        self.world.lay(&step.changes)?;
        let outcome = self.act(step);
        if outcome.is_err() {
            self.world.doubt(&step.changes);
        }
        outcome
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

fn is_new(change: &Change) -> bool {
    change.before == State::Absent
}

fn restarted(step: &Step) -> impl Iterator<Item = String> {
    step.changes
        .iter()
        .filter_map(|change| change.subject.service().map(str::to_owned))
}
