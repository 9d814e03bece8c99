//! Saved runs: load and verify them, apply a plan exactly, reverse a live run.
//! Nothing here runs a script.

mod apply;
mod drift;
mod expected;
mod file;
mod file_diffs;
mod former;
mod irreversible;
mod journal;
mod later_runs;
mod receipts;
mod reverse;
mod review;
mod shown;

pub use apply::{
    apply, changes_its_premises, check, check_commands, check_node, rehearse, still_holds,
};
pub use drift::{DriftedSubject, Found, drift};
pub use expected::{ExpectedState, ExpectedStates, LeavingRun};
pub use file::{load, render, restore};
pub use file_diffs::check_file_diffs;
pub use irreversible::{UndoneRun, left_out};
pub use journal::{Journal, complete};
pub use later_runs::LaterRun;
pub use receipts::{Receipt, Runs};
pub use reverse::reverse;
pub use review::{ChangeGroup, FleetReview, REVIEW_FORMATS};
pub use shown::check_conf_diff;
