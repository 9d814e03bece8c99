//! What can be true of a node: the closed set of subjects, and for each the
//! typed value that a reading gives. Nothing here reads a node or changes one.

mod fact;
mod fast_map;
mod hex;
mod node;
mod platform;
mod secret;
mod section;
mod subject;

pub use fact::{Account, ApiUser, Dir, License, RootUser, Service, Settings, State};
pub(crate) use fast_map::{FastIndexMap, FastIndexSet, FastMap};
pub(crate) use hex::hex;
pub use node::{Node, NodeSource};
pub use platform::Platform;
pub use secret::{PUBLISHED, Secret};
pub use section::{NameField, Section, SectionInfo, SectionKind};
pub use subject::Subject;
