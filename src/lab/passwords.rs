//! The passwords of the emulated system: only their fingerprints are stored.

use std::collections::BTreeMap;
use std::io;

use super::accounts::{ADMINISTRATOR, SystemAccounts};
use super::fingerprint::fingerprint;
use super::lab_folder::LabFolder;

const PASSWORDS: &str = "var/lab/passwords.json";

/// The group of administrators on macOS.
const ADMIN_GROUP: &str = "admin";

/// The account, Node API user or access key that a password belongs to.
#[derive(Clone, Copy)]
pub(super) enum PasswordOwner<'a> {
    Account(&'a str),
    ApiUser(&'a str),
    AccessKey(&'a str),
}

impl PasswordOwner<'_> {
    /// The key in the file, which is also the name that [`fingerprint`] takes.
    fn key(self) -> String {
        match self {
            Self::Account(name) => format!("account:{name}"),
            Self::ApiUser(name) => format!("node:{name}"),
            Self::AccessKey(id) => format!("access_key:{id}"),
        }
    }

    pub(super) fn set_password(self, folder: &LabFolder, password: &str) -> io::Result<()> {
        let mut stored = load(folder)?;
        let key = self.key();
        let hash = fingerprint(&key, password.as_bytes());
        stored.insert(key, hash);
        folder.write_json(PASSWORDS, &stored)
    }

    pub(super) fn has_password(self, folder: &LabFolder) -> io::Result<bool> {
        Ok(load(folder)?.contains_key(&self.key()))
    }

    pub(super) fn remove_password(self, folder: &LabFolder) -> io::Result<()> {
        let mut stored = load(folder)?;
        stored.remove(&self.key());
        folder.write_json(PASSWORDS, &stored)
    }

    /// Checks a password. The administrator of a new lab has none yet: the first
    /// one given is accepted and stored.
    pub(super) fn accepts(self, folder: &LabFolder, password: &str) -> io::Result<bool> {
        if password.is_empty() {
            return Ok(false);
        }
        let key = self.key();
        match load(folder)?.get(&key) {
            Some(hash) => Ok(*hash == fingerprint(&key, password.as_bytes())),
            None if matches!(self, Self::Account(ADMINISTRATOR)) => {
                self.set_password(folder, password)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

/// Checks the name and password of a macOS administrator.
pub(super) fn is_administrator(folder: &LabFolder, name: &str, password: &str) -> io::Result<bool> {
    let accounts = SystemAccounts::load(folder)?;
    Ok(accounts.users.contains_key(name)
        && accounts.is_member(name, ADMIN_GROUP)
        && PasswordOwner::Account(name).accepts(folder, password)?)
}

fn load(folder: &LabFolder) -> io::Result<BTreeMap<String, String>> {
    folder.read_json(PASSWORDS)
}
