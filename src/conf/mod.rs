//! aspera.conf: a lossless document, and the table of what can be set in it.
//! Nothing here reads a file, writes one or runs a tool.

mod branch;
mod check;
mod diff;
mod document;
mod encoding;
mod entity;
mod findings;
mod grammar;
mod index;
mod layout;
mod leaf;
mod mask;
mod notice;
mod outline;
mod plan;
mod planted;
mod read;
mod scan;
mod settings;
mod table;
mod unreadable;
mod well_formed;

pub use document::{Document, Kept, Value};
pub use findings::Finding;
pub use grammar::join_list;
pub use mask::Masked;
pub use settings::{Certainty, Setting};
pub use table::{all, find, is_secret, of, unknown};
pub use unreadable::Unreadable;
