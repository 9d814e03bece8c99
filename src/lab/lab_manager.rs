//! What starts and stops the services of a lab.

use std::fs;
use std::io;

use super::lab_folder::{LabFolder, LabPlatform, invalid_input};

/// The file with its name.
const FILE: &str = "var/lab/service_manager";

/// What starts and stops the services of a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabManager {
    Launchd,
    Systemd,
    Init,
    /// The processes are started by hand.
    None,
}

impl LabManager {
    /// Parses a name; an empty one is what the platform usually has.
    pub(super) fn parse(name: &str, platform: LabPlatform) -> io::Result<Self> {
        match (name.trim(), platform) {
            ("" | "launchd", LabPlatform::Macos) => Ok(Self::Launchd),
            ("" | "systemd", LabPlatform::Linux) => Ok(Self::Systemd),
            ("init", LabPlatform::Linux) => Ok(Self::Init),
            ("none", LabPlatform::Linux) => Ok(Self::None),
            (other, LabPlatform::Linux) => Err(invalid_input(format!(
                "unknown service manager `{other}`; use systemd, init or none"
            ))),
            (other, LabPlatform::Macos) => Err(invalid_input(format!(
                "a macOS lab has no service manager `{other}`, only launchd"
            ))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Launchd => "launchd",
            Self::Systemd => "systemd",
            Self::Init => "init",
            Self::None => "none",
        }
    }

    /// That of a lab.
    pub(super) fn of(folder: &LabFolder) -> io::Result<Self> {
        let name = fs::read_to_string(folder.path(FILE)).unwrap_or_default();
        Self::parse(&name, folder.platform()?)
    }

    pub(super) fn save(self, folder: &LabFolder) -> io::Result<()> {
        folder.write(FILE, self.name().as_bytes())
    }
}
