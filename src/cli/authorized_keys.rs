//! `ascript authorized-keys`: the program that steps run to read and change the keys that may
//! log in to an account. People call `ssh.authorize` in a script instead.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::exec::AuthorizedKeys;
use crate::fault::{Fault, Result};
use crate::state::PublicKey;

use super::file::given_content;
use super::output::{self, OutputOptions};

/// Reads and changes the keys that may log in to an account
#[derive(Args)]
#[command(hide = true)]
pub(super) struct AuthorizedKeysArgs {
    /// What to do; `add` and `remove` read the key from standard input
    verb: Verb,
    /// The account
    #[arg(long)]
    user: String,
    /// Its file of keys
    file: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Verb {
    List,
    Add,
    Remove,
}

impl AuthorizedKeysArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        let mut keys = AuthorizedKeys::open(&self.user, &self.file)?;
        match self.verb {
            Verb::List => output::document(&list(&keys)?)?,
            Verb::Add => keys.add(&given_key()?)?,
            Verb::Remove => keys.remove(&given_key()?)?,
        }
        Ok(0)
    }
}

/// A line for permissions that SSH may not trust, and one for each key.
fn list(keys: &AuthorizedKeys) -> Result<String> {
    let exposure = keys.exposure()?;
    let exposure = exposure.map(|exposure| format!("exposed: {exposure}\n"));
    let keys = keys.keys().map(|key| format!("key: {}\n", key.line()));
    Ok(exposure.into_iter().chain(keys).collect())
}

fn given_key() -> Result<PublicKey> {
    let line = String::from_utf8(given_content()?).ok();
    let key = line.and_then(|line| PublicKey::parse(line.trim_end()));
    key.ok_or_else(|| Fault::usage("standard input is not a public key"))
}
