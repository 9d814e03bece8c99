//! A journal that was kept: loaded and checked, performed to the letter, or
//! taken back. Nothing here runs a script.

mod apply;
mod document;
mod params;
mod reverse;
#[expect(clippy::disallowed_methods, reason = "what was done is kept in files")]
mod runs;
#[cfg(test)]
mod schema;

pub use apply::{apply, check, shows};
pub use document::{DocumentKind, Plan, ScriptName, Tool, digest, render, sha256};
pub use reverse::reverse;
pub use runs::{Run, Runs};
