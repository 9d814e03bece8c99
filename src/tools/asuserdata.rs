//! `asuserdata -v`: whether the product can read aspera.conf as it is. The
//! values themselves are read from the file, never from this program, which
//! prints defaults for users that do not exist.

use super::Output;
use super::output::quoted;
use crate::fault::{Fault, Result};
use crate::step::Command;

/// The command that has the vendor's own validator look at aspera.conf.
pub fn validate() -> Command {
    Command::new("asuserdata").arg("-v")
}

/// What the validator thinks. Neither its words nor its exit codes are
/// published; the words `Invalid configuration file` are what ascp 3.9.0 was
/// seen to say of a file it refuses.
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
    let fault = Fault::refused("`asuserdata -v` finds aspera.conf not valid");
    Err(match complaint.or_else(|| output.first_words()) {
        Some(words) => fault.hint(format!("it said: {}", quoted(words.trim()))),
        None => fault,
    })
}
