//! What stands for a secret in a snapshot: a fingerprint by which equal secrets
//! are told to be equal, and from which none can be read.
//!
//! The key is random and lies in the snapshot beside the fingerprints. So two
//! snapshots show nothing of each other's secrets, and no table made
//! beforehand helps; but whoever has the file can try out guesses. A secret of
//! 20 random letters is out of reach that way, a weak password is not: a
//! snapshot goes where the configuration's other contents may go, and no
//! farther.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::exec::secrets::vault;
use crate::fault::Result;

/// A guess costs as much as a fingerprint, and one is made for every secret in
/// aspera.conf, of which there may be thousands: a thousand rounds keep that
/// below a few seconds. No number of rounds saves a secret that can be guessed.
const ROUNDS: usize = 1000;

/// Half a digest is plenty to tell secrets apart.
const BYTES: usize = 16;

/// What a snapshot's fingerprints are made with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Key(String);

impl Key {
    /// One that nobody had before.
    pub(super) fn random() -> Result<Self> {
        Ok(Self(vault::random(32)?.expose().to_owned()))
    }

    /// What stands for that secret. No text stands for itself.
    pub(super) fn fingerprint(&self, secret: &str) -> String {
        if secret.is_empty() {
            return String::new();
        }
        let mut digest = self.digest(secret.as_bytes());
        for _ in 1..ROUNDS {
            digest = self.digest(&digest);
        }
        digest[..BYTES]
            .iter()
            .fold("fingerprint:".to_owned(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    fn digest(&self, bytes: &[u8]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(&self.0).chain_update([0]);
        hash.chain_update(bytes).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_tell_secrets_apart_and_nothing_else() {
        let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
        let print = key.fingerprint("hunter2hunter2");
        assert_eq!(print, key.fingerprint("hunter2hunter2"));
        assert_ne!(print, key.fingerprint("hunter2hunter3"));
        assert_ne!(print, other.fingerprint("hunter2hunter2"));
        assert_eq!(print.len(), "fingerprint:".len() + 2 * BYTES);
        assert_eq!(key.fingerprint(""), "");
    }
}
