//! `systemctl`: services on Linux. It does not enable or disable them.

use super::output::unintelligible;
use super::{Managed, Run, service_name};
use crate::fault::Result;
use crate::state::Platform;
use crate::step::Command;

pub(super) fn read(name: &str, run: Run<'_>) -> Result<Option<Managed>> {
    let unit = service_name(Platform::Linux, name)?;
    let asked = ["LoadState", "ActiveState", "MainPID"].into_iter();
    let asked = asked.flat_map(|property| ["-p", property]);
    let output = run(&Command::new("systemctl").arg("show").args(asked).arg(unit))?;
    let subject = format!("service/{name}");
    if !output.is_success() {
        return Err(output.unreadable("systemctl", &subject));
    }
    let property = |key: &str| {
        let mut lines = output
            .stdout
            .lines()
            .filter_map(|line| line.split_once('='));
        lines
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.trim())
    };
    // `show` ends with 0 for a unit that does not exist.
    match (property("LoadState"), property("ActiveState")) {
        (Some("not-found"), _) => Ok(None),
        (Some(_), Some(state)) => Ok(Some(Managed {
            running: matches!(state, "active" | "reloading"),
            // 0 where there is none, or the unit does not say which it is.
            pid: property("MainPID")
                .and_then(|pid| pid.parse().ok())
                .filter(|pid| *pid != 0),
        })),
        _ => Err(unintelligible(
            "systemctl",
            &subject,
            output.first_words().unwrap_or_default(),
        )),
    }
}

pub(super) fn restart(unit: &str) -> [Command; 1] {
    [Command::new("systemctl")
        .arg("restart")
        .arg(unit.to_owned())]
}
