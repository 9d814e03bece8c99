//! What can be true of a node: the closed set of subjects, and for each the
//! typed value that a reading gives. Nothing here reads a node or changes one.

mod fact;
mod gathered;
mod names;
mod platform;
mod secret;
mod section;
mod subject;

pub use fact::{Account, ApiUser, Dir, Fact, License, RootUser, Service, Settings};
pub(crate) use gathered::gathered;
pub(crate) use names::{Names, TurnSet, Turns};
pub use platform::Platform;
pub use secret::{PUBLISHED, Secret};
pub use section::Section;
pub use subject::Subject;
