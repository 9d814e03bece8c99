//! `launchctl`: services on macOS.

use super::RunReading;
use super::output::unknown_format;
use super::service_names::{ServiceStatus, service_name};
use crate::fault::Result;
use crate::state::{Platform, ServiceLoad};
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
        return unloaded(&label, run);
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

/// The file of a service that launchd has not loaded shows that the node has it.
fn unloaded(label: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let file = run(&Command::new("stat").args(["-f", "%HT"]).arg(file(label)))?;
    Ok(file.is_success().then(|| ServiceStatus {
        load: ServiceLoad::Unloaded,
        ..ServiceStatus::default()
    }))
}

/// Where the definition of a system service is.
pub(super) fn file(label: &str) -> String {
    format!("/Library/LaunchDaemons/{label}.plist")
}

/// Whether launchd loads a service when the machine starts. It lists only those for
/// which somebody said so, `true` or `disabled` for one that it does not load.
pub(super) fn enabled(name: &str, run: RunReading<'_>) -> Result<bool> {
    let label = service_name(Platform::Macos, name)?;
    let output = run(&Command::new("launchctl").args(["print-disabled", "system"]))?;
    if !output.is_success() {
        return Err(output.unreadable("launchctl", &format!("enabled_service/{name}")));
    }
    let listed = output.stdout.lines().find_map(|line| {
        let (listed, state) = line.split_once("=>")?;
        (listed.trim().trim_matches('"') == label).then(|| state.trim())
    });
    match listed {
        None | Some("false" | "enabled") => Ok(true),
        Some("true" | "disabled") => Ok(false),
        Some(other) => Err(unknown_format(
            "launchctl",
            &format!("enabled_service/{name}"),
            other,
        )),
    }
}

/// The commands of the OS X node guide. launchd may start the job again between
/// the two, and then the second does nothing.
pub(super) fn restart(label: &str) -> [Command; 2] {
    ["stop", "start"].map(|word| Command::new("launchctl").arg(word).arg(label.to_owned()))
}

/// A command that loads a service, which starts it, or unloads it, which stops it for
/// good: launchd starts one again that only stops.
pub(super) fn load(verb: &'static str, label: &str) -> Command {
    Command::new("launchctl").arg(verb).arg(file(label))
}

/// A command that says whether launchd loads a service when the machine starts.
pub(super) fn set_enabled(verb: &'static str, label: &str) -> Command {
    Command::new("launchctl")
        .arg(verb)
        .arg(format!("system/{label}"))
}
