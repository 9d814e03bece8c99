//! What can be true of a node: the closed set of subjects, and for each the
//! typed state that a reading gives and that a step can ask for. Nothing here
//! reads a node or changes one.

mod access_key;
mod account_property;
mod account_states;
mod describe;
mod digest;
mod fast_map;
mod file_states;
mod filter_rule;
mod line_state;
mod node;
mod platform;
mod public_key;
mod secret;
mod secret_text;
mod section;
mod service_manager;
mod states;
mod subject;
mod sync_states;
mod user_service;
mod value_type;
mod wanted;

pub use access_key::AccessKey;
pub use account_property::AccountProperty;
pub use account_states::*;
pub use describe::{Parts, describe_json};
pub use digest::sha256;
pub(crate) use fast_map::{FastIndexMap, FastIndexSet, FastMap};
pub use file_states::*;
pub use filter_rule::FilterRule;
pub use line_state::*;
pub use node::{Node, NodeSource, read_node_name};
pub use platform::Platform;
pub use public_key::PublicKey;
pub use secret::{PUBLISHED, Secret};
pub use secret_text::{Piece, SecretText};
pub use section::{NameField, Section, SectionInfo, SectionKind};
pub use service_manager::{ServiceControl, ServiceManager, System};
pub use states::*;
pub use subject::Subject;
pub use sync_states::{SyncFolder, SyncStatus, SyncValue};
pub use user_service::UserService;
pub use value_type::{FRACTION, Scalar, ValueType, rate_hint};
pub use wanted::{Credentials, WantedState};
