//! Tests of scripts, without the engine: the node that a test gives, what it
//! expects of a run, and how it ended. Nothing here runs a script or prints.

mod covered;
mod expect;
mod facts;
mod given;
mod unmet;

use crate::fault::{Fault, Location};
use crate::run::RunRecord;

pub use covered::{Covered, Spot};
pub use expect::{Expectation, Seen, expectation, fails_with};
pub use given::{Secrets, node};
pub use unmet::{Judged, Unmet};

/// One test, as it ended.
pub struct Trial {
    /// The name of its function.
    pub name: String,
    /// Where the function starts.
    pub at: Location,
    /// Why it failed; nothing where it passed.
    pub failure: Option<Failure>,
    /// What it printed.
    pub printed: Vec<String>,
}

/// Why a test failed.
pub struct Failure {
    /// What went wrong, and where.
    pub fault: Fault,
    /// What the expectation wanted, and what there was; nothing where the test
    /// stopped for another reason.
    pub unmet: Option<Unmet>,
    /// What the script had done until then.
    pub run: Option<Box<RunRecord>>,
}
