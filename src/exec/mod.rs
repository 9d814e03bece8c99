//! The only hands: two executors over one view of the node, what starts
//! programs, what turns the names of secrets into bytes, and what keeps two
//! live runs apart. Knows neither bindings nor Rhai, and nothing of a step but
//! its moves, its commands and its kind.

mod dry_run;
mod live;
mod lock;
mod node;
mod process;
mod secrets;

use crate::fault::Result;
use crate::step::Step;

pub use dry_run::DryRun;
pub use live::{Live, Site};
pub use lock::Lock;
pub use node::{
    Blank, Given, Installed, Record, Snapshot, Stamp, StateSource, World, installed, snapshot,
};
pub use process::{Limits, Programs, Spawner, Stop, Watch, page};
pub use secrets::{Exposed, Invented, Keeper, Prompt, Vault};

/// What carries out steps, in thought or on a node.
pub trait Executor {
    /// Carries out one step, the `number`th of its run.
    fn execute(&mut self, number: usize, step: &Step) -> Result<()>;
    /// The node as it is seen.
    fn world(&self) -> &World;
    /// The node, to be asked.
    fn world_mut(&mut self) -> &mut World;
    /// The node as it was seen.
    fn into_world(self: Box<Self>) -> World;
}

/// The person at a live run, as far as an executor deals with them.
pub struct Operator {
    /// Is told that a step starts.
    pub starts: Box<StepWatcher>,
    /// Says whether a step for a person is done.
    pub is_done: Box<Asked>,
}

/// Takes the number of a step and the step.
pub type StepWatcher = dyn FnMut(usize, &Step);

/// Takes the number of a step and the step, and answers.
pub type Asked = dyn FnMut(usize, &Step) -> Result<bool>;
