//! The commands that start, stop and restart a service.

use super::asuserdata::validate;
use super::service_names::{service_name, short_name};
use super::{RunReading, asnodeadmin, launchctl, no_command_for, service_names, systemctl};
use crate::fault::{Fault, Result};
use crate::state::{Platform, ServiceLoad, State};
use crate::step::{Change, Command, Piece};

/// The only service that can reload aspera.conf.
pub const RELOADED: &str = "asperanoded";

/// The service that a command stops, if the command returns before it has stopped.
pub fn stopped(command: &Command) -> Option<&str> {
    match (&*command.program, &command.args[..]) {
        ("launchctl", [Piece::Text(verb), Piece::Text(name)]) if verb == "stop" => {
            Some(short_name(Platform::Macos, name))
        }
        _ => None,
    }
}

/// Reads whether a service starts with the machine.
pub(super) fn enabled(platform: Platform, name: &str, run: RunReading<'_>) -> Result<bool> {
    match platform {
        Platform::Macos => launchctl::enabled(name, run),
        Platform::Linux => systemctl::enabled(name, run),
    }
}

/// Returns the commands that make a service start with the machine, or not.
pub(super) fn set_enabled(platform: Platform, name: &str, enabled: bool) -> Result<Vec<Command>> {
    let name = service_name(platform, name)?;
    let verb = if enabled { "enable" } else { "disable" };
    Ok(vec![match platform {
        Platform::Macos => launchctl::set_enabled(verb, &name),
        Platform::Linux => systemctl::command(verb, name),
    }])
}

/// Returns the commands for a change of a service.
pub(super) fn commands(platform: Platform, name: &str, change: &Change) -> Result<Vec<Command>> {
    let (State::Service(before), State::Service(after)) = (&change.before, &change.after.state)
    else {
        return Err(no_command_for(change));
    };
    if change.reloaded().is_some() {
        return reload(name);
    }
    let full_name = service_name(platform, name)?;
    Ok(match platform {
        Platform::Macos if !after.running => vec![launchctl::load("unload", &full_name)],
        Platform::Linux if !after.running => vec![systemctl::command("stop", full_name)],
        Platform::Macos if before.load == ServiceLoad::Unloaded => {
            let mut commands = validated(platform, name);
            commands.push(launchctl::load("load", &full_name));
            commands
        }
        Platform::Macos | Platform::Linux => restart(platform, name)?,
    })
}

/// Returns the commands that restart a service.
pub fn restart(platform: Platform, name: &str) -> Result<Vec<Command>> {
    let full_name = service_name(platform, name)?;
    let mut commands = validated(platform, name);
    match platform {
        Platform::Macos => commands.extend(launchctl::restart(&full_name)),
        Platform::Linux => commands.push(systemctl::command("restart", full_name)),
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
    }
}
