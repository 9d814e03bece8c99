//! A node in memory, for script tests: some states are set, all others are
//! those of an underlying node, a blank one or a snapshot.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{self, Document, Setting};
use crate::exec::{SecretValue, Vault};
use crate::fault::{Fault, Result};
use crate::state::Node;
use crate::state::{ApiUser, Platform, Secret, SecretText, Section, State, Subject, WantedState};

use super::blank::BlankNode;
use super::conf_states;
use super::loaded_conf::LoadedConf;
use super::source::StateSource;

/// A node whose states a test sets.
pub struct InMemoryNode {
    node: Node,
    underlying: Box<dyn StateSource>,
    document: Option<Document>,
    api_users: Option<BTreeMap<String, ApiUser>>,
    states: BTreeMap<Subject, State>,
    key_secrets: BTreeMap<Rc<str>, Secret>,
}

impl InMemoryNode {
    /// A blank node of that platform.
    pub fn blank(platform: Platform) -> Self {
        Self::over(Box::new(BlankNode::new(platform)))
    }

    /// A node with the states of another.
    pub fn over(underlying: Box<dyn StateSource>) -> Self {
        Self {
            node: underlying.node().clone(),
            underlying,
            document: None,
            api_users: None,
            states: BTreeMap::new(),
            key_secrets: BTreeMap::new(),
        }
    }

    /// Sets its name.
    pub fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.node.name);
    }

    /// Sets its aspera.conf.
    pub fn set_conf(&mut self, text: &str) -> Result<()> {
        self.document = Some(Document::parse(text.as_bytes().to_vec())?);
        Ok(())
    }

    /// Sets the state of a subject.
    pub fn set_state(&mut self, subject: Subject, wanted: &WantedState) -> Result<()> {
        if subject.is_collection() {
            return Err(Fault::script(format!(
                "`{subject}` is a group of states; set each of them"
            )));
        }
        match (&subject, wanted.state.clone()) {
            (Subject::Setting(section, name), _) => {
                let setting =
                    conf::find(section, name).ok_or_else(|| conf::unknown(section, name))?;
                self.document()?
                    .set(section, setting, conf_states::conf_value(wanted));
            }
            (Subject::Entry(section), state) => self.set_entry(section, &state)?,
            (Subject::ApiUser(name), State::ApiUser(user)) => {
                self.known_api_users()?.insert(name.to_string(), *user);
            }
            (Subject::ApiUser(name), _) => {
                self.known_api_users()?.remove(&**name);
            }
            (Subject::AccessKeySecret(id), _) => {
                let secret = wanted.setting_secret().and_then(SecretText::alone);
                let secret = secret.map(|secret| (Rc::clone(id), secret.clone()));
                self.key_secrets.extend(secret);
            }
            (_, state) => {
                self.states.insert(subject, state);
            }
        }
        Ok(())
    }

    /// Writes the settings that were set into aspera.conf; `vault` resolves the
    /// secrets among them.
    pub fn write_conf(&mut self, vault: &mut Vault) -> Result<()> {
        let Some(document) = &self.document else {
            return Ok(());
        };
        let mut reveal = |setting: &Setting, secret: &_| match vault.resolve_text(secret) {
            Ok(value) => self
                .underlying
                .stored_form(setting, value)
                .expose()
                .to_owned(),
            Err(_) => secret.to_string(),
        };
        self.document = Some(document.apply_edits(&mut reveal)?);
        Ok(())
    }

    fn set_entry(&mut self, section: &Section, state: &State) -> Result<()> {
        let document = self.document()?;
        if *state == State::Absent {
            document.remove(section);
        } else {
            document.ensure(section);
        }
        Ok(())
    }

    fn document(&mut self) -> Result<&mut Document> {
        if self.document.is_none() {
            self.document = Some(self.underlying.conf()?);
        }
        Ok(self.document.as_mut().expect("it was read above"))
    }

    fn known_api_users(&mut self) -> Result<&mut BTreeMap<String, ApiUser>> {
        if self.api_users.is_none() {
            self.api_users = Some(self.underlying.api_users()?);
        }
        Ok(self.api_users.as_mut().expect("they were read above"))
    }
}

impl StateSource for InMemoryNode {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        match &self.document {
            Some(document) => Ok(document.clone()),
            None => self.underlying.conf(),
        }
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        match self.states.get(subject) {
            Some(state) => Ok(state.clone()),
            None => self.underlying.read(subject),
        }
    }

    fn has_secret(&mut self, id: &Rc<str>, secret: &Secret) -> Result<Option<bool>> {
        Ok(self.key_secrets.get(id).map(|known| known == secret))
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        match &self.api_users {
            Some(users) => Ok(users.clone()),
            None => self.underlying.api_users(),
        }
    }

    fn invoking_user(&self) -> Option<String> {
        self.underlying.invoking_user()
    }

    fn loaded_conf(&mut self, service: &str) -> Result<Option<LoadedConf>> {
        match self.states.get(&Subject::Service(service.into())) {
            Some(state) => Ok(LoadedConf::from_state(state)),
            None => self.underlying.loaded_conf(service),
        }
    }

    fn stored_form(&self, setting: &Setting, secret: Rc<SecretValue>) -> Rc<SecretValue> {
        self.underlying.stored_form(setting, secret)
    }
}
