//! Reads the node again after a step, and compares what is with what was to
//! be. It runs nothing that acts.

use std::time::{Duration, Instant};

use super::{Live, Stamp, diverged, document};
use crate::conf::Document;
use crate::facts;
use crate::fault::Result;
use crate::state::{Service, State, Subject};
use crate::step::{self, Change, Step};
use crate::tools;

/// How long a service may take to come up again.
const SERVICE_PATIENCE: Duration = Duration::from_secs(10);

impl Live {
    /// Reads what moved again and compares.
    pub(super) fn verify(&mut self, changes: &[Change]) -> Result<()> {
        if changes.iter().any(|change| change.subject.is_conf()) {
            let document = self.world.source.conf()?;
            self.stamp = Stamp::of(&self.conf);
            let (entries, settings): (Vec<_>, Vec<_>) = changes
                .iter()
                .filter(|change| change.subject.is_conf())
                .partition(|change| matches!(change.subject, Subject::Entry(_)));
            // A setting that does not show tells more than its section.
            for change in settings.into_iter().chain(entries) {
                self.verify_conf(&document, change)?;
            }
        }
        if changes
            .iter()
            .any(|change| matches!(change.subject, Subject::ApiUser(_)))
        {
            let users = self.world.source.api_users()?;
            for change in changes {
                if let Subject::ApiUser(name) = &change.subject {
                    let user = users.get(&**name).cloned();
                    let is = user.map_or(State::Absent, |user| State::ApiUser(user.into()));
                    compare(&change.subject, &is, &change.after)?;
                }
            }
        }
        for change in changes {
            match &change.subject {
                Subject::Account(_) | Subject::RootUser | Subject::Dir(_) => {
                    let is = self.world.source.read(&change.subject)?;
                    compare(&change.subject, &is, &change.after)?;
                }
                Subject::Service(name) => self.await_service(name, &change.after)?,
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
        let up = State::Service(Service {
            running: true,
            current: true,
        });
        if !matches!(step.kind, step::StepKind::Act) {
            return Ok(());
        }
        let mut restarted = step.commands.iter().filter_map(tools::restarted);
        restarted.try_for_each(|name| self.await_service(name, &up))
    }

    fn verify_conf(&mut self, document: &Document, change: &Change) -> Result<()> {
        let is = document::fact(document, &change.subject);
        let shows = match (&is, &change.after) {
            (State::Hidden, State::Secret(secret)) => {
                self.world.holds(document, &change.subject, secret)?
            }
            (is, after) => facts::shows(&change.subject, is, after),
        };
        if shows {
            Ok(())
        } else {
            Err(diverged::fault(&change.subject, &is, &change.after))
        }
    }

    /// A service is up a moment after the tool that starts it returns, as
    /// another process.
    fn await_service(&mut self, name: &str, wanted: &State) -> Result<()> {
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

fn compare(subject: &Subject, is: &State, wanted: &State) -> Result<()> {
    if is.shows(wanted) {
        return Ok(());
    }
    Err(diverged::fault(subject, is, wanted))
}
