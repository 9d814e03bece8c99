//! What the lab keeps of a secret: enough to tell that it arrived, and nothing
//! that gives it back.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// What the lab keeps of a password or token; `name` is `node:NAME` for a user
/// of the Node API, `account:NAME` for one of the system, `sync:NAME` for the
/// token of a session.
pub fn fingerprint(name: &str, secret: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"ascript lab\0");
    hash.update(name.as_bytes());
    hash.update(b"\0");
    hash.update(secret);
    hex(&hash.finalize())
}

/// The digest of a file as it is.
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
