//! Tests of scripts, without the engine: the node that a test gives, what it
//! expects of a run, and how it ended. Nothing here runs a script or prints.

mod covered;
mod expect;
mod facts;
mod given;
mod unmet;

use crate::bindings::Params;
use crate::facts::Node;
use crate::fault::{Fault, Location};
use crate::journal::Journal;

pub use covered::{Covered, Spot};
pub use expect::{Expectation, Seen, expectation, fails_with};
pub use given::{Secrets, node};
pub use unmet::{Judged, Unmet};

/// What a run would do, for eyes.
pub struct Preview<'a> {
    /// The node.
    pub node: &'a Node,
    /// The script's name, without a folder.
    pub script: &'a str,
    /// The parameters it ran with.
    pub params: &'a Params,
    /// What was seen and done.
    pub journal: &'a Journal,
    /// aspera.conf, before and after, as a unified diff.
    pub conf_diff: &'a str,
    /// What stopped the script.
    pub fault: Option<&'a Fault>,
}

/// The last run of a test, kept for whoever wants to know why it failed.
pub struct Ran {
    /// The node.
    pub node: Node,
    /// The script's name.
    pub script: String,
    /// The parameters.
    pub params: Params,
    /// What was seen and done.
    pub journal: Journal,
    /// The diff of aspera.conf.
    pub conf_diff: String,
    /// What stopped the script.
    pub fault: Option<Fault>,
}

impl Ran {
    /// The same, for eyes.
    pub fn preview(&self) -> Preview<'_> {
        Preview {
            node: &self.node,
            script: &self.script,
            params: &self.params,
            journal: &self.journal,
            conf_diff: &self.conf_diff,
            fault: self.fault.as_ref(),
        }
    }
}

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
    pub ran: Option<Box<Ran>>,
}
