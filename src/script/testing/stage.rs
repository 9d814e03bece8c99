//! What tests need of the outside.

use std::path::Path;
use std::rc::Rc;

use crate::exec::{Snapshot, World};
use crate::fault::Result;
use crate::run::RunRecord;
use crate::session::Session;
use crate::trial::Verdict;

use super::super::ceilings::Ceilings;
use super::super::engine::Surroundings;

/// Callbacks of tests.
pub struct Stage {
    /// Opens a session of dry runs on a node.
    pub open: Box<dyn Fn(World) -> Session>,
    /// Reads a snapshot by its name, from a test's folder.
    pub snapshot: Box<Load>,
    /// Compares a preview with the saved one of that name, in a test's folder.
    pub golden: Box<Compare>,
    /// Whether the tests were interrupted.
    pub is_stopped: Box<dyn Fn() -> bool>,
    /// The limits that are measured while a test or the script runs.
    pub ceilings: Ceilings,
}

/// Reads the snapshot of that name in a folder.
pub type Load = dyn Fn(&Path, &str) -> Result<Snapshot>;

/// Compares a preview with the saved one of that name in a folder.
pub type Compare = dyn Fn(&Path, &str, &RunRecord) -> Result<Verdict>;

impl Stage {
    /// The surroundings of a script that a test runs.
    pub(super) fn surroundings(stage: &Rc<Self>, print: Box<dyn Fn(&str)>) -> Surroundings {
        let ceilings = stage.ceilings.clone();
        let stage = Rc::clone(stage);
        Surroundings {
            print,
            is_stopped: Box::new(move || (stage.is_stopped)()),
            ceilings,
        }
    }
}
