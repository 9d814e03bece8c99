//! The knobs of a lab: choices between invented behaviors.

use std::fs;
use std::io;

use super::lab_folder::{LabFolder, invalid_input};

pub(super) const KNOBS_FILE: &str = "var/lab/knobs";

/// One choice.
#[derive(Clone, Copy, Debug)]
pub struct Knob {
    /// Its name in `NAME=VALUE`.
    pub name: &'static str,
    /// The accepted values; the first is the default.
    pub values: &'static [&'static str],
    /// The behavior that it selects.
    pub meaning: &'static str,
}

/// Every knob.
pub const KNOBS: [Knob; 8] = [
    Knob {
        name: "listing",
        values: &["3.9", "seed", "4.x"],
        meaning: "the layout of `asnodeadmin -l`",
    },
    Knob {
        name: "password_prompts",
        values: &["1", "2"],
        meaning: "how often asnodeadmin prompts for a password",
    },
    Knob {
        name: "password_policy",
        values: &["off", "4.4"],
        meaning: "whether asnodeadmin requires strong passwords",
    },
    Knob {
        name: "keepalive",
        values: &["no", "yes"],
        meaning: "whether launchd restarts a stopped service",
    },
    Knob {
        name: "stop",
        values: &["fast", "slow"],
        meaning: "whether a service survives `launchctl stop` for a while, as with transfers running",
    },
    Knob {
        name: "units",
        values: &["native", "init-script", "container"],
        meaning: "whether systemd shows the PID of a service, only when it started, or neither",
    },
    Knob {
        name: "distribution",
        values: &["red-hat", "debian"],
        meaning: "whether the administrators of a new Linux lab are in the group wheel or sudo, and it has chkconfig or update-rc.d",
    },
    Knob {
        name: "uid",
        values: &["0", "501", "1000"],
        meaning: "what `id -u` prints",
    },
];

/// The value of a knob, or its default.
pub(super) fn value(folder: &LabFolder, name: &str) -> String {
    let text = fs::read_to_string(folder.path(KNOBS_FILE)).unwrap_or_default();
    let set = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    set.unwrap_or_else(|| {
        let knob = KNOBS.iter().find(|knob| knob.name == name);
        knob.map_or_else(String::new, |knob| knob.values[0].to_owned())
    })
}

/// Refuses `NAME=VALUE` rows with an unknown name or value.
pub(super) fn check<S: AsRef<str>>(rows: &[S]) -> io::Result<()> {
    for row in rows.iter().map(AsRef::as_ref) {
        let (name, value) = row.split_once('=').unwrap_or((row, ""));
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else {
            let names = KNOBS.map(|knob| knob.name).join(", ");
            return Err(invalid_input(format!(
                "unknown knob `{name}`; use one of {names}"
            )));
        };
        if !knob.values.contains(&value) {
            let values = knob.values.join(", ");
            return Err(invalid_input(format!(
                "knob `{name}` has no value `{value}`; use one of {values}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_and_values_are_refused() {
        assert!(check(&["listing=4.x"]).is_ok());
        assert!(check(&["listing=5"]).is_err());
        assert!(check(&["colour=red"]).is_err());
    }
}
