//! `launchctl`: services on macOS.

use super::RunReading;
use super::output::unknown_format;
use super::service_names::{ServiceStatus, service_name};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::Command;

/// `print system/LABEL` reads the same for everyone. `list LABEL` does not: without
/// root it looks in the caller's own domain and finds no system service.
pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let label = service_name(Platform::Macos, name)?;
    let output = run(&Command::new("launchctl")
        .arg("print")
        .arg(format!("system/{label}")))?;
    let subject = format!("service/{name}");
    if output.code == Some(113) || output.contains("Could not find service") {
        return Ok(None);
    }
    if !output.is_success() {
        return Err(output.unreadable("launchctl", &subject));
    }
    // Nested blocks may have lines with the same keys, further below.
    let value = |key: &str| {
        let mut lines = output.stdout.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
    };
    let Some(state) = value("state") else {
        let line = output.first_line().unwrap_or_default();
        return Err(unknown_format("launchctl", &subject, line));
    };
    let running = state == "running";
    let pid = value("pid").filter(|_| running);
    Ok(Some(ServiceStatus {
        running,
        pid: pid.and_then(|pid| pid.parse().ok()),
        ..ServiceStatus::default()
    }))
}

/// The commands of the OS X node guide. launchd may start the job again between
/// the two, and then the second does nothing.
pub(super) fn restart(label: &str) -> [Command; 2] {
    ["stop", "start"].map(|word| Command::new("launchctl").arg(word).arg(label.to_owned()))
}
