//! The commands that restart a service.

use super::asuserdata::validate;
use super::service_names::{service_name, short_name};
use super::{launchctl, systemctl};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::{Command, Piece};

/// The service that a command stops, if the command returns before it has stopped.
pub fn stopped(command: &Command) -> Option<&str> {
    match (&*command.program, &command.args[..]) {
        ("launchctl", [Piece::Text(verb), Piece::Text(name)]) if verb == "stop" => {
            Some(short_name(Platform::Macos, name))
        }
        _ => None,
    }
}

/// Returns the commands that restart a service. The vendor's validator runs
/// first, since a service that cannot read aspera.conf does not start again.
pub fn restart(platform: Platform, name: &str) -> Result<Vec<Command>> {
    let name = service_name(platform, name)?;
    let mut commands = vec![validate()];
    match platform {
        Platform::Macos => commands.extend(launchctl::restart(&name)),
        Platform::Linux => commands.extend(systemctl::restart(&name)),
    }
    Ok(commands)
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
