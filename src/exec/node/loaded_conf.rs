//! What each service has loaded of aspera.conf, recorded in one small file per
//! service, so that the next run finishes what a cut-off run left between a
//! change and its restart.
//!
//! A live run writes the record *before* the first change that the service must
//! notice (the record then holds what the service still runs with), sets it to
//! `pending` while the service restarts, and writes the new digest afterwards.
//! So a service without a record is always one that no run has changed.

use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::conf::{Document, Setting};
use crate::exec::SecretValue;
use crate::state::{SecretText, State};

/// What a service has loaded of aspera.conf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadedConf {
    /// The settings that the service must notice had this digest when it
    /// started.
    Digest(String),
    /// The service was about to restart; what it runs with is not known.
    Pending,
}

impl LoadedConf {
    /// What a service would load from this document. `stored_form` gives the
    /// text of a staged secret.
    pub fn of(
        document: &Document,
        service: &str,
        stored_form: &mut dyn FnMut(&Setting, &SecretText) -> Option<Rc<SecretValue>>,
    ) -> Self {
        let mut hash = Sha256::new();
        // The file contains the secret, not its reference, and so must the
        // digest.
        let mut reveal = |setting: &Setting, secret: &SecretText| match stored_form(setting, secret)
        {
            Some(value) => value.expose().to_owned(),
            None => secret.to_string(),
        };
        document.noticed_by(service, &mut reveal, &mut |section, name, value| {
            for part in [section.to_string().as_str(), name, value] {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
        });
        Self::Digest(hex::encode(hash.finalize()))
    }

    /// The record of a service of which only the state is known. A service that
    /// is up to date has none, like one that no run has changed. Of one that is
    /// not, only that is known.
    pub(super) fn from_state(state: &State) -> Option<Self> {
        let is_outdated = matches!(state, State::Service(service) if !service.current);
        is_outdated.then_some(Self::Pending)
    }

    /// Parses the text of a record file. A text of another form is not trusted.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            digest if digest.len() == 64 => Self::Digest(digest.to_owned()),
            _ => Self::Pending,
        }
    }

    /// The text of its file.
    pub fn text(&self) -> &str {
        match self {
            Self::Digest(digest) => digest,
            Self::Pending => "pending",
        }
    }
}
