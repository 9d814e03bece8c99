//! The only module with side effects: two executors over one view of a node,
//! the sources it is read from, the spawning of programs, the bytes of secrets,
//! and the lock between live runs.

mod authorized_keys;
mod dry_run;
mod file_watch;
mod folder;
mod input;
mod invoking_user;
mod live;
mod lock;
mod node;
mod node_api;
mod process;
mod processes;
mod secrets;
mod source_file;
mod user_folder;

use crate::fault::{Fault, Result};
use crate::step::{Advisory, Step};

pub use authorized_keys::AuthorizedKeys;
pub use dry_run::DryRun;
pub use file_watch::FileWatch;
pub use folder::{FileOwner, Folder, MachineFile, check_input, replace_file};
pub use input::{InputKind, is_stdin, packed_for};
pub use live::{ConfWatch, EDIT_LOST, Live, LiveOptions};
pub use lock::Lock;
pub use node::{
    BlankNode, FileStamp, InMemoryNode, InstalledNode, LoadedConf, Snapshot, StateSource, World,
    conf_path, installed, snapshot,
};
pub use node_api::{ApiAddress, ApiPlace, CertificateOperator, NodeApiClient, NodeApiSite, Pin};
pub use process::{
    FlagGuard, Limits, Programs, ProgressCallback, Spawner, StopFlag, harden_process, page,
};
pub use processes::{Process, processes};
pub use secrets::{
    BackupReader, FakeSecrets, FileContents, GivenFiles, KeptReader, PromptCallback, SecretBytes,
    SecretValue, Vault,
};
pub use user_folder::user_folder;

/// Performs steps, as a dry run or on a node.
pub trait Executor {
    /// Performs one step, the `number`th of its run.
    fn execute(&mut self, number: usize, step: &Step) -> std::result::Result<(), StepFault>;
    /// Checks what the steps left, once all are performed.
    fn end(&mut self) -> Result<()> {
        Ok(())
    }
    /// The node with the changes of all steps so far.
    fn world(&self) -> &World;
    /// The same, to read it.
    fn world_mut(&mut self) -> &mut World;
    /// The same, without the executor.
    fn into_world(self: Box<Self>) -> World;
}

/// Why a step was not completed.
#[derive(Debug)]
pub struct StepFault {
    /// The fault.
    pub fault: Fault,
    /// Whether the step was started, so that a part of it may be done.
    pub is_started: bool,
}

impl From<Fault> for StepFault {
    /// The fault of a step of which nothing was done.
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            is_started: false,
        }
    }
}

impl StepFault {
    /// The fault of a step that was started.
    fn started(fault: Fault) -> Self {
        Self {
            fault,
            is_started: true,
        }
    }
}

/// Asks the person who started a live run, and records each step as it is performed.
pub trait Operator {
    /// Called before a step is performed, which does not happen if this fails.
    fn starts(&mut self, number: usize, step: &Step) -> Result<()>;
    /// Called after each step, also one with nothing to perform. `fault` is why a step that was
    /// started was not completed.
    fn ended(&mut self, number: usize, step: &Step, fault: Option<&Fault>) -> Result<()>;
    /// Called with what a live run noticed and no preview could say.
    fn noted(&mut self, note: &Advisory) -> Result<()>;
    /// Keeps the content of a file that a step replaces or removes, by its digest.
    fn keep(&mut self, digest: &str, content: &[u8]) -> Result<()>;
    /// Called again and again while a service stops or starts, with what the run waits for.
    fn waits(&mut self, what: &str);
    /// Asks whether a manual step is done.
    fn confirm_manual(&mut self, number: usize, step: &Step) -> Result<bool>;
}
