//! Restarts of services: waits until the former process has ended and a new one
//! runs, and notes where nothing shows that it is a new one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Live, diverged};
use crate::fault::{FaultKind, Result};
use crate::state::{Service, State, Subject};
use crate::step::{Advisory, Change, Level, Step};
use crate::tools::ServiceStatus;

/// The time between the first two readings of a service; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// The longest time between two readings of a service.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The statuses of services before a step restarts them, by name.
pub(super) type Statuses = BTreeMap<String, ServiceStatus>;

impl Live {
    /// The statuses of the services that the step restarts.
    pub(super) fn statuses(&mut self, step: &Step) -> Statuses {
        let services = step.restarts();
        let source = self.world.source();
        services
            .filter_map(|service| Some((service.to_owned(), source.service_status(service)?)))
            .collect()
    }

    /// Waits until the process that a service had before has ended. launchd ends it
    /// in the background, and to start the service does nothing until then.
    pub(super) fn await_stop(&mut self, service: &str, before: &Statuses) -> Result<()> {
        let Some(pid) = before.get(service).and_then(|status| status.pid) else {
            return Ok(());
        };
        self.poll(&format!("waiting for {service} to stop"), |live| {
            let (_, status) = live.read_service(service)?;
            match status.pid {
                Some(now) if now == pid => Err(diverged::slow_stop(service, pid)),
                Some(_) | None => Ok(()),
            }
        })
    }

    /// Waits until a service runs again. The tool that starts it may return a moment
    /// earlier.
    pub(super) fn await_start(&mut self, service: &str, before: &Statuses) -> Result<()> {
        let before = before.get(service);
        let mut restarted = None;
        self.poll(&format!("waiting for {service} to start"), |live| {
            let (state, status) = live.read_service(service)?;
            if !status.running {
                let up = State::Service(Service::fresh()).into();
                let subject = Subject::Service(service.into());
                return Err(diverged::from_state(&subject, &state, &up));
            }
            // A service that was not there before has started.
            restarted = before.map_or(Some(true), |before| status.is_restart_of(before));
            match (restarted, status.pid) {
                (Some(false), Some(pid)) => Err(diverged::same_process(service, pid)),
                (Some(false), None) => Err(diverged::same_start(service)),
                (Some(true) | None, _) => Ok(()),
            }
        })?;
        if restarted.is_none() {
            self.note(unverified(service))?;
        }
        Ok(())
    }

    /// Waits until a service is stopped: its process may end a moment after the command.
    pub(super) fn await_stopped(&mut self, change: &Change) -> Result<()> {
        let what = format!("waiting for {} to stop", change.subject.leaf());
        let (subject, wanted) = (&change.subject, &change.after);
        self.poll(&what, |live| {
            let is = live.world.source().read(subject)?;
            match (&is, &wanted.state) {
                (State::Service(is), State::Service(wanted)) if is.runs_as(wanted) => Ok(()),
                (State::Absent, State::Absent) => Ok(()),
                _ => Err(diverged::from_state(subject, &is, wanted)),
            }
        })
    }

    /// Checks that a service that reloaded still runs.
    pub(super) fn check_runs(&mut self, service: &str) -> Result<()> {
        let (is, status) = self.read_service(service)?;
        if status.running {
            return Ok(());
        }
        let up = State::Service(Service::fresh()).into();
        Err(diverged::from_state(
            &Subject::Service(service.into()),
            &is,
            &up,
        ))
    }

    fn read_service(&mut self, service: &str) -> Result<(State, ServiceStatus)> {
        let source = self.world.source();
        let state = source.read(&Subject::Service(service.into()))?;
        Ok((state, source.service_status(service).unwrap_or_default()))
    }

    /// Checks again until nothing contradicts, or until the spawner's time limit.
    fn poll(&mut self, what: &str, mut check: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let limit = self.spawner.borrow().limit();
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match check(self) {
                Err(fault) if fault.kind() == FaultKind::Contradicted => {
                    if started.elapsed() >= limit {
                        return Err(fault);
                    }
                }
                outcome => return outcome,
            }
            self.operator.waits(what);
            self.spawner.borrow().stop().check()?;
            std::thread::sleep(pause.min(limit));
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

fn unverified(service: &str) -> Advisory {
    Advisory::new(
        Level::Note,
        "restart-not-verified",
        format!("{service} runs, but its restart could not be verified: the system shows neither its PID nor when it started"),
    )
    .about(Subject::Service(service.into()))
    .source("systemctl(1)")
}
