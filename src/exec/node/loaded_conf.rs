//! What each service has loaded of aspera.conf, as far as this program saw:
//! one small file a service, so that a run cut off between a change and its
//! restart is made good by the next one.
//!
//! A record is written *before* the first change that a service must notice
//! (it then holds the state the service still runs with), says `pending` while
//! the service restarts, and holds the new state afterwards. So at every
//! moment a service without a record is one that nothing here has changed.

use std::collections::BTreeMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::conf::Document;
use crate::state::{Secret, State};

use crate::exec::Exposed;

/// What a service has loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The settings it must notice had this digest when it started.
    Loaded(String),
    /// It was about to restart; what it runs with is not known.
    Pending,
}

impl Record {
    /// What a service would load from this document, where staged secrets are
    /// written as `written` says.
    pub fn of(
        document: &Document,
        service: &str,
        written: &mut dyn FnMut(&Secret) -> Option<Rc<Exposed>>,
    ) -> Self {
        let mut hash = Sha256::new();
        // A file holds the secret, not its name; so must what is on record.
        let mut reveal = |secret: &Secret| match written(secret) {
            Some(value) => value.expose().to_owned(),
            None => secret.to_string(),
        };
        document.noticed_by(service, &mut reveal, &mut |section, name, value| {
            for part in [section.to_string().as_str(), name, value] {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
        });
        Self::Loaded(hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = std::fmt::Write::write_fmt(&mut hex, format_args!("{byte:02x}"));
            hex
        }))
    }

    /// The record of a service of which only the fact is known. One that is up
    /// to date is like one that nothing here ever changed. What another one
    /// runs with is not known: only that it is not this.
    pub(in crate::exec) fn told(fact: &State) -> Option<Self> {
        let is_old = matches!(fact, State::Service(service) if !service.current);
        is_old.then_some(Self::Pending)
    }

    /// The record in a file's text. What cannot be understood is not trusted.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            hex if hex.len() == 64 => Self::Loaded(hex.to_owned()),
            _ => Self::Pending,
        }
    }

    /// The text of its file.
    pub fn text(&self) -> &str {
        match self {
            Self::Loaded(hex) => hex,
            Self::Pending => "pending",
        }
    }
}

/// The records of a run: `None` for a service that was looked up and had none.
pub(in crate::exec) type Records = BTreeMap<String, Option<Record>>;
