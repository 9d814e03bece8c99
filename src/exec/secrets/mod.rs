//! Secrets: the vault resolves references to their values, the scrubber removes
//! the values from what programs print.

mod conf_secrets;
mod cut_secrets;
mod escapes;
mod scrub;
mod secret_value;
pub(super) mod vault;

pub use secret_value::SecretValue;
pub use vault::{BackupReader, FakeSecrets, PromptCallback, Vault};
