//! `systemctl`: services on Linux.

use super::RunReading;
use super::output::{quoted, unknown_format};
use super::service_names::{ServiceStatus, service_name};
use crate::fault::{Fault, Result};
use crate::state::{Platform, ServiceLoad};
use crate::step::Command;

const PROPERTIES: [&str; 4] = [
    "LoadState",
    "ActiveState",
    "MainPID",
    "ActiveEnterTimestampMonotonic",
];

pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let unit = service_name(Platform::Linux, name)?;
    let properties = PROPERTIES.into_iter();
    let properties = properties.flat_map(|property| ["-p", property]);
    let output = run(&Command::new("systemctl")
        .arg("show")
        .args(properties)
        .arg(unit))?;
    let subject = format!("service/{name}");
    if !output.is_success() {
        return Err(output.unreadable("systemctl", &subject));
    }
    let property = |key: &str| {
        let mut lines = output
            .stdout
            .lines()
            .filter_map(|line| line.split_once('='));
        lines
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.trim())
    };
    // `show` returns 0 for a unit that does not exist too.
    match (property("LoadState"), property("ActiveState")) {
        (Some("not-found"), _) => Ok(None),
        (Some(load), Some(state)) => Ok(Some(ServiceStatus {
            running: matches!(state, "active" | "reloading"),
            // `MainPID=0` means that the unit has no main process, as those of init
            // scripts.
            pid: property("MainPID")
                .and_then(|pid| pid.parse().ok())
                .filter(|pid| *pid != 0),
            // 0 means that it was never active.
            started: property("ActiveEnterTimestampMonotonic")
                .and_then(|time| time.parse().ok())
                .filter(|time| *time != 0),
            unix_start: None,
            load: match load {
                "masked" => ServiceLoad::Masked,
                _ => ServiceLoad::Loaded,
            },
        })),
        _ => Err(unknown_format(
            "systemctl",
            &subject,
            output.first_line().unwrap_or_default(),
        )),
    }
}

/// Whether a unit starts with the machine. `is-enabled` answers for init scripts too.
pub(super) fn enabled(name: &str, run: RunReading<'_>) -> Result<bool> {
    let unit = service_name(Platform::Linux, name)?;
    let output = run(&Command::new("systemctl").arg("is-enabled").arg(unit))?;
    match output.stdout.trim() {
        "enabled" => Ok(true),
        "disabled" | "not-found" => Ok(false),
        // The words of older versions.
        "" if output.contains("Failed to get unit file state")
            && output.contains("No such file or directory") =>
        {
            Ok(false)
        }
        "" => Err(output.unreadable("systemctl", &format!("enabled_service/{name}"))),
        state => Err(Fault::refused(format!(
            "systemd says `{}` of the service `{name}`, which is neither enabled nor disabled",
            quoted(state)
        ))
        .hint("leave out `enabled`, or change the unit by hand")),
    }
}

/// A command with one verb: `start`, `stop`, `restart`, `enable`, `disable`.
pub(super) fn command(verb: &'static str, unit: String) -> Command {
    Command::new("systemctl").arg(verb).arg(unit)
}
