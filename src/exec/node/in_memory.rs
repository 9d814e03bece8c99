//! A node in memory, for tests: what is given is true of it, and all else is as
//! on the node beneath, a blank one or a snapshot.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{self, Document};
use crate::facts::Node;
use crate::fault::{Fault, Result};
use crate::state::{ApiUser, Platform, Section, State, Subject};

use super::blank::Blank;
use super::conf_states as document;
use super::loaded_conf::Record;
use super::source::StateSource;
use crate::exec::{Exposed, Vault};

/// A node as a test gives it.
pub struct Given {
    node: Node,
    beneath: Box<dyn StateSource>,
    document: Option<Document>,
    api_users: Option<BTreeMap<String, ApiUser>>,
    facts: BTreeMap<Subject, State>,
}

impl Given {
    /// A blank node of that platform.
    pub fn blank(platform: Platform) -> Self {
        Self::over(Box::new(Blank::new(platform)))
    }

    /// The same as another node.
    pub fn over(beneath: Box<dyn StateSource>) -> Self {
        Self {
            node: beneath.node().clone(),
            beneath,
            document: None,
            api_users: None,
            facts: BTreeMap::new(),
        }
    }

    /// Gives it a name.
    pub fn name(&mut self, name: &str) {
        name.clone_into(&mut self.node.name);
    }

    /// Gives it an aspera.conf.
    pub fn conf(&mut self, text: &str) -> Result<()> {
        self.document = Some(Document::parse(text.as_bytes().to_vec())?);
        Ok(())
    }

    /// Gives a fact.
    pub fn fact(&mut self, subject: Subject, fact: State) -> Result<()> {
        match (&subject, fact) {
            (Subject::Setting(section, name), fact) => {
                let setting =
                    conf::find(section, name).ok_or_else(|| conf::unknown(section, name))?;
                let section = section.clone();
                self.document()?
                    .set(&section, setting, document::value(&fact));
            }
            (Subject::Entry(section), fact) => self.entry(section, &fact)?,
            (Subject::ApiUser(name), State::ApiUser(user)) => {
                self.known_api_users()?.insert(name.to_string(), *user);
            }
            (Subject::ApiUser(name), _) => {
                self.known_api_users()?.remove(&**name);
            }
            (Subject::Users | Subject::ApiUsers | Subject::Settings(_), _) => {
                return Err(Fault::script(format!(
                    "`{subject}` stands for several; give each of them"
                )));
            }
            (
                Subject::License
                | Subject::Account(_)
                | Subject::RootUser
                | Subject::Service(_)
                | Subject::Dir(_),
                fact,
            ) => {
                self.facts.insert(subject, fact);
            }
        }
        Ok(())
    }

    /// Puts what was given into aspera.conf; `vault` has the secrets in it.
    pub fn settle(&mut self, vault: &mut Vault) -> Result<()> {
        let Some(document) = &self.document else {
            return Ok(());
        };
        let mut reveal = |secret: &_| match vault.resolve(secret) {
            Ok(value) => self.beneath.written(value).expose().to_owned(),
            Err(_) => secret.to_string(),
        };
        self.document = Some(document.performed(&mut reveal)?);
        Ok(())
    }

    fn entry(&mut self, section: &Section, fact: &State) -> Result<()> {
        let document = self.document()?;
        if *fact == State::Absent {
            document.remove(section);
        } else {
            document.ensure(section);
        }
        Ok(())
    }

    fn document(&mut self) -> Result<&mut Document> {
        if self.document.is_none() {
            self.document = Some(self.beneath.conf()?);
        }
        Ok(self.document.as_mut().expect("it was read above"))
    }

    fn known_api_users(&mut self) -> Result<&mut BTreeMap<String, ApiUser>> {
        if self.api_users.is_none() {
            self.api_users = Some(self.beneath.api_users()?);
        }
        Ok(self.api_users.as_mut().expect("they were read above"))
    }
}

impl StateSource for Given {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        match &self.document {
            Some(document) => Ok(document.clone()),
            None => self.beneath.conf(),
        }
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        match self.facts.get(subject) {
            Some(fact) => Ok(fact.clone()),
            None => self.beneath.read(subject),
        }
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        match &self.api_users {
            Some(users) => Ok(users.clone()),
            None => self.beneath.api_users(),
        }
    }

    fn record(&mut self, service: &str) -> Result<Option<Record>> {
        match self.facts.get(&Subject::Service(service.into())) {
            Some(fact) => Ok(Record::told(fact)),
            None => self.beneath.record(service),
        }
    }

    fn written(&self, secret: Rc<Exposed>) -> Rc<Exposed> {
        self.beneath.written(secret)
    }
}
