//! The commands that start, stop and restart the service of a Sync session. The system reads its
//! definition again each time: the step, or one that was cut off, may have written it.

use super::service::sync_definition;
use crate::fault::{Fault, Result};
use crate::state::{Platform, ServiceControl, ServiceLoad, State, System};
use crate::step::{Change, Command};
use crate::tools::service_names::service_name;
use crate::tools::{launchctl, systemctl};

/// Returns the commands for a change of the service.
pub(in crate::tools) fn change(
    system: System,
    name: &str,
    change: &Change,
) -> Result<Vec<Command>> {
    check_manager(system)?;
    let is_loaded =
        matches!(&change.before, State::Service(now) if now.load == ServiceLoad::Loaded);
    let runs = matches!(&change.after.state, State::Service(after) if after.running);
    match (system.platform, runs) {
        (_, true) if is_loaded => restart(system, name),
        (Platform::Linux, true) => restart(system, name),
        (Platform::Macos, true) => Ok(vec![launchctl::load("load", &label(name)?)]),
        (Platform::Macos, false) if !is_loaded => Ok(Vec::new()),
        (Platform::Macos, false) => Ok(vec![launchctl::load("unload", &label(name)?)]),
        (Platform::Linux, false) => Ok(vec![systemctl::command("stop", unit(name)?)]),
    }
}

/// Returns the commands that restart it.
pub(in crate::tools) fn restart(system: System, name: &str) -> Result<Vec<Command>> {
    check_manager(system)?;
    Ok(match system.platform {
        Platform::Linux => vec![reload_units(), systemctl::command("restart", unit(name)?)],
        Platform::Macos => {
            let label = label(name)?;
            ["unload", "load"]
                .map(|verb| launchctl::load(verb, &label))
                .into()
        }
    })
}

/// Refuses a node without systemd or launchd.
pub fn check_manager(system: System) -> Result<()> {
    match system.services.control() {
        ServiceControl::Launchctl | ServiceControl::Systemctl => Ok(()),
        ServiceControl::Scripts | ServiceControl::ByHand => Err(Fault::refused(format!(
            "this node has {}, which cannot keep a Sync session running",
            system.services.name()
        ))
        .hint("run `async` with `-C` under what starts the other processes of the node")),
    }
}

/// Returns the command that follows the removal of a file: systemd forgets the unit.
pub(in crate::tools) fn after_removal(platform: Platform, path: &str) -> Option<Command> {
    let name = path.rsplit_once('/')?.1.strip_suffix(".service")?;
    let is_unit = platform == Platform::Linux
        && super::service::is_sync_service(name)
        && sync_definition(platform, name).is_ok_and(|unit| unit == path);
    is_unit.then(reload_units)
}

fn reload_units() -> Command {
    Command::new("systemctl").arg("daemon-reload")
}

fn label(name: &str) -> Result<String> {
    service_name(Platform::Macos, name)
}

fn unit(name: &str) -> Result<String> {
    service_name(Platform::Linux, name)
}
