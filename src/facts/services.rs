//! Drafts of steps that start, stop and restart services.

use super::{Draft, Facts};
use crate::conf::{self, Notice};
use crate::fault::{Fault, Result};
use crate::state::{Platform, Service, ServiceLoad, ServiceManager, State, Subject};
use crate::step::{Act, Advisory, Level};
use crate::tools;

/// How many settings a message names.
const MAX_NAMED: usize = 5;

impl Facts<'_> {
    /// Drafts a restart of a service, unless it has loaded aspera.conf as it is now; where a
    /// reload is enough, that.
    pub fn refresh(&mut self, name: &str) -> Result<Draft> {
        let now = self.service(name)?;
        let up = match now.load {
            ServiceLoad::Masked => Service {
                load: now.load,
                ..Service::fresh()
            },
            ServiceLoad::Loaded | ServiceLoad::Unloaded => Service::fresh(),
        };
        let draft = self.change(vec![wanted(name, up)])?;
        if now.load == ServiceLoad::Masked && !now.reloadable && !draft.is_settled() {
            return Err(is_masked(name));
        }
        Ok(self.instructed(draft, name))
    }

    /// Drafts a restart of a service.
    pub fn restart(&mut self, name: &str) -> Result<Draft> {
        let now = self.service(name)?;
        if now.load == ServiceLoad::Masked {
            return Err(is_masked(name));
        }
        let draft = self.refresh(name)?;
        if !draft.is_settled() && !now.reloadable {
            return Ok(draft);
        }
        let service = name.to_owned();
        let draft = self.with_act(draft, Act::Restart { service })?;
        Ok(self.instructed(draft, name))
    }

    /// Drafts a reload of aspera.conf by a service. Refuses one that is not enough.
    pub fn reload(&mut self, name: &str) -> Result<Draft> {
        let now = self.service(name)?;
        let refuse = |message: String, hint: &str| {
            let fault = Fault::refused(message).hint(hint);
            Err(fault.in_argument("name"))
        };
        if name != tools::RELOADED {
            let message = format!(
                "`{name}` cannot reload aspera.conf: only {} can",
                tools::RELOADED
            );
            return refuse(message, "`service.refresh` restarts it where it is needed");
        }
        if !now.running {
            let message = format!("{name} does not run, so it cannot reload aspera.conf");
            return refuse(message, "`service.refresh` starts it");
        }
        if !now.current && !now.reloadable {
            let settings = self.settings_for_restart(name);
            let message =
                format!("a reload is not enough: {name} reads {settings} only when it starts");
            return refuse(message, "`service.refresh` restarts it");
        }
        let draft = self.refresh(name)?;
        if !draft.is_settled() {
            return Ok(draft);
        }
        let service = name.to_owned();
        self.with_act(draft, Act::Reload { service })
    }

    /// The settings of this run for which a service must restart, in words.
    fn settings_for_restart(&self, service: &str) -> String {
        let steps = self.recorder.run().steps.iter().rev();
        let unloaded = steps.take_while(|step| step.loads().all(|name| name != service));
        let mut names: Vec<_> = unloaded
            .flat_map(|step| &step.changes)
            .filter(|change| needs_restart(&change.subject, service))
            .map(|change| format!("`{}`", change.subject.leaf()))
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return "some of the settings that changed since".to_owned();
        }
        let more = names.len().saturating_sub(MAX_NAMED);
        names.truncate(MAX_NAMED);
        match more {
            0 => names.join(", "),
            _ => format!("{} and {more} more settings", names.join(", ")),
        }
    }

    /// Drafts the stop of a service.
    pub fn stop(&mut self, name: &str) -> Result<Draft> {
        self.keep(name, Some(false), None)
    }

    /// Drafts a step after which a service runs or not, and starts with the machine or
    /// not; what is not asked for stays.
    pub fn keep(
        &mut self,
        name: &str,
        running: Option<bool>,
        enabled: Option<bool>,
    ) -> Result<Draft> {
        let now = self.service(name)?;
        let starts = enabled == Some(true) || running == Some(true) && !now.running;
        if starts && now.load == ServiceLoad::Masked {
            return Err(is_masked(name));
        }
        let mut all = Vec::new();
        if let Some(enabled) = enabled {
            let subject = Subject::EnabledService(name.into());
            all.push((subject, State::of_presence(enabled)));
        }
        match running {
            None if enabled.is_some() => {}
            Some(true) if !now.running => all.push(wanted(name, Service::fresh())),
            None | Some(true) => all.push(wanted(name, now)),
            Some(false) => {
                let down = Service {
                    running: false,
                    // launchd starts a job again that it has loaded.
                    load: match self.platform() {
                        Platform::Macos => ServiceLoad::Unloaded,
                        Platform::Linux => now.load,
                    },
                    ..now
                };
                all.push(wanted(name, down));
            }
        }
        let draft = self.change(all)?;
        Ok(self.instructed(draft, name))
    }

    /// Adds to a draft what a person has to do, where that is who does it.
    fn instructed(&self, draft: Draft, name: &str) -> Draft {
        let manager = self.reader.node().system().services;
        let is_new = draft.is_by_hand && draft.advisories.is_empty();
        let note = is_new.then(|| by_hand(manager, name, verb(&draft)));
        draft.advise(note)
    }

    /// Whether a step of this run changed aspera.conf and none has made that service load
    /// it since.
    pub fn conf_changed_since_load(&self, service: &str) -> bool {
        for step in self.recorder.run().steps.iter().rev() {
            if step.loads().any(|name| name == service) {
                return false;
            }
            if step.changes.iter().any(|change| change.subject.is_conf()) {
                return true;
            }
        }
        false
    }

    fn service(&mut self, name: &str) -> Result<Service> {
        let state = self.read(&Subject::Service(name.into()))?;
        let State::Service(service) = state else {
            return Err(self.no_service(name));
        };
        Ok(service)
    }

    fn no_service(&self, name: &str) -> Fault {
        let known = tools::service_names(self.platform());
        Fault::refused(format!("this node has no service `{name}`"))
            .suggest(name, known.iter().copied().filter(|it| *it != name))
            .in_argument("name")
    }
}

fn wanted(name: &str, service: Service) -> (Subject, State) {
    (Subject::Service(name.into()), State::Service(service))
}

/// Whether a service must restart after a change.
fn needs_restart(subject: &Subject, service: &str) -> bool {
    let Subject::Setting(section, name) = subject else {
        return false;
    };
    let setting = conf::find(section, name);
    let notice = setting.and_then(|setting| setting.notice_by(service, section.kind()));
    notice == Some(Notice::Restart)
}

/// What becomes of the service of a draft.
fn verb(draft: &Draft) -> &'static str {
    match draft.changes.first() {
        None => "restart",
        Some(change) => match (&change.before, &change.after.state) {
            (_, State::Service(after)) if !after.running => "stop",
            (State::Service(before), _) if !before.running => "start",
            _ => "restart",
        },
    }
}

fn by_hand(manager: ServiceManager, name: &str, verb: &str) -> Advisory {
    let text = if manager == ServiceManager::S6 {
        format!(
            "s6 runs the services of this node: {verb} {name} with `s6-svc` and its service folder"
        )
    } else if manager == ServiceManager::Supervisord {
        format!(
            "supervisord runs the services of this node: {verb} {name} with `supervisorctl {verb}` and its name there"
        )
    } else {
        format!(
            "no service manager that is known runs here: {verb} the process {name} as it was started"
        )
    };
    let note = Advisory::new(Level::Note, "service-by-hand", text);
    note.about(Subject::Service(name.into()))
}

pub(super) fn is_masked(name: &str) -> Fault {
    Fault::refused(format!(
        "the service `{name}` is masked, so systemd refuses to start it"
    ))
    .hint(format!(
        "unmask it with `systemctl unmask {name}`, or remove this call"
    ))
    .in_argument("name")
}
