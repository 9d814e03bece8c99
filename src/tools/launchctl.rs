//! `launchctl`: services on macOS.

use super::RunReading;
use super::service_names::{ServiceStatus, service_name};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::Command;

pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let label = service_name(Platform::Macos, name)?;
    let output = run(&Command::new("launchctl").arg("list").arg(label))?;
    match output.code {
        // A job without a process has no PID entry.
        Some(0) => Ok(Some(match output.stdout.split_once("\"PID\" =") {
            Some((_, rest)) => ServiceStatus {
                running: true,
                pid: rest
                    .split(';')
                    .next()
                    .and_then(|pid| pid.trim().parse().ok()),
            },
            None => ServiceStatus {
                running: false,
                pid: None,
            },
        })),
        Some(113) => Ok(None),
        _ if output.contains("Could not find service") => Ok(None),
        _ => Err(output.unreadable("launchctl", &format!("service/{name}"))),
    }
}

/// The commands of the OS X node guide. launchd may start the job again between
/// the two, and then the second does nothing.
pub(super) fn restart(label: &str) -> [Command; 2] {
    ["stop", "start"].map(|word| Command::new("launchctl").arg(word).arg(label.to_owned()))
}
