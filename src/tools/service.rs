//! The commands that restart a service.

use super::asuserdata::validate;
use super::service_names::{service_name, short_name};
use super::{launchctl, systemctl};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::{Command, Piece};

/// The service that a command restarts, by the name that scripts use.
pub fn restarted(command: &Command) -> Option<&str> {
    let [Piece::Text(verb), Piece::Text(name)] = &command.args[..] else {
        return None;
    };
    match (&*command.program, &**verb) {
        ("launchctl", "start") => Some(short_name(Platform::Macos, name)),
        ("systemctl", "restart") => Some(short_name(Platform::Linux, name)),
        _ => None,
    }
}

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
    use crate::tools::service_names;

    #[test]
    fn the_service_of_a_restart_is_recognized() {
        for platform in [Platform::Macos, Platform::Linux] {
            for name in service_names(platform) {
                let commands = restart(platform, name).unwrap();
                let names: Vec<_> = commands.iter().filter_map(restarted).collect();
                assert_eq!(names, [*name]);
            }
        }
        let stop = Command::new("launchctl").args(["stop", "com.aspera.x"]);
        assert_eq!(restarted(&stop), None);
        assert_eq!(stopped(&stop), Some("x"));
    }
}
