//! What starts and stops the services of a node.

use serde::{Deserialize, Serialize};

use super::Platform;

/// What starts and stops the services of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ServiceManager {
    /// launchd of macOS.
    Launchd,
    /// systemd.
    Systemd,
    /// Init scripts, which `chkconfig` makes start with the machine.
    Chkconfig,
    /// Init scripts, which `update-rc.d` makes start with the machine.
    UpdateRcD,
    /// Init scripts; what makes them start with the machine is not known.
    InitScripts,
    /// s6, in a container. Which folder belongs to a service is not known.
    S6,
    /// supervisord, in a container. What it calls a service is not known.
    Supervisord,
    /// Nothing that is known: somebody starts the processes by hand, or a container does.
    None,
}

impl ServiceManager {
    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Launchd => "launchd",
            Self::Systemd => "systemd",
            Self::Chkconfig | Self::UpdateRcD | Self::InitScripts => "init scripts",
            Self::S6 => "s6",
            Self::Supervisord => "supervisord",
            Self::None => "no service manager",
        }
    }

    /// How services are started and stopped.
    pub fn control(self) -> ServiceControl {
        match self {
            Self::Launchd => ServiceControl::Launchctl,
            Self::Systemd => ServiceControl::Systemctl,
            Self::Chkconfig | Self::UpdateRcD | Self::InitScripts => ServiceControl::Scripts,
            Self::S6 | Self::Supervisord | Self::None => ServiceControl::ByHand,
        }
    }
}

/// How the services of a node are started and stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceControl {
    /// With `launchctl`.
    Launchctl,
    /// With `systemctl`.
    Systemctl,
    /// With init scripts.
    Scripts,
    /// By a person.
    ByHand,
}

/// The operating system of a node, and what starts and stops its services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// The operating system.
    pub platform: Platform,
    /// What starts and stops the services.
    pub services: ServiceManager,
}

impl From<Platform> for System {
    fn from(platform: Platform) -> Self {
        Self {
            platform,
            services: match platform {
                Platform::Macos => ServiceManager::Launchd,
                Platform::Linux => ServiceManager::Systemd,
            },
        }
    }
}
