//! The terminal of the caller, for passwords. It never reads standard input,
//! as the tools it stands for do not.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGHUP;

/// Asks on the terminal and reads a line that is not shown.
pub(super) fn ask(prompt: &str) -> io::Result<String> {
    let tty = File::options().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&tty)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    // As getpass does: what was typed before the prompt is thrown away.
    tcsetattr(&tty, OptionalActions::Flush, &hidden)?;
    let answer = (&tty)
        .write_all(prompt.as_bytes())
        .and_then(|()| line(&tty));
    tcsetattr(&tty, OptionalActions::Now, &before)?;
    (&tty).write_all(b"\n")?;
    // What these tools do once they are answered is the work of a daemon,
    // which a terminal that goes away does not stop half-way.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    answer
}

/// One line, byte by byte so that nothing of the next is taken.
fn line(mut tty: &File) -> io::Result<String> {
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
