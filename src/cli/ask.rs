//! Asks the person at the terminal.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::os::fd::AsFd;

use fs_err::{File, OpenOptions};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::exec::StopFlag;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::report;

use super::output;

/// Whether standard input is a terminal.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a yes-or-no question; the default is no, and so is the end of input. Ctrl-C
/// is a fault.
pub(super) fn confirm(question: &str, stop: &StopFlag) -> Result<bool> {
    output::say_question(&output::wrapped(&format!("{question} [y/N]")));
    let mut answer = String::new();
    let read = await_input(std::io::stdin(), stop).and_then(|()| {
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.map_err(|error| unreadable(&error))
    });
    if !answer.ends_with('\n') {
        let _ = writeln!(std::io::stderr());
    }
    read?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Waits for a line, or for Ctrl-C.
fn await_input(input: impl AsFd, stop: &StopFlag) -> Result<()> {
    let pause = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    loop {
        stop.check()?;
        let mut inputs = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut inputs, Some(&pause)) {
            // A signal ends the wait before the pause is over.
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(unreadable(&error.into())),
        }
    }
}

fn unreadable(error: &std::io::Error) -> Fault {
    Fault::usage(format!("cannot read the answer: {}", reason(error)))
}

/// Asks for a secret at the terminal, without echoing it. Ctrl-C is a fault.
pub(super) fn secret(label: &str, stop: &StopFlag) -> Result<String> {
    output::clear();
    let unreadable = |error: &std::io::Error| {
        let message = format!("cannot ask for `{label}`: {}", reason(error));
        Fault::new(FaultKind::Secret, message)
            .hint("without a terminal, use an env: or file: secret")
    };
    let mut terminal = HiddenInput::open().map_err(|error| unreadable(&error))?;
    let asked = write!(terminal.0, "{}: ", report::line(label));
    asked.map_err(|error| unreadable(&error))?;
    let typed = await_input(&terminal.0, stop).and_then(|()| {
        let mut line = String::new();
        let read = BufReader::new(&terminal.0).read_line(&mut line);
        read.map(|_| line).map_err(|error| unreadable(&error))
    });
    // The line break was not echoed either.
    let _ = writeln!(terminal.0);
    Ok(typed?.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal of the process, which shows nothing of what is typed.
struct HiddenInput(File, Termios);

impl HiddenInput {
    fn open() -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        let terminal = options.read(true).write(true).open("/dev/tty")?;
        let former = tcgetattr(&terminal)?;
        let mut hidden = former.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Now, &hidden)?;
        Ok(Self(terminal, former))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        // There is no one to report a failure to.
        let _ = tcsetattr(&self.0, OptionalActions::Now, &self.1);
    }
}
