//! Secrets: the vault resolves references to bytes, the scrubber removes the
//! bytes from what programs print.

mod scrub;
pub(super) mod vault;

pub use vault::{Exposed, Invented, Keeper, Prompt, Vault};
