//! Script tests without the engine: the node that a test gives, what it expects
//! of a run, and its result. Nothing here runs a script or prints.

mod coverage;
mod expect;
mod given_node;
mod state_literal;
mod unmet;

use crate::fault::{Fault, Location};
use crate::run::RunRecord;

pub use coverage::{Coverage, Spot};
pub use expect::{Expectation, RunUnderTest, expectation, fails_with};
pub use given_node::{Given, Secrets, node};
pub use unmet::{Unmet, Verdict};

/// The result of one test.
pub struct Trial {
    /// The name of its function.
    pub name: String,
    /// Where the function starts.
    pub at: Location,
    /// Why it failed; `None` if it passed.
    pub failure: Option<Failure>,
    /// What it printed.
    pub printed: Vec<String>,
}

/// Why a test failed.
pub struct Failure {
    /// What went wrong, and where.
    pub fault: Fault,
    /// The expectation that was not met; `None` if the test stopped for another
    /// reason.
    pub unmet: Option<Unmet>,
    /// What the script did until then.
    pub run: Option<Box<RunRecord>>,
}
