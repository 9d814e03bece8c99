//! `asuserdata -v`: whether the product can read aspera.conf. Values are read
//! from the file instead: this program prints defaults for users that do not
//! exist.

use super::Output;
use super::output::quoted;
use crate::fault::{Fault, Result};
use crate::state::Section;
use crate::step::Command;

/// Returns the command that runs the vendor's validator on aspera.conf.
pub fn validate() -> Command {
    Command::new("asuserdata").arg("-v")
}

/// Returns the command that prints the values of a section: those of a user by its name, else
/// those of all sections.
pub(super) fn show(section: &Section) -> Command {
    let command = Command::new("asuserdata");
    if let Section::User(name) = section {
        return command.arg("-u").arg(name.to_string());
    }
    // What `-g` prints of a group is not published.
    command.arg("-a")
}

/// Interprets the output of the validator. Neither its texts nor its exit codes
/// are published; ascp 3.9.0 was observed to print `Invalid configuration file`
/// for a file that it refuses.
pub fn validated(output: &Output) -> Result<()> {
    let complaint = output
        .stderr
        .lines()
        .chain(output.stdout.lines())
        .find(|line| {
            let line = line.trim_start().to_ascii_lowercase();
            line.starts_with("error") || line.starts_with("invalid configuration file")
        });
    if output.is_success() && complaint.is_none() {
        return Ok(());
    }
    let fault = Fault::refused("`asuserdata -v` reports that aspera.conf is not valid");
    Err(match complaint.or_else(|| output.first_line()) {
        Some(line) => fault.hint(format!("its output: {}", quoted(line.trim()))),
        None => fault,
    })
}
