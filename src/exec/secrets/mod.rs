//! Secrets: the vault resolves references to their values, the scrubber removes
//! the values from what programs print.

mod conf_secrets;
mod contents;
mod cut_secrets;
mod escapes;
mod file_contents;
mod scrub;
mod secret_value;
pub(super) mod vault;

pub use file_contents::{FileContents, GivenFiles, KeptReader};
pub use secret_value::{SecretBytes, SecretValue};
pub use vault::{BackupReader, FakeSecrets, PromptCallback, Vault};
