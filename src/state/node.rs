//! Which node a state belongs to, and where its states are read from.

use serde::{Deserialize, Serialize};

use super::Platform;

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Node {
    /// Its host name.
    pub name: String,
    /// Its operating system.
    pub platform: Platform,
    /// Where its states are read from.
    pub source: NodeSource,
}

/// Where a node's states are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum NodeSource {
    /// The product as installed on this machine.
    Installation,
    /// A folder that holds one: a lab, or a mounted installation.
    Folder,
    /// A snapshot file.
    Snapshot,
    /// A freshly installed node that does not exist.
    Blank,
}
