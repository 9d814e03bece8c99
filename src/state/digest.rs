//! Digests of bytes, as documents write them.

use sha2::{Digest as _, Sha256};

/// How a digest starts.
const PREFIX: &str = "sha256:";

/// The digest of some bytes: `sha256:` and hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(Sha256::digest(bytes)))
}

/// Whether a text is such a digest.
pub(super) fn is_sha256(text: &str) -> bool {
    let digits = text.strip_prefix(PREFIX).unwrap_or_default();
    let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    digits.len() == 64 && digits.bytes().all(is_digit)
}
