//! `service`, `chkconfig` and `update-rc.d`: services that init scripts start.

use super::output::quoted;
use super::processes;
use super::service_names::{ServiceStatus, service_name};
use super::{Output, RunReading};
use crate::fault::{Fault, Result};
use crate::state::{Platform, ServiceManager};
use crate::step::Command;

/// The folders with the links to init scripts that start with the machine, in the
/// run levels with services.
const RUN_LEVELS: [&str; 4] = ["/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d"];

/// Reads a service: the exit code of the init script says whether it runs (Linux Standard
/// Base, init scripts), its process what a restart changes.
pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<ServiceStatus>> {
    let script = service_name(Platform::Linux, name)?;
    let output = run(&Command::new("service").arg(script).arg("status"))?;
    match output.code {
        _ if output.contains("unrecognized service") => Ok(None),
        Some(0) => Ok(Some(ServiceStatus {
            running: true,
            ..processes::read(name, run)?.unwrap_or_default()
        })),
        // A dead process whose PID file or lock is left, or none.
        Some(1..=3) => Ok(Some(ServiceStatus::default())),
        _ => Err(output.unreadable("service", &format!("service/{name}"))),
    }
}

/// A command with one verb: `start`, `stop`, `restart`.
pub(super) fn command(verb: &'static str, script: String) -> Command {
    Command::new("service").arg(script).arg(verb)
}

/// Whether a service starts with the machine: whether a link in a run level starts it.
pub(super) fn enabled(name: &str, run: RunReading<'_>) -> Result<bool> {
    let script = service_name(Platform::Linux, name)?;
    let output = run(&links(&script))?;
    if !output.is_success() {
        return Err(unreadable(&output, name));
    }
    Ok(!output.stdout.trim().is_empty())
}

/// A command that lists the links that start an init script.
fn links(script: &str) -> Command {
    let pattern = format!("S[0-9][0-9]{script}");
    Command::new("find")
        .args(RUN_LEVELS)
        .arg("-name")
        .arg(pattern)
}

/// Whether it is such a command.
pub(super) fn is_links(args: &[&str]) -> bool {
    let [folders @ .., name, pattern] = args else {
        return false;
    };
    folders == RUN_LEVELS && *name == "-name" && pattern.starts_with("S[0-9][0-9]")
}

fn unreadable(output: &Output, name: &str) -> Fault {
    output.unreadable("find", &format!("enabled_service/{name}"))
}

/// A command that makes a service start with the machine, or not.
pub(super) fn set_enabled(
    manager: ServiceManager,
    script: String,
    enabled: bool,
) -> Result<Command> {
    let (program, on, off) = if manager == ServiceManager::Chkconfig {
        ("chkconfig", "on", "off")
    } else if manager == ServiceManager::UpdateRcD {
        ("update-rc.d", "enable", "disable")
    } else {
        let message = format!(
            "this node has neither chkconfig nor update-rc.d to make `{}` start with the machine, or not",
            quoted(&script)
        );
        return Err(Fault::refused(message)
            .hint("leave out `enabled`, or change the links in /etc/rc*.d by hand"));
    };
    let verb = if enabled { on } else { off };
    Ok(Command::new(program).arg(script).arg(verb))
}
