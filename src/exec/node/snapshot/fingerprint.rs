//! Fingerprints that replace secrets in a snapshot: equal secrets have equal
//! fingerprints, and no secret can be computed from one.
//!
//! The random key is in the snapshot file beside the fingerprints. So
//! fingerprints of two snapshots cannot be compared, and no precomputed table
//! helps; but whoever has the file can test guesses. That does not find a secret
//! of 20 random letters, but it does find a weak password: share a snapshot only
//! with those who may see the rest of the configuration.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::exec::secrets::vault;
use crate::fault::Result;

/// Files of format 1 repeat the hash. That made each guess no dearer than a fingerprint, of which
/// aspera.conf may need a hundred thousand: no number of rounds protects a weak secret.
const ROUNDS_OF_FORMAT_1: usize = 1000;

/// Half a SHA-256 digest still makes collisions practically impossible.
const BYTES: usize = 16;

/// The key of all fingerprints in a snapshot.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(super) struct FingerprintKey {
    text: String,
    rounds: usize,
}

impl From<String> for FingerprintKey {
    fn from(text: String) -> Self {
        Self { text, rounds: 1 }
    }
}

impl From<FingerprintKey> for String {
    fn from(key: FingerprintKey) -> Self {
        key.text
    }
}

impl FingerprintKey {
    /// A new random key.
    pub(super) fn random() -> Result<Self> {
        Ok(vault::random(32)?.expose().to_owned().into())
    }

    /// The key of a file of that format.
    pub(super) fn of_format(self, format: u32) -> Self {
        let rounds = if format == 1 { ROUNDS_OF_FORMAT_1 } else { 1 };
        Self { rounds, ..self }
    }

    /// The format of the files whose fingerprints it makes.
    pub(super) fn format(&self) -> u32 {
        if self.rounds == 1 { 2 } else { 1 }
    }

    /// The fingerprint of a secret. The empty text has none.
    pub(super) fn fingerprint(&self, secret: &str) -> String {
        if secret.is_empty() {
            return String::new();
        }
        let mut digest = self.digest(secret.as_bytes());
        for _ in 1..self.rounds {
            digest = self.digest(&digest);
        }
        format!("fingerprint:{}", hex::encode(&digest[..BYTES]))
    }

    fn digest(&self, bytes: &[u8]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(&self.text).chain_update([0]);
        hash.chain_update(bytes).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_have_equal_fingerprints_under_one_key() {
        let (key, other) = (
            FingerprintKey::random().unwrap(),
            FingerprintKey::random().unwrap(),
        );
        let print = key.fingerprint("hunter2hunter2");
        assert_eq!(print, key.fingerprint("hunter2hunter2"));
        assert_ne!(print, key.fingerprint("hunter2hunter3"));
        assert_ne!(print, other.fingerprint("hunter2hunter2"));
        assert_eq!(print.len(), "fingerprint:".len() + 2 * BYTES);
        assert_eq!(key.fingerprint(""), "");
        let of_format_1 = key.clone().of_format(1);
        assert_ne!(print, of_format_1.fingerprint("hunter2hunter2"));
        assert_eq!((key.format(), of_format_1.format()), (2, 1));
    }
}
