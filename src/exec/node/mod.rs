//! Where a node's states are read from: an installed node, a blank one, one in
//! memory or a snapshot file, and the one view of it that both executors share.

mod blank;
pub(super) mod conf_states;
mod in_memory;
pub mod installed;
pub(super) mod loaded_conf;
pub mod snapshot;
mod source;
pub(super) mod storage;
mod world;

pub use blank::Blank;
pub use in_memory::Given;
pub use installed::Installed;
pub use loaded_conf::Record;
pub use snapshot::Snapshot;
pub use source::StateSource;
pub use storage::Stamp;
pub use world::World;
