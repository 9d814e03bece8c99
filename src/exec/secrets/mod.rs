//! Secrets: the vault resolves references to their values, the scrubber removes
//! the values from what programs print.

mod scrub;
pub(super) mod vault;

pub use vault::{BackupReader, FakeSecrets, PromptCallback, SecretValue, Vault};
