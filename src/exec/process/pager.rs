//! Hands a text to the program in which a person pages through it. Unlike a
//! node's tools, it is the person's own: their `PATH`, their environment,
//! their terminal. Whether to page is for others to say.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use signal_hook::consts::SIGINT;

/// What `less` does if nobody told it otherwise: end at once where all fits
/// on the screen, keep colours, leave the text there.
const LESS: (&str, &str) = ("LESS", "FRX");

/// Runs `words`, a program and its arguments, with `text` on its standard
/// input until it ends. Fails only where it cannot be started.
pub fn page(words: &str, text: &str) -> io::Result<()> {
    let mut words = words.split_whitespace();
    let program = words.next().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os(LESS.0).is_none() {
        command.env(LESS.0, LESS.1);
    }
    let mut child = command.spawn()?;
    // An interrupt is for the pager, which takes it as a wish of its own: we
    // stay until it has given the terminal back.
    let _ = signal_hook::flag::register(SIGINT, Arc::default());
    if let Some(mut input) = child.stdin.take() {
        // Whoever has seen enough closes the pipe.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_has_seen_enough_is_no_trouble() {
        let long = "line\n".repeat(100_000);
        page("true", &long).unwrap();
        page("head -c0", &long).unwrap();
    }

    #[test]
    fn what_cannot_be_started_is_told() {
        assert!(page("./no-such-pager", "x").is_err());
        assert!(page(" ", "x").is_err());
    }
}
