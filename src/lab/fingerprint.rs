//! The fingerprint that the lab stores in place of a secret.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Returns the salted hash of a password or token. `name` is `node:NAME` for a
/// Node API user, `account:NAME` for a system account, `access_key:ID` for an access
/// key, `sync:NAME` for the token of a session.
pub fn fingerprint(name: &str, secret: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"ascript lab\0");
    hash.update(name.as_bytes());
    hash.update(b"\0");
    hash.update(secret);
    hex(&hash.finalize())
}

/// Returns the digest of a file.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
