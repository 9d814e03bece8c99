//! A node read from a snapshot file: its states at the time of the snapshot,
//! without its secrets. A state that the file does not contain is unknown.

mod fingerprint;
mod format;
mod take;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::conf::{Document, Setting};
use crate::exec::SecretValue;
use crate::facts::{self, Node};
use crate::fault::{Fault, FaultKind, Result};
use crate::login;
use crate::state::{ApiUser, State, Subject};

use super::loaded_conf::LoadedConf;
use super::source::StateSource;
use fingerprint::FingerprintKey;

pub use format::FORMATS;
pub use take::{TakenSnapshot, take};

/// The states of a node, from a file.
#[derive(Clone)]
pub struct Snapshot {
    node: Node,
    key: FingerprintKey,
    document: Document,
    api_users: Option<BTreeMap<String, ApiUser>>,
    states: BTreeMap<Subject, State>,
}

impl Snapshot {
    /// Parses the text of a snapshot file.
    pub fn load(text: &str) -> Result<Self> {
        let file = format::SnapshotFile::parse(text)?;
        let states = file.facts.into_iter();
        let document = Document::from_masked(file.conf.into_masked());
        Ok(Self {
            node: Node {
                name: file.node.name,
                platform: file.node.platform,
                source: facts::NodeSource::Snapshot,
                services: file.node.services,
            },
            key: file.key,
            document: document.map_err(|cause| format::broken_conf(&cause))?,
            api_users: file.api_users,
            states: states.map(|state| (state.subject, state.value)).collect(),
        })
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
        let state = self.states.get(subject).cloned();
        state.ok_or_else(|| unknown(&subject.to_string()))
    }

    fn api_users(&mut self) -> Result<BTreeMap<String, ApiUser>> {
        let users = self.api_users.clone();
        users.ok_or_else(|| unknown("the users of the Node API"))
    }

    fn loaded_conf(&mut self, service: &str) -> Result<Option<LoadedConf>> {
        let state = self.states.get(&Subject::Service(service.into()));
        Ok(state.and_then(LoadedConf::from_state))
    }

    fn stored_form(&self, setting: &Setting, secret: Rc<SecretValue>) -> Rc<SecretValue> {
        let mut word = |text: &str| self.key.fingerprint(text);
        let stored = if setting.is_secret {
            word(secret.expose())
        } else {
            login::replace(secret.expose(), &mut word).into_owned()
        };
        Rc::new(SecretValue::new(stored))
    }
}

fn unknown(what: &str) -> Fault {
    let message = format!("the snapshot does not contain {what}");
    Fault::new(FaultKind::Unknown, message)
        .hint("take it again with `ascript snapshot --for SCRIPT`, which adds what SCRIPT reads")
}
