//! The only hands: two executors over one view of the node, what starts
//! programs, what turns the names of secrets into bytes, and what keeps two
//! live runs apart. Knows neither bindings nor Rhai, and nothing of a step but
//! its moves, its commands and its kind.

mod blank;
mod child;
mod diverged;
mod document;
mod dry_run;
mod given;
pub mod installed;
mod live;
mod lock;
mod pager;
mod pipes;
mod process;
mod programs;
mod progress;
mod records;
mod scrub;
pub mod snapshot;
mod source;
mod stop;
mod storage;
mod terminal;
mod vault;
mod world;

use crate::fault::Result;
use crate::step::Step;

pub use blank::Blank;
pub use dry_run::DryRun;
pub use given::Given;
pub use installed::Installed;
pub use live::{Live, Site};
pub use lock::Lock;
pub use pager::page;
pub use process::{Limits, Spawner};
pub use programs::Programs;
pub use progress::Watch;
pub use records::Record;
pub use snapshot::Snapshot;
pub use source::StateSource;
pub use stop::Stop;
pub use storage::Stamp;
pub use vault::{Exposed, Invented, Keeper, Prompt, Vault};
pub use world::World;

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
