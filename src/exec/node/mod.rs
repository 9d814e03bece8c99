//! Where a node's states are read from: an installed node, a blank one, one in
//! memory or a snapshot file, and the one view of it that both executors share.

mod actual_conf;
mod base;
mod blank;
pub(super) mod conf_states;
mod in_memory;
pub mod installed;
mod loaded_conf;
mod manager;
mod overlay;
pub mod snapshot;
mod source;
pub(super) mod storage;
mod world;

pub use blank::BlankNode;
pub use in_memory::InMemoryNode;
pub use installed::InstalledNode;
pub use loaded_conf::LoadedConf;
pub use snapshot::Snapshot;
pub use source::StateSource;
pub use storage::{FileStamp, conf_path};
pub use world::World;
