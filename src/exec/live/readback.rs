//! Reads the node again after a step, and compares what is with what was to
//! be. It runs nothing that acts.

use std::time::{Duration, Instant};

use super::super::{diverged, document};
use super::{Live, Stamp};
use crate::conf::Document;
use crate::facts;
use crate::fault::Result;
use crate::state::{Fact, Service, Subject};
use crate::step::{self, Move, Step};
use crate::tools;

/// How long a service may take to come up again.
const SERVICE_PATIENCE: Duration = Duration::from_secs(10);

impl Live {
    /// Reads what moved again and compares.
    pub(super) fn verify(&mut self, moves: &[Move]) -> Result<()> {
        if moves.iter().any(|moved| moved.subject.is_conf()) {
            let document = self.world.source.conf()?;
            self.stamp = Stamp::of(&self.conf);
            let (entries, settings): (Vec<_>, Vec<_>) = moves
                .iter()
                .filter(|moved| moved.subject.is_conf())
                .partition(|moved| matches!(moved.subject, Subject::Entry(_)));
            // A setting that does not show tells more than its section.
            for moved in settings.into_iter().chain(entries) {
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
                    compare(&moved.subject, &is, &moved.after)?;
                }
            }
        }
        for moved in moves {
            match &moved.subject {
                Subject::Account(_) | Subject::RootUser | Subject::Dir(_) => {
                    let is = self.world.source.read(&moved.subject)?;
                    compare(&moved.subject, &is, &moved.after)?;
                }
                Subject::Service(name) => self.await_service(name, &moved.after)?,
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

    /// Reads what an act leaves to be seen: of a restart, another process.
    pub(super) fn verify_act(&mut self, step: &Step) -> Result<()> {
        let up = Fact::Service(Service {
            running: true,
            current: true,
        });
        if !matches!(step.kind, step::Kind::Act) {
            return Ok(());
        }
        let mut restarted = step.commands.iter().filter_map(tools::restarted);
        restarted.try_for_each(|name| self.await_service(name, &up))
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
            Err(diverged::fault(&moved.subject, &is, &moved.after))
        }
    }

    /// A service is up a moment after the tool that starts it returns, as
    /// another process.
    fn await_service(&mut self, name: &str, wanted: &Fact) -> Result<()> {
        let subject = Subject::Service(name.into());
        let started = Instant::now();
        loop {
            let is = self.world.source.read(&subject)?;
            let outcome = compare(&subject, &is, wanted).and_then(|()| self.check_replaced(name));
            if outcome.is_ok() || started.elapsed() > SERVICE_PATIENCE {
                return outcome;
            }
            self.spawner.borrow().stop().check()?;
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn check_replaced(&self, service: &str) -> Result<()> {
        match self.world.source.process(service) {
            Some(process) if self.processes.get(service) == Some(&process) => {
                Err(diverged::not_replaced(service, process))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn compare(subject: &Subject, is: &Fact, wanted: &Fact) -> Result<()> {
    if is.shows(wanted) {
        return Ok(());
    }
    Err(diverged::fault(subject, is, wanted))
}
