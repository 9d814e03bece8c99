//! A terminal of its own for a program that asks for passwords there: sees
//! when it asks, and answers. It does not know what is asked.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Pts, Pty};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::child::{ChildIo, Failure, set_nonblocking};
use super::pipes::{Capture, read_into};
use crate::exec::Exposed;

/// How much of what appears on the terminal is kept.
const SCREEN: usize = 1 << 20;

/// How long a program that does not switch the echo off is left with its
/// prompt: it may be about to, and throw away what was typed before.
const PAUSE: Duration = Duration::from_millis(300);

/// The same for one that has. It throws away what was typed before in the
/// call that switches the echo off, so this is for the odd one that does so
/// in a second call.
const SETTLING: Duration = Duration::from_micros(50);

/// How soon is looked whether the echo is off by now, which no event tells.
/// Most programs switch it off right before or after the prompt.
const LOOK: Duration = Duration::from_micros(200);

/// How long a program with the echo off is silent before that counts as a
/// question.
const SILENCE: Duration = Duration::from_secs(1);

/// How often the last answer is given again: to a request to confirm it.
const REPEATS: usize = 4;

/// Our side of a terminal whose other side a program has.
pub(super) struct Terminal {
    master: Pty,
    // Held so that the terminal outlives a program that closes it and opens
    // it again; and to see its modes.
    slave: Option<OwnedFd>,
    screen: Capture,
    answers: Vec<Rc<Exposed>>,
    given: usize,
    // How much was on the screen when the last answer was given.
    answered_at: usize,
    last_change: Instant,
    echo: Echo,
    is_open: bool,
}

/// Who has switched off that the terminal shows what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Nobody,
    Program,
    /// We, for a program that would have let a password be shown.
    Ourselves,
}

impl Terminal {
    /// A new terminal, and the side of it that a program is to have.
    pub(super) fn open(answers: Vec<Rc<Exposed>>) -> io::Result<(Self, Pts)> {
        let (master, pts) = pty_process::blocking::open().map_err(io::Error::other)?;
        // Tools wrap what they print at the width, and parsers read lines.
        master
            .resize(Size::new(50, 500))
            .map_err(io::Error::other)?;
        set_nonblocking(master.as_fd())?;
        let slave = pts.as_fd().try_clone_to_owned()?;
        let terminal = Self {
            master,
            slave: Some(slave),
            screen: Capture::new(SCREEN),
            answers,
            given: 0,
            answered_at: 0,
            last_change: Instant::now(),
            echo: Echo::Nobody,
            is_open: true,
        };
        Ok((terminal, pts))
    }

    /// What appeared on the terminal.
    pub(super) fn into_text(self) -> String {
        self.screen.into_text().replace("\r\n", "\n")
    }

    /// Sees who has the echo off now.
    fn look(&mut self) {
        // The modes are gone when the program is, which others will notice.
        let modes = self.slave.as_ref().and_then(|slave| tcgetattr(slave).ok());
        let Some(modes) = modes else {
            return;
        };
        self.echo = match (modes.local_modes.contains(LocalModes::ECHO), self.echo) {
            (true, _) => Echo::Nobody,
            (false, Echo::Ourselves) => Echo::Ourselves,
            (false, Echo::Nobody | Echo::Program) => Echo::Program,
        };
    }

    /// How long the terminal must have been quiet for the program to be
    /// taken to ask; nothing if it does not.
    fn pause(&self) -> Option<Duration> {
        let since = &self.screen.bytes()[self.answered_at..];
        if is_prompt(since) {
            return Some(match self.echo {
                Echo::Program => SETTLING,
                Echo::Nobody | Echo::Ourselves => PAUSE,
            });
        }
        let is_news = self.given == 0 || !since.is_empty();
        (self.echo == Echo::Program && is_news).then_some(SILENCE)
    }

    fn answer(&mut self) -> Result<(), Failure> {
        let last = self
            .answers
            .len()
            .checked_sub(1)
            .ok_or(Failure::Insistent)?;
        if self.given > last + REPEATS {
            return Err(Failure::Insistent);
        }
        self.last_change = Instant::now();
        if self.echo == Echo::Nobody && self.hide().is_err() {
            // The program is gone, or about to be: nobody is there to hear.
            return Ok(());
        }
        let answer = Rc::clone(&self.answers[self.given.min(last)]);
        let line = Exposed::new(format!("{}\n", answer.expose()));
        match rustix::io::write(&self.master, line.expose().as_bytes()) {
            Ok(length) if length == line.expose().len() => {
                self.given += 1;
                self.answered_at = self.screen.bytes().len();
                Ok(())
            }
            Ok(_) => Err(Failure::Broken(io::ErrorKind::WriteZero.into())),
            Err(Errno::AGAIN | Errno::INTR | Errno::IO) => Ok(()),
            Err(cause) => Err(Failure::Broken(cause.into())),
        }
    }

    /// Switches the echo off: what is typed must not be printed.
    fn hide(&mut self) -> io::Result<()> {
        let slave = self.slave.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut modes = tcgetattr(slave)?;
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        tcsetattr(slave, OptionalActions::Now, &modes)?;
        self.echo = Echo::Ourselves;
        Ok(())
    }
}

impl ChildIo for Terminal {
    fn poll_fds(&self) -> Vec<PollFd<'_>> {
        let open = self
            .is_open
            .then(|| PollFd::new(&self.master, PollFlags::IN));
        open.into_iter().collect()
    }

    fn read(&mut self) -> io::Result<()> {
        if self.is_open {
            let before = self.screen.bytes().len();
            self.is_open = read_into(self.master.as_fd(), &mut self.screen)?;
            if self.screen.bytes().len() > before {
                self.last_change = Instant::now();
            }
        }
        Ok(())
    }

    fn write(&mut self, now: Instant) -> Result<(), Failure> {
        self.look();
        match self.pause() {
            Some(pause) if now.saturating_duration_since(self.last_change) >= pause => {
                self.answer()
            }
            Some(_) | None => Ok(()),
        }
    }

    fn patience(&self, now: Instant) -> Option<Duration> {
        let quiet = now.saturating_duration_since(self.last_change);
        let look = LOOK.max(quiet / 4);
        self.pause()
            .map(|pause| pause.saturating_sub(quiet).min(look))
    }

    fn release(&mut self) {
        self.slave = None;
    }

    fn is_closed(&self) -> bool {
        !self.is_open
    }

    /// Where passwords are asked for, nobody looks on.
    fn heard(&self) -> &[u8] {
        &[]
    }
}

/// Whether the last line is one that waits for an answer.
fn is_prompt(screen: &[u8]) -> bool {
    let start = memchr::memrchr(b'\n', screen).map_or(0, |at| at + 1);
    matches!(screen[start..].trim_ascii_end().last(), Some(b':' | b'?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_told_from_lines() {
        for prompt in [
            "Password:",
            "New password: ",
            "a\r\nVerify?",
            "Go on (y/n)? ",
        ] {
            assert!(is_prompt(prompt.as_bytes()), "{prompt}");
        }
        for line in ["", "Password:\r\n", "done", "Users: 3", "a:\n  "] {
            assert!(!is_prompt(line.as_bytes()), "{line}");
        }
    }
}
