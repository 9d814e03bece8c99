//! The services of the product, what each platform calls them, and how one is
//! restarted. It does not say which change asks for which restart.

use serde::Serialize;

use super::asuserdata::validate;
use super::{launchctl, systemctl};
use crate::fault::{Fault, Result};
use crate::state::Platform;
use crate::step::{Command, Piece};

/// What the system says of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Managed {
    /// Whether it runs.
    pub running: bool,
    /// Its main PID, if the system reports one; a restart changes it.
    pub pid: Option<u32>,
}

/// What launchd puts before the names of the product's services.
const LABEL: &str = "com.aspera.";

/// The entitlement service as Linux calls it.
const LEE: &str = "alee";

/// The product's services, by the names scripts use.
pub fn service_names(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Macos => &[
            "asperacentral",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
        Platform::Linux => &[
            "asperacentral",
            "asperaejd",
            "asperahttpd",
            "asperalee",
            "asperanoded",
            "asperaredisd",
            "asperarund",
        ],
    }
}

/// What the platform calls a service: `com.aspera.asperahttpd` on macOS. A
/// name that is not one of [`service_names`] is taken as it is, but for the
/// label's prefix.
pub fn service_name(platform: Platform, name: &str) -> Result<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_word) {
        return Err(
            Fault::refused(format!("`{}` is no name of a service", name.escape_debug()))
                .suggest(name, service_names(platform).iter().copied()),
        );
    }
    Ok(match platform {
        Platform::Macos if !name.contains('.') => format!("{LABEL}{name}"),
        Platform::Linux if name == "asperalee" => LEE.to_owned(),
        Platform::Macos | Platform::Linux => name.to_owned(),
    })
}

/// The service that a command starts anew, by the name that scripts use.
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

/// The name that scripts use of a service, where it is called as the platform
/// calls it: by its label or its unit.
pub fn short_name(platform: Platform, name: &str) -> &str {
    match platform {
        Platform::Macos => name.strip_prefix(LABEL).unwrap_or(name),
        Platform::Linux => match name.strip_suffix(".service").unwrap_or(name) {
            LEE => "asperalee",
            unit => unit,
        },
    }
}

/// The commands that restart a service. The vendor's validator goes first: a
/// service that cannot read aspera.conf does not come back.
pub fn restart(platform: Platform, name: &str) -> Result<Vec<Command>> {
    let name = service_name(platform, name)?;
    let mut made = vec![validate()];
    match platform {
        Platform::Macos => made.extend(launchctl::restart(&name)),
        Platform::Linux => made.extend(systemctl::restart(&name)),
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_restart_restarts_is_told() {
        for platform in [Platform::Macos, Platform::Linux] {
            for name in service_names(platform) {
                let commands = restart(platform, name).unwrap();
                let told: Vec<_> = commands.iter().filter_map(restarted).collect();
                assert_eq!(told, [*name]);
            }
        }
        assert_eq!(
            restarted(&Command::new("launchctl").args(["stop", "x"])),
            None
        );
    }
}
