//! A node as it was read from its source. Each state is read once.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::Document;
use crate::fault::Result;
use crate::state::{ApiUser, FastMap, State, Subject};

use super::loaded_conf::LoadedConf;
use super::overlay::Overlay;
use super::source::StateSource;

/// What was read from a node, without the effect of any step. aspera.conf is
/// one document for base and overlay: it keeps its staged edits apart from its
/// bytes.
pub(super) struct Base {
    pub(super) source: Box<dyn StateSource>,
    pub(super) document: Option<Document>,
    api_users: Option<BTreeMap<String, ApiUser>>,
    states: FastMap<Subject, State>,
    loaded: BTreeMap<String, Option<LoadedConf>>,
}

impl Base {
    pub(super) fn new(source: Box<dyn StateSource>) -> Self {
        Self {
            source,
            document: None,
            api_users: None,
            states: FastMap::default(),
            loaded: BTreeMap::new(),
        }
    }

    /// aspera.conf with all staged edits.
    pub(super) fn document(&mut self) -> Result<&mut Document> {
        if self.document.is_none() {
            self.document = Some(self.source.conf()?);
        }
        Ok(self.document.as_mut().expect("it was read above"))
    }

    /// All users of the Node API.
    pub(super) fn api_users(&mut self) -> Result<&BTreeMap<String, ApiUser>> {
        if self.api_users.is_none() {
            self.api_users = Some(self.source.api_users()?);
        }
        Ok(self.api_users.as_ref().expect("they were read above"))
    }

    /// The state of a subject that is not in aspera.conf.
    pub(super) fn state(&mut self, subject: &Subject) -> Result<State> {
        if let Subject::ApiUser(name) = subject {
            return Ok(match self.api_users()?.get(&**name) {
                Some(user) => State::ApiUser(user.clone().into()),
                None => State::Absent,
            });
        }
        if *subject == Subject::ApiUsers {
            return Ok(State::Names(self.api_users()?.keys().cloned().collect()));
        }
        if let Some(state) = self.states.get(subject) {
            return Ok(state.clone());
        }
        if let Subject::AccessKeySecret(id) = subject {
            let key = self.state(&Subject::AccessKey(Rc::clone(id)))?;
            let has_secret = key != State::Absent;
            return Ok(if has_secret { State::Hidden } else { key });
        }
        if let Subject::AccountProperty(account, _) | Subject::AuthorizedKey(account, _) = subject
            && self.state(&Subject::Account(Rc::clone(account)))? == State::Absent
        {
            return Ok(State::Absent);
        }
        let state = self.source.read(subject)?;
        self.states.insert(subject.clone(), state.clone());
        Ok(state)
    }

    /// The state that was read of a subject; absent if none was.
    pub(super) fn known(&self, subject: &Subject) -> &State {
        self.states.get(subject).unwrap_or(&State::Absent)
    }

    /// The configuration that a service has loaded, where that is recorded.
    pub(super) fn loaded(&mut self, service: &str) -> Result<Option<&LoadedConf>> {
        if !self.loaded.contains_key(service) {
            let loaded = self.source.loaded_conf(service)?;
            self.loaded.insert(service.to_owned(), loaded);
        }
        Ok(self.loaded[service].as_ref())
    }

    /// Forgets what was read of a subject, so that it is read again.
    pub(super) fn forget(&mut self, subject: &Subject) {
        if let Subject::ApiUser(_) = subject {
            self.api_users = None;
        }
        self.states.remove(subject);
    }

    /// Forgets the access keys, so that they are read again: a Node API user that this
    /// run adds sees no key before.
    pub(super) fn forget_access_keys(&mut self) {
        self.states
            .retain(|subject, _| subject.access_key().is_none());
    }

    /// Forgets what was read, except aspera.conf.
    pub(super) fn forget_all_but_conf(&mut self) {
        self.api_users = None;
        self.states.clear();
        self.loaded.clear();
    }

    /// Forgets the records of services, so that they are read again.
    pub(super) fn forget_loaded(&mut self) {
        self.loaded.clear();
    }

    /// Adds the states of an overlay, as if they had been read.
    pub(super) fn merge(&mut self, overlay: Overlay) {
        for (subject, state) in overlay.states {
            match (subject, state, &mut self.api_users) {
                (Subject::ApiUser(name), State::ApiUser(user), Some(users)) => {
                    users.insert(name.to_string(), *user);
                }
                (Subject::ApiUser(name), _, Some(users)) => {
                    users.remove(&*name);
                }
                (subject, state, _) => {
                    self.states.insert(subject, state);
                }
            }
        }
        let loaded = overlay.loaded.into_iter();
        self.loaded.extend(loaded);
    }
}
