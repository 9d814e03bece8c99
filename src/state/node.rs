//! Which node a state belongs to, and where its states are read from.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Platform, Scalar, ServiceManager, System, ValueType};

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Node {
    /// Its host name.
    #[serde(deserialize_with = "read_node_name")]
    pub name: String,
    /// Its operating system.
    pub platform: Platform,
    /// Where its states are read from.
    pub source: NodeSource,
    /// What starts and stops its services, if not what its platform usually has: systemd
    /// or launchd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<ServiceManager>,
}

impl Node {
    /// Its operating system, and what starts and stops its services.
    pub fn system(&self) -> System {
        let usual = System::from(self.platform);
        System {
            services: self.services.unwrap_or(usual.services),
            ..usual
        }
    }
}

/// Reads the name of a node from a document: one line.
pub fn read_node_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if ValueType::Line.accepts(Scalar::Text(&name)) {
        return Ok(name);
    }
    let name = name.escape_debug();
    Err(D::Error::custom(format!(
        "`{name}` is not the name of a node"
    )))
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
