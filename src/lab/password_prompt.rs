//! Prompts for passwords on the caller's terminal. Like the emulated tools it never
//! reads standard input.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGHUP;

/// Prints the prompt and reads a line without echo.
pub(super) fn prompt(text: &str) -> io::Result<String> {
    let tty = File::options().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&tty)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    // Like getpass: input that was typed before the prompt is dropped.
    tcsetattr(&tty, OptionalActions::Flush, &hidden)?;
    let answer = (&tty)
        .write_all(text.as_bytes())
        .and_then(|()| read_line(&tty));
    tcsetattr(&tty, OptionalActions::Now, &before)?;
    (&tty).write_all(b"\n")?;
    // In the real tools a daemon does the work, which a closed terminal does
    // not stop.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    answer
}

/// Reads one line byte by byte, so that the next line stays unread.
fn read_line(mut tty: &File) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    loop {
        tty.read_exact(&mut byte)?;
        if byte[0] == b'\n' {
            break;
        }
        bytes.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
