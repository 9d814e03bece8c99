//! Runs a pager. Unlike a node's tools it is found along `PATH`, and has the
//! environment and the terminal of the person.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use signal_hook::consts::SIGINT;

/// Options of `less` unless the person has set some: quit if the text fits on
/// one screen, keep colors, do not clear the screen.
const LESS: (&str, &str) = ("LESS", "FRX");

/// Runs `command_line`, a program and its arguments, with `text` as its standard
/// input until it ends. Fails only if it cannot be spawned.
pub fn page(command_line: &str, text: &str) -> io::Result<()> {
    let mut words = command_line.split_whitespace();
    let program = words.next().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os(LESS.0).is_none() {
        command.env(LESS.0, LESS.1);
    }
    let mut child = command.spawn()?;
    // The pager handles an interrupt itself; this process waits until it has
    // restored the terminal.
    let _ = signal_hook::flag::register(SIGINT, Arc::default());
    if let Some(mut input) = child.stdin.take() {
        // It fails if the pager is closed before the end of the text.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_may_quit_before_the_end() {
        let long = "line\n".repeat(100_000);
        page("true", &long).unwrap();
        page("head -c0", &long).unwrap();
    }

    #[test]
    fn a_pager_that_cannot_be_spawned_is_an_error() {
        assert!(page("./no-such-pager", "x").is_err());
        assert!(page(" ", "x").is_err());
    }
}
