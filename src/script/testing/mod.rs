//! Runs the `test_…` functions of a file, each on a fresh node in memory. What a test expects is
//! judged elsewhere.

mod coverage;
mod stage;
mod suite;
mod test_bindings;
mod test_node;

pub use stage::{Compare, Load, Stage};
pub use suite::Suite;
