//! The value of a secret in memory, and bytes that may contain one.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// The value of a secret. It is zeroed when dropped, and `Debug` does not show it.
#[derive(PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// Treats a text as the value of a secret.
    pub fn new(value: String) -> Self {
        Self(value)
    }

    pub(in crate::exec) fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Appends another value as it is between the quotes of a JSON string.
    pub(in crate::exec) fn push_json(&mut self, value: &Self) {
        let quoted = Self(serde_json::Value::from(value.expose()).to_string());
        self.push_str(&quoted.0[1..quoted.0.len() - 1]);
    }

    /// The text, for a program that is being spawned.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue")
    }
}

impl<'de> Deserialize<'de> for SecretValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Drop for SecretValue {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Otherwise the compiler may remove the zeroing, since nothing reads it.
        std::hint::black_box(&bytes);
    }
}

/// Bytes that may contain secrets, such as the input of a program. They are zeroed when dropped.
#[derive(Default)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The bytes, for a program that is being spawned.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0);
        bytes.fill(0);
        std::hint::black_box(&bytes);
    }
}
