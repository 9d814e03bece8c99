//! What each service has loaded of aspera.conf, recorded in one small file per
//! service, so that the next run finishes what a cut-off run left between a
//! change and its restart.
//!
//! A live run writes the record *before* the first change that the service must
//! notice (the record then holds what the service still runs with), sets it to
//! `pending` while the service restarts or reloads, and writes the new digests
//! afterwards. So a service without a record is always one that no run has changed.

use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::conf::{Document, Notice, Setting};
use crate::exec::SecretValue;
use crate::state::{SecretText, State};

/// What a service has loaded of aspera.conf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadedConf {
    /// The settings that the service must notice had these digests when it loaded them.
    Digests {
        /// Of those for which it must restart.
        restart: String,
        /// Of those for which a reload is enough.
        reload: String,
    },
    /// The digest of all of them, as earlier versions recorded it.
    Undivided(String),
    /// The service was about to restart; what it runs with is not known.
    Pending,
    /// What it runs with is not known, but that a reload is enough.
    Reloadable,
}

/// The text of a staged secret.
type StoredForm<'a> = &'a mut dyn FnMut(&Setting, &SecretText) -> Option<Rc<SecretValue>>;

impl LoadedConf {
    /// What a service would load from this document.
    pub fn of(document: &Document, service: &str, stored_form: StoredForm<'_>) -> Self {
        let mut hashes = [Sha256::new(), Sha256::new()];
        digest(document, service, stored_form, &mut |notice, record| {
            let index = usize::from(notice == Notice::Reload);
            hashes[index].update(record);
        });
        let [restart, reload] = hashes.map(|hash| hex::encode(hash.finalize()));
        Self::Digests { restart, reload }
    }

    /// The same in the form of earlier versions.
    pub fn undivided(document: &Document, service: &str, stored_form: StoredForm<'_>) -> Self {
        let mut hash = Sha256::new();
        digest(document, service, stored_form, &mut |_, record| {
            hash.update(record);
        });
        Self::Undivided(hex::encode(hash.finalize()))
    }

    /// What a service that has loaded this must do to run with `now`, of the same form;
    /// `None` if nothing.
    pub fn notice_of(&self, now: &Self) -> Option<Notice> {
        match (self, now) {
            (Self::Pending, _) => Some(Notice::Restart),
            (Self::Reloadable, _) => Some(Notice::Reload),
            _ if self == now => None,
            (Self::Digests { restart, .. }, Self::Digests { restart: now, .. })
                if restart == now =>
            {
                Some(Notice::Reload)
            }
            _ => Some(Notice::Restart),
        }
    }

    /// The record of a service of which only the state is known. A service that
    /// is up to date has none, like one that no run has changed. Of one that is
    /// not, only that is known.
    pub(super) fn from_state(state: &State) -> Option<Self> {
        let State::Service(service) = state else {
            return None;
        };
        match (service.reloadable, service.current) {
            (true, _) => Some(Self::Reloadable),
            (false, false) => Some(Self::Pending),
            (false, true) => None,
        }
    }

    /// Parses the text of a record file. A text of another form is not trusted.
    pub fn parse(text: &str) -> Self {
        let digests: Vec<_> = text.split_whitespace().collect();
        match digests[..] {
            [restart, reload] if restart.len() == 64 && reload.len() == 64 => Self::Digests {
                restart: restart.to_owned(),
                reload: reload.to_owned(),
            },
            [all] if all.len() == 64 => Self::Undivided(all.to_owned()),
            _ => Self::Pending,
        }
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        match self {
            Self::Digests { restart, reload } => format!("{restart} {reload}"),
            Self::Undivided(digest) => digest.clone(),
            Self::Pending | Self::Reloadable => "pending".to_owned(),
        }
    }
}

/// Calls `each` with the records of what a service must notice of a document.
fn digest(
    document: &Document,
    service: &str,
    stored_form: StoredForm<'_>,
    each: &mut dyn FnMut(Notice, &[u8]),
) {
    // The file contains the secret, not its reference, and so must the digest.
    let mut reveal = |setting: &Setting, secret: &SecretText| match stored_form(setting, secret) {
        Some(value) => value.expose().to_owned(),
        None => secret.to_string(),
    };
    let mut record = Vec::new();
    document.noticed_by(service, &mut reveal, &mut |section, name, value, notice| {
        record.clear();
        for part in [section, name, value] {
            record.extend_from_slice(part.as_bytes());
            record.push(0);
        }
        each(notice, &record);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_all_versions_read_back() {
        let [restart, reload] = ["a", "b"].map(|digit| digit.repeat(64));
        for loaded in [
            LoadedConf::Undivided(restart.clone()),
            LoadedConf::Digests { restart, reload },
            LoadedConf::Pending,
        ] {
            assert_eq!(LoadedConf::parse(&loaded.text()), loaded);
        }
        assert_eq!(LoadedConf::parse("a b c"), LoadedConf::Pending);
    }
}
