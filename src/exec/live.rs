//! Carries steps out on a node: checks what they rest on, runs their
//! commands, reads the node again and compares.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::conf::Document;
use crate::facts::{self, Probe as _};
use crate::fault::{Fault, Kind, Result};
use crate::state::{Fact, Subject};
use crate::step::{self, Command, Move, Step};
use crate::tools;

use super::document;
use super::installed::Installed;
use super::lock::Lock;
use super::process::Spawner;
use super::records::Record;
use super::storage::{self, Stamp};
use super::world::World;
use super::{Executor, Operator};

/// How long a service may take to come up again.
const SERVICE_PATIENCE: Duration = Duration::from_secs(10);

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
        if matches!(step.kind, step::Kind::Manual) && !(self.operator.is_done)(number, step)? {
            return Err(Fault::refused("a step for a person is not done")
                .hint("do it and run this again; steps already done fall away"));
        }
        if step.moves.iter().any(|moved| moved.subject.is_conf()) {
            self.check_conf(&step.moves)?;
        }
        Ok(())
    }

    /// aspera.conf is read again only where somebody else wrote it, and then
    /// before every step: what else they wrote concerns a later one.
    fn check_conf(&mut self, moves: &[Move]) -> Result<()> {
        self.is_shared |= Stamp::of(&self.conf) != self.stamp;
        if !self.is_shared {
            return Ok(());
        }
        let document = self.world.source.conf()?;
        for moved in moves.iter().filter(|moved| moved.subject.is_conf()) {
            let is = document::fact(&document, &moved.subject);
            if is != moved.before {
                return Err(Fault::new(
                    Kind::Stale,
                    format!("{} was changed by another program meanwhile", moved.subject),
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
        let marks = step.moves.iter().filter_map(|moved| match moved {
            Move {
                subject: Subject::Account(name),
                after: Fact::Account(after),
                ..
            } if after.password.is_some() => Some(storage::unfinished_path(&self.state, name)),
            _ => None,
        });
        let is_at_once = step.commands.len() == 1 && step.moves.iter().all(is_new);
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
            document::noticing(&step.moves)
                .into_iter()
                .map(str::to_owned),
        )?;
        let restarted: Vec<_> = restarted(step).collect();
        for service in &restarted {
            self.save_record(service.clone(), Record::Pending)?;
        }
        let unfinished = self.unfinished(step);
        for path in &unfinished {
            storage::mark(path)?;
        }
        if step.moves.iter().any(|moved| moved.subject.is_conf()) {
            self.validated = None;
        }
        for command in &step.commands {
            self.run(command)?;
        }
        unfinished
            .iter()
            .try_for_each(|path| storage::remove(path))?;
        self.verify(&step.moves)
            .map_err(|fault| after_success(fault, step))?;
        self.save_records(restarted)
    }

    /// Reads what moved again and compares.
    fn verify(&mut self, moves: &[Move]) -> Result<()> {
        if moves.iter().any(|moved| moved.subject.is_conf()) {
            let document = self.world.source.conf()?;
            self.stamp = Stamp::of(&self.conf);
            for moved in moves.iter().filter(|moved| moved.subject.is_conf()) {
                self.verify_conf(&document, moved)?;
            }
        }
        if moves
            .iter()
            .any(|moved| matches!(moved.subject, Subject::ApiUser(_)))
        {
            let users = self.world.source.api_users()?;
            for moved in moves {
                if let Subject::ApiUser(name) = &moved.subject {
                    let user = users.get(&**name).cloned();
                    let is = user.map_or(Fact::Absent, |user| Fact::ApiUser(user.into()));
                    compare(moved, &is)?;
                }
            }
        }
        for moved in moves {
            match &moved.subject {
                Subject::Account(_) | Subject::RootUser | Subject::Dir(_) => {
                    compare(moved, &self.world.source.read(&moved.subject)?)?;
                }
                Subject::Service(_) => self.await_service(moved)?,
                Subject::License
                | Subject::Setting(..)
                | Subject::Entry(_)
                | Subject::Settings(_)
                | Subject::Users
                | Subject::ApiUser(_)
                | Subject::ApiUsers => {}
            }
        }
        Ok(())
    }

    fn verify_conf(&mut self, document: &Document, moved: &Move) -> Result<()> {
        let is = document::fact(document, &moved.subject);
        let shows = match (&is, &moved.after) {
            (Fact::Hidden, Fact::Secret(secret)) => {
                self.world.holds(document, &moved.subject, secret)?
            }
            (is, after) => facts::shows(&moved.subject, is, after),
        };
        if shows {
            Ok(())
        } else {
            Err(diverged(&moved.subject, &is, &moved.after))
        }
    }

    /// A service is up a moment after the tool that starts it returns.
    fn await_service(&mut self, moved: &Move) -> Result<()> {
        let started = Instant::now();
        loop {
            let outcome = compare(moved, &self.world.source.read(&moved.subject)?);
            if outcome.is_ok() || started.elapsed() > SERVICE_PATIENCE {
                return outcome;
            }
            self.spawner.borrow().stop().check()?;
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn compare(moved: &Move, is: &Fact) -> Result<()> {
    if is.shows(&moved.after) {
        return Ok(());
    }
    Err(diverged(&moved.subject, is, &moved.after))
}

impl Executor for Live {
    fn execute(&mut self, number: usize, step: &Step) -> Result<()> {
        self.guard(number, step)?;
        if matches!(step.kind, step::Kind::Settled | step::Kind::Manual) {
            return Ok(());
        }
        (self.operator.starts)(number, step);
        self.world.lay(&step.moves)?;
        let outcome = self.act(step);
        if outcome.is_err() {
            self.world.doubt(&step.moves);
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

fn is_new(moved: &Move) -> bool {
    moved.before == Fact::Absent
}

fn restarted(step: &Step) -> impl Iterator<Item = String> {
    step.moves
        .iter()
        .filter_map(|moved| moved.subject.service().map(str::to_owned))
}

fn after_success(fault: Fault, step: &Step) -> Fault {
    if fault.kind() != Kind::Diverged {
        return fault;
    }
    match step.commands.last() {
        Some(command) => fault
            .hint(format!("`{}` reported success all the same", command.shell()))
            .hint("another program may have undone it, or the tool does not do what it says; run this again to see"),
        None => fault,
    }
}

fn diverged(subject: &Subject, is: &Fact, wanted: &Fact) -> Fault {
    let message = format!("{subject} is {}, expected {}", said(is), said(wanted));
    Fault::new(Kind::Diverged, message)
}

fn said(fact: &Fact) -> String {
    if let Some(text) = fact.text() {
        return format!("`{}`", text.escape_debug());
    }
    if let Fact::Secret(secret) = fact {
        return format!("‹{secret}›");
    }
    if *fact == Fact::Absent {
        return "not there".to_owned();
    }
    if *fact == Fact::Hidden {
        return "another secret".to_owned();
    }
    serde_json::to_string(&fact.clone().readable()).unwrap_or_default()
}
