//! The services of the product, and their names on each platform.

use serde::Serialize;

use crate::fault::{Fault, Result};
use crate::state::{Platform, Scalar, Service, ServiceLoad, State, ValueType};

/// The status of a service, as the system reports it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    /// Whether it runs.
    pub running: bool,
    /// Its main PID, if the system reports one; a restart changes it.
    pub pid: Option<u32>,
    /// When it started, in microseconds since the machine started, if the system
    /// reports that; a restart changes it.
    pub started: Option<u64>,
    /// When its process started, in microseconds of Unix time, if that was read.
    pub unix_start: Option<u64>,
    /// Whether the system has loaded its definition.
    #[serde(skip_serializing_if = "ServiceLoad::is_loaded")]
    pub load: ServiceLoad,
}

impl ServiceStatus {
    /// Whether the service, which runs now, has restarted since its status was
    /// `before`; `None` if nothing shows it.
    pub fn is_restart_of(&self, before: &Self) -> Option<bool> {
        if !before.running || self.pid != before.pid {
            return Some(true);
        }
        if self.pid.is_some() {
            return Some(false);
        }
        let starts = self.started.zip(before.started);
        starts.map(|(now, before)| now != before)
    }
}

impl From<ServiceStatus> for State {
    fn from(status: ServiceStatus) -> Self {
        Self::Service(Service {
            running: status.running,
            current: true,
            reloadable: false,
            load: status.load,
        })
    }
}

/// The prefix of launchd's labels for the product's services.
const LABEL_PREFIX: &str = "com.aspera.";

/// The entitlement service's unit on Linux.
const ENTITLEMENT_UNIT: &str = "alee";

/// The product's services, by the names that scripts use.
pub fn service_names(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Macos => &[
            "asperacentral",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
        Platform::Linux => &[
            "asperacentral",
            "asperaejd",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
    }
}

/// How the names of services start that keep a Sync session running.
const SYNC_PREFIX: &str = "aspera-sync-";

/// The name of the service that keeps the Sync session of that name running.
pub fn sync_service_name(session: &str) -> String {
    format!("{SYNC_PREFIX}{session}")
}

/// The platform's name of a service: `com.aspera.asperahttpd` on macOS. A name
/// that is not one of [`service_names`] is used as it is, with the prefix on
/// macOS.
pub fn service_name(platform: Platform, name: &str) -> Result<String> {
    if !ValueType::ServiceName.accepts(Scalar::Text(name)) {
        return Err(Fault::refused(format!(
            "`{}` is not a name of a service",
            name.escape_debug()
        ))
        .suggest(name, service_names(platform).iter().copied()));
    }
    Ok(match platform {
        Platform::Macos if !name.contains('.') => format!("{LABEL_PREFIX}{name}"),
        Platform::Linux if name == "asperalee" => ENTITLEMENT_UNIT.to_owned(),
        Platform::Macos | Platform::Linux => name.to_owned(),
    })
}

/// The name that scripts use for a service, from its label or its unit.
pub fn short_name(platform: Platform, name: &str) -> &str {
    match platform {
        Platform::Macos => name.strip_prefix(LABEL_PREFIX).unwrap_or(name),
        Platform::Linux => match name.strip_suffix(".service").unwrap_or(name) {
            ENTITLEMENT_UNIT => "asperalee",
            unit => unit,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pid: Option<u32>, started: Option<u64>) -> ServiceStatus {
        ServiceStatus {
            running: true,
            pid,
            started,
            ..ServiceStatus::default()
        }
    }

    #[test]
    fn a_restart_shows_in_the_pid_or_else_in_the_time_of_the_start() {
        for (before, now, is_restart) in [
            (
                status(Some(7), Some(1)),
                status(Some(8), Some(2)),
                Some(true),
            ),
            (
                status(Some(7), Some(1)),
                status(Some(7), Some(1)),
                Some(false),
            ),
            (status(None, Some(1)), status(None, Some(2)), Some(true)),
            (status(None, Some(1)), status(None, Some(1)), Some(false)),
            (status(None, None), status(None, None), None),
            (status(None, None), status(None, Some(2)), None),
            (ServiceStatus::default(), status(None, None), Some(true)),
        ] {
            assert_eq!(now.is_restart_of(&before), is_restart, "{before:?} {now:?}");
        }
    }
}
