//! What can be read of a Sync session on this machine.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Scalar, ValueType};

/// Where a session keeps its snapshot, as `asyncadmin` finds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncFolder {
    /// `local_dir//images`: in the folder that is synchronized.
    Local(String),
    /// `local_db_dir//db`: in a folder of its own.
    Database(String),
}

/// What `asyncadmin` reports of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SyncStatus {
    /// What it printed, by its own keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, SyncValue>,
    /// Why there are none, in its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A value that `asyncadmin` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SyncValue {
    /// Behind its key.
    Text(String),
    /// In the lines below its key.
    List(Vec<String>),
}

impl SyncFolder {
    const LOCAL: &str = "local_dir";
    const DATABASE: &str = "local_db_dir";

    /// The folder, by which of the two it is and its path.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, path) = text.split_once('/')?;
        if !ValueType::Path.accepts(Scalar::Text(path)) {
            return None;
        }
        match kind {
            Self::LOCAL => Some(Self::Local(path.to_owned())),
            Self::DATABASE => Some(Self::Database(path.to_owned())),
            _ => None,
        }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        let (Self::Local(path) | Self::Database(path)) = self;
        path
    }
}

impl fmt::Display for SyncFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Local(_) => Self::LOCAL,
            Self::Database(_) => Self::DATABASE,
        };
        write!(f, "{kind}/{}", self.path())
    }
}
