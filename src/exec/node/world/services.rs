//! What each service has loaded of aspera.conf, and whether the file still says the same.

use std::rc::Rc;

use super::World;
use crate::conf::{Notice, Setting};
use crate::exec::node::conf_states;
use crate::exec::node::loaded_conf::LoadedConf;
use crate::fault::Result;
use crate::state::{SecretText, Service, State, Subject};
use crate::step::Change;

impl World {
    /// Before the first edit that a service must notice: notes that the service
    /// has loaded aspera.conf as it is, unless something else is recorded.
    pub(super) fn note_loaded(&mut self, changes: &[Change]) -> Result<()> {
        for service in conf_states::services_to_notice(changes) {
            let is_noted = self.overlay.loaded.contains_key(service);
            if !is_noted && self.base.loaded(service)?.is_none() {
                self.overlay.loaded.insert(service.to_owned(), None);
            }
        }
        Ok(())
    }

    /// Notes that a service has loaded aspera.conf with its edits so far.
    pub(super) fn apply_load(&mut self, name: &Rc<str>) -> Result<()> {
        let loaded = self.loadable(name)?;
        self.overlay.loaded.insert(name.to_string(), Some(loaded));
        Ok(())
    }

    /// The configuration that a service has loaded, as far as is known.
    pub(in crate::exec) fn loaded(&mut self, service: &str) -> Result<Option<&LoadedConf>> {
        if let Some(None) = self.overlay.loaded.get(service) {
            let read = self.loadable_as_read(service)?;
            self.overlay.loaded.insert(service.to_owned(), Some(read));
        }
        match self.overlay.loaded.get(service) {
            Some(loaded) => Ok(loaded.as_ref()),
            None => self.base.loaded(service),
        }
    }

    /// What a service would have loaded of aspera.conf before the edits.
    fn loadable_as_read(&mut self, service: &str) -> Result<LoadedConf> {
        let read = self.base.document()?.as_read();
        Ok(LoadedConf::of(&read, service, &mut |_, _| None))
    }

    /// What a service must do to run with aspera.conf with its edits so far; `None` if it
    /// has loaded that.
    fn pending_notice(&mut self, service: &str) -> Result<Option<Notice>> {
        if let Some(None) = self.overlay.loaded.get(service) {
            return self.notice_of_edits(service);
        }
        let Some(loaded) = self.loaded(service)?.cloned() else {
            return Ok(None);
        };
        Ok(match loaded {
            LoadedConf::Reloadable => {
                let edits = self.notice_of_edits(service)?;
                edits.max(Some(Notice::Reload))
            }
            LoadedConf::Undivided(_) => {
                self.base.document()?;
                let document = self.base.document.as_ref().expect("it was read above");
                let now = LoadedConf::undivided(document, service, &mut |setting, secret| {
                    self.stored_form(setting, secret)
                });
                loaded.notice_of(&now)
            }
            LoadedConf::Digests { .. } | LoadedConf::Pending => {
                loaded.notice_of(&self.loadable(service)?)
            }
        })
    }

    /// What a service must do to notice the edits so far.
    fn notice_of_edits(&mut self, service: &str) -> Result<Option<Notice>> {
        self.base.document()?;
        let document = self.base.document.as_ref().expect("it was read above");
        let mut reveal = |setting: &Setting, value: &SecretText| self.revealed(setting, value);
        Ok(document.notice_of_edits(service, &mut reveal))
    }

    /// What a service would load of aspera.conf if it started now.
    pub(in crate::exec) fn loadable(&mut self, service: &str) -> Result<LoadedConf> {
        if let Some(loadable) = self.loadable.get(service) {
            return Ok(loadable.clone());
        }
        self.base.document()?;
        let document = self.base.document.as_ref().expect("it was read above");
        let mut has_secret = false;
        let loadable = LoadedConf::of(document, service, &mut |setting, secret| {
            has_secret = true;
            self.stored_form(setting, secret)
        });
        // The value of a staged secret may become known later.
        if !has_secret {
            self.loadable.insert(service.to_owned(), loadable.clone());
        }
        Ok(loadable)
    }

    /// The state of a service after the steps so far.
    pub(super) fn service(&mut self, subject: &Subject, name: &str) -> Result<State> {
        let state = match self.overlay.states.get(subject) {
            Some(state) => state.clone(),
            None => self.base.state(subject)?,
        };
        let State::Service(service) = state else {
            return Ok(State::Absent);
        };
        Ok(noticing(&service, self.pending_notice(name)?))
    }

    /// The state of a service before the first step.
    pub(super) fn initial_service(&mut self, subject: &Subject, name: &str) -> Result<State> {
        let State::Service(service) = self.base.state(subject)? else {
            return Ok(State::Absent);
        };
        let notice = match self.base.loaded(name)?.cloned() {
            Some(loaded @ LoadedConf::Undivided(_)) => {
                let read = self.base.document()?.as_read();
                loaded.notice_of(&LoadedConf::undivided(&read, name, &mut |_, _| None))
            }
            Some(loaded) => loaded.notice_of(&self.loadable_as_read(name)?),
            None => None,
        };
        Ok(noticing(&service, notice))
    }
}

/// A service that must do that to run with aspera.conf as it is.
fn noticing(service: &Service, notice: Option<Notice>) -> State {
    State::Service(Service {
        current: notice.is_none(),
        reloadable: service.running && notice == Some(Notice::Reload),
        ..*service
    })
}
