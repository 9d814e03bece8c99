//! A node that is a file: its facts as they were when somebody asked, without
//! its secrets. It answers what it was told and guesses nothing.

mod file;
mod key;
mod take;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::Document;
use crate::facts::{self, Node};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{ApiUser, State, Subject};

use super::loaded_conf::Record;
use super::source::StateSource;
use crate::exec::Exposed;
use key::Key;

pub use take::{Taken, take};

/// The facts of a node, kept.
#[derive(Clone)]
pub struct Snapshot {
    node: Node,
    key: Key,
    document: Document,
    api_users: Option<BTreeMap<String, ApiUser>>,
    facts: BTreeMap<Subject, State>,
}

impl Snapshot {
    /// Reads one, or says why it is none.
    pub fn load(text: &str) -> Result<Self> {
        let file = file::File::read(text)?;
        let facts = file.facts.into_iter();
        let document = Document::of_masked(file.conf.masked());
        Ok(Self {
            node: Node {
                name: file.node.name,
                platform: file.node.platform,
                source: facts::NodeSource::Snapshot,
            },
            key: file.key,
            document: document.map_err(|cause| file::broken(&cause))?,
            api_users: file.api_users,
            facts: facts.map(|fact| (fact.subject, fact.value)).collect(),
        })
    }

    fn known(&self, subject: &Subject) -> Result<&State> {
        let fact = self.facts.get(subject);
        fact.ok_or_else(|| unknown(&format!("whether there is {subject}")))
    }
}

impl StateSource for Snapshot {
    fn node(&self) -> &Node {
        &self.node
    }

    fn conf(&mut self) -> Result<Document> {
        Ok(self.document.clone())
    }

    fn read(&mut self, subject: &Subject) -> Result<State> {
        self.known(subject).cloned()
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        let users = self.api_users.clone();
        users.ok_or_else(|| unknown("which users the Node API has"))
    }

    fn record(&mut self, service: &str) -> Result<Option<Record>> {
        let fact = self.facts.get(&Subject::Service(service.into()));
        Ok(fact.and_then(Record::told))
    }

    fn written(&self, secret: Rc<Exposed>) -> Rc<Exposed> {
        Rc::new(Exposed::new(self.key.fingerprint(secret.expose())))
    }
}

fn unknown(what: &str) -> Fault {
    let message = format!("the snapshot does not say {what}");
    Fault::new(FaultKind::Unknown, message).hint(
        "take it again with `ascript snapshot --for SCRIPT`, which adds what that script reads",
    )
}
