//! The commands that start, stop and restart a service.

use super::asuserdata::validate;
use super::service_names::{ServiceStatus, service_name, short_name};
use super::{
    RunReading, asnodeadmin, init_script, launchctl, no_command_for, processes, service_names,
    sync, systemctl,
};
use crate::fault::{Fault, Result};
use crate::state::{Platform, ServiceControl, ServiceLoad, State, System};
use crate::step::{Act, Change, Command, Piece};

/// The only service that can reload aspera.conf.
pub const RELOADED: &str = "asperanoded";

/// The service that a command stops, if the command returns before it has stopped.
pub fn stopped(command: &Command) -> Option<&str> {
    let ("launchctl", [Piece::Text(verb), Piece::Text(name)]) =
        (&*command.program, &command.args[..])
    else {
        return None;
    };
    let label = match &**verb {
        "stop" => name,
        "unload" => name.rsplit('/').next()?.strip_suffix(".plist")?,
        _ => return None,
    };
    Some(short_name(Platform::Macos, label))
}

/// Reads a service; `None` if it does not exist.
pub(super) fn read(
    system: System,
    name: &str,
    run: RunReading<'_>,
) -> Result<Option<ServiceStatus>> {
    match system.services.control() {
        ServiceControl::Launchctl => launchctl::read(name, run),
        ServiceControl::Systemctl => systemctl::read(name, run),
        ServiceControl::Scripts => init_script::read(name, run),
        ServiceControl::ByHand => processes::read(name, run),
    }
}

/// Reads whether a service starts with the machine.
pub(super) fn enabled(system: System, name: &str, run: RunReading<'_>) -> Result<bool> {
    match system.services.control() {
        ServiceControl::Launchctl => launchctl::enabled(name, run),
        ServiceControl::Systemctl => systemctl::enabled(name, run),
        ServiceControl::Scripts => init_script::enabled(name, run),
        ServiceControl::ByHand => Err(enabled_unknown(system, name)),
    }
}

/// Returns the commands that make a service start with the machine, or not.
pub(super) fn set_enabled(system: System, name: &str, enabled: bool) -> Result<Vec<Command>> {
    let full_name = service_name(system.platform, name)?;
    let verb = if enabled { "enable" } else { "disable" };
    Ok(vec![match system.services.control() {
        ServiceControl::Launchctl => launchctl::set_enabled(verb, &full_name),
        ServiceControl::Systemctl => systemctl::command(verb, full_name),
        ServiceControl::Scripts => init_script::set_enabled(system.services, full_name, enabled)?,
        ServiceControl::ByHand => return Err(enabled_unknown(system, name)),
    }])
}

fn enabled_unknown(system: System, name: &str) -> Fault {
    Fault::refused(format!(
        "whether the service `{}` starts with the machine is not known: this node has {}",
        name.escape_debug(),
        system.services.name()
    ))
    .hint("leave out `enabled`")
}

/// Returns the commands for a change of a service.
pub(super) fn commands(system: System, name: &str, change: &Change) -> Result<Vec<Command>> {
    // A service loads aspera.conf as it starts.
    if matches!(&change.after.state, State::Service(after) if after.running && !after.current) {
        return Err(no_command_for(change));
    }
    if sync::is_sync_service(name) {
        return sync::change(system, name, change);
    }
    let (State::Service(before), State::Service(after)) = (&change.before, &change.after.state)
    else {
        return Err(no_command_for(change));
    };
    if change.reloaded().is_some() {
        return reload(name);
    }
    if !after.running {
        return stop(system, name);
    }
    let verb = match (before.load, before.running) {
        (ServiceLoad::Unloaded, _) => "load",
        (_, false) => "start",
        (_, true) => "restart",
    };
    up(system, name, verb)
}

/// Whether only a person can do what changes and an act ask of a service.
pub fn is_by_hand(system: impl Into<System>, changes: &[Change], act: Option<&Act>) -> bool {
    let is_of_service =
        |change: &Change| change.reloaded().is_none() && change.subject.service().is_some();
    system.into().services.control() == ServiceControl::ByHand
        && (changes.iter().any(is_of_service) || matches!(act, Some(Act::Restart { .. })))
}

/// Returns the commands that restart a service.
pub fn restart(system: impl Into<System>, name: &str) -> Result<Vec<Command>> {
    let system = system.into();
    if sync::is_sync_service(name) {
        return sync::restart(system, name);
    }
    up(system, name, "restart")
}

/// Returns the commands that stop a service.
fn stop(system: System, name: &str) -> Result<Vec<Command>> {
    let name = service_name(system.platform, name)?;
    Ok(match system.services.control() {
        ServiceControl::Launchctl => vec![launchctl::load("unload", &name)],
        ServiceControl::Systemctl => vec![systemctl::command("stop", name)],
        ServiceControl::Scripts => vec![init_script::command("stop", name)],
        ServiceControl::ByHand => Vec::new(),
    })
}

/// Returns the commands after which a service runs anew: `load`, `start` or `restart`.
fn up(system: System, name: &str, verb: &'static str) -> Result<Vec<Command>> {
    let full_name = service_name(system.platform, name)?;
    let mut commands = validated(system.platform, name);
    match system.services.control() {
        ServiceControl::Launchctl if verb == "load" => {
            commands.push(launchctl::load(verb, &full_name));
        }
        ServiceControl::Launchctl => commands.extend(launchctl::restart(&full_name)),
        ServiceControl::Systemctl => commands.push(systemctl::command("restart", full_name)),
        ServiceControl::Scripts => commands.push(init_script::command(verb, full_name)),
        ServiceControl::ByHand => {}
    }
    Ok(commands)
}

/// Returns the commands that make a service reload aspera.conf.
pub(super) fn reload(name: &str) -> Result<Vec<Command>> {
    if name != RELOADED {
        let message = format!("`{}` cannot reload aspera.conf", name.escape_debug());
        return Err(Fault::refused(message).hint(format!("only {RELOADED} can")));
    }
    Ok(vec![validate(), asnodeadmin::reload()])
}

/// What runs before a service starts: the vendor's validator, since a service of the
/// product that cannot read aspera.conf does not start again.
fn validated(platform: Platform, name: &str) -> Vec<Command> {
    let is_own = service_names(platform).contains(&short_name(platform, name));
    is_own.then(validate).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_of_a_stop_is_recognized() {
        let command = |verb| Command::new("launchctl").args([verb, "com.aspera.x"]);
        assert_eq!(stopped(&command("stop")), Some("x"));
        assert_eq!(stopped(&command("start")), None);
        let unload = launchctl::load("unload", "com.aspera.x");
        assert_eq!(stopped(&unload), Some("x"));
    }
}
