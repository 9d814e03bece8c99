//! The operating systems of nodes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The operating system of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Platform {
    /// macOS: launchd, Directory Services, `/Library/Aspera`.
    Macos,
    /// Linux: systemd, passwd, `/opt/aspera`.
    Linux,
}

impl Platform {
    /// Its name on the command line and in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Macos => "macos",
            Self::Linux => "linux",
        }
    }

    /// Parses a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "macos" => Some(Self::Macos),
            "linux" => Some(Self::Linux),
            _ => None,
        }
    }

    /// The folder in which the vendor's installer puts the product.
    pub fn installation(self) -> &'static str {
        match self {
            Self::Macos => "/Library/Aspera",
            Self::Linux => "/opt/aspera",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
