//! Which node a state belongs to, and where its states are read from.

use serde::{Deserialize, Serialize};

use super::Platform;

/// Which node it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Node {
    /// Its own name.
    pub name: String,
    /// Its operating system.
    pub platform: Platform,
    /// What its facts were read from.
    pub source: NodeSource,
}

/// What a node's facts are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum NodeSource {
    /// The product as installed on this machine.
    Installation,
    /// A folder that holds one: a lab, or a mounted installation.
    Folder,
    /// A file with the facts of a node.
    Snapshot,
    /// A freshly installed node that exists nowhere.
    Blank,
}
