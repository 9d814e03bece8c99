//! A journal that was kept: loaded and checked, performed to the letter, or
//! taken back. Nothing here runs a script.

mod apply;
mod file;
mod reverse;
#[expect(clippy::disallowed_methods, reason = "what was done is kept in files")]
mod runs;

pub use apply::{apply, check, shows};
pub use file::{load, render};
pub use reverse::reverse;
pub use runs::{Run, Runs};
