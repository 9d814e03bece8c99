//! A pseudo-terminal for a child that prompts for passwords: detects a prompt
//! and answers it. It does not interpret the text of a prompt.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Pts, Pty};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::child::{ChildFailure, ChildIo, set_nonblocking};
use super::pipes::{Capture, read_into};
use crate::exec::SecretValue;

/// How much of the output is kept.
const MAX_SCREEN: usize = 1 << 20;

/// How long the terminal must be quiet after a prompt with the echo on: the
/// program may be about to switch the echo off, which discards earlier input.
const ECHO_ON_PAUSE: Duration = Duration::from_millis(300);

/// The same with the echo off. Most programs discard earlier input in the call
/// that switches the echo off; this is for those that do so in a second call.
const ECHO_OFF_PAUSE: Duration = Duration::from_micros(50);

/// How soon the terminal is checked again for its echo, of which no event is
/// sent. Most programs switch it off right before or after the prompt.
const ECHO_POLL: Duration = Duration::from_micros(200);

/// How long the terminal must be quiet with the echo off, but without a prompt,
/// before that counts as a prompt.
const SILENT_PROMPT_PAUSE: Duration = Duration::from_secs(1);

/// How often the last answer is repeated: some programs ask to confirm it.
const MAX_REPEATS: usize = 4;

/// Our side of a pseudo-terminal whose other side a child has.
pub(super) struct Terminal {
    master: Pty,
    // Keeps the terminal open if the child closes and reopens it, and gives
    // access to its modes.
    slave: Option<OwnedFd>,
    screen: Capture,
    answers: Vec<Rc<SecretValue>>,
    answers_given: usize,
    // The length of the output when the last answer was given.
    answered_at: usize,
    last_change: Instant,
    echo: Echo,
    is_open: bool,
}

/// Whether the terminal shows what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    On,
    OffByChild,
    /// Switched off here, for a child that would have let a password be shown.
    OffByUs,
}

impl Terminal {
    /// Opens a pseudo-terminal, and returns the side for the child too.
    pub(super) fn open(answers: Vec<Rc<SecretValue>>) -> io::Result<(Self, Pts)> {
        let (master, pts) = pty_process::blocking::open().map_err(io::Error::other)?;
        // Some tools wrap lines at the terminal width, which parsers of lines
        // would not understand.
        master
            .resize(Size::new(50, 500))
            .map_err(io::Error::other)?;
        set_nonblocking(master.as_fd())?;
        let slave = pts.as_fd().try_clone_to_owned()?;
        let terminal = Self {
            master,
            slave: Some(slave),
            screen: Capture::new(MAX_SCREEN),
            answers,
            answers_given: 0,
            answered_at: 0,
            last_change: Instant::now(),
            echo: Echo::On,
            is_open: true,
        };
        Ok((terminal, pts))
    }

    /// The output of the child.
    pub(super) fn into_text(self) -> String {
        self.screen.into_text().replace("\r\n", "\n")
    }

    /// Checks whether the echo is on.
    fn check_echo(&mut self) {
        // Reading the modes fails if the child has ended, which the caller
        // notices.
        let modes = self.slave.as_ref().and_then(|slave| tcgetattr(slave).ok());
        let Some(modes) = modes else {
            return;
        };
        self.echo = match (modes.local_modes.contains(LocalModes::ECHO), self.echo) {
            (true, _) => Echo::On,
            (false, Echo::OffByUs) => Echo::OffByUs,
            (false, Echo::On | Echo::OffByChild) => Echo::OffByChild,
        };
    }

    /// How long the terminal must be quiet before an answer is typed; `None` if
    /// the child does not prompt.
    fn answer_pause(&self) -> Option<Duration> {
        let since = &self.screen.bytes()[self.answered_at..];
        if is_prompt(since) {
            return Some(match self.echo {
                Echo::OffByChild => ECHO_OFF_PAUSE,
                Echo::On | Echo::OffByUs => ECHO_ON_PAUSE,
            });
        }
        let is_news = self.answers_given == 0 || !since.is_empty();
        (self.echo == Echo::OffByChild && is_news).then_some(SILENT_PROMPT_PAUSE)
    }

    fn answer(&mut self) -> Result<(), ChildFailure> {
        let last = self
            .answers
            .len()
            .checked_sub(1)
            .ok_or(ChildFailure::TooManyPrompts)?;
        if self.answers_given > last + MAX_REPEATS {
            return Err(ChildFailure::TooManyPrompts);
        }
        self.last_change = Instant::now();
        if self.echo == Echo::On && self.switch_echo_off().is_err() {
            // The child has ended or is about to.
            return Ok(());
        }
        let answer = Rc::clone(&self.answers[self.answers_given.min(last)]);
        let line = SecretValue::new(format!("{}\n", answer.expose()));
        match rustix::io::write(&self.master, line.expose().as_bytes()) {
            Ok(length) if length == line.expose().len() => {
                self.answers_given += 1;
                self.answered_at = self.screen.bytes().len();
                Ok(())
            }
            Ok(_) => Err(ChildFailure::Io(io::ErrorKind::WriteZero.into())),
            Err(Errno::AGAIN | Errno::INTR | Errno::IO) => Ok(()),
            Err(cause) => Err(ChildFailure::Io(cause.into())),
        }
    }

    /// Switches the echo off, so that the answer is not printed.
    fn switch_echo_off(&mut self) -> io::Result<()> {
        let slave = self.slave.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut modes = tcgetattr(slave)?;
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        tcsetattr(slave, OptionalActions::Now, &modes)?;
        self.echo = Echo::OffByUs;
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

    fn write(&mut self, now: Instant) -> Result<(), ChildFailure> {
        self.check_echo();
        match self.answer_pause() {
            Some(pause) if now.saturating_duration_since(self.last_change) >= pause => {
                self.answer()
            }
            Some(_) | None => Ok(()),
        }
    }

    fn write_timeout(&self, now: Instant) -> Option<Duration> {
        let quiet = now.saturating_duration_since(self.last_change);
        let poll = ECHO_POLL.max(quiet / 4);
        self.answer_pause()
            .map(|pause| pause.saturating_sub(quiet).min(poll))
    }

    fn close_input(&mut self) {
        self.slave = None;
    }

    fn is_closed(&self) -> bool {
        !self.is_open
    }

    /// Nothing: output around a password prompt is not shown as progress.
    fn latest_output(&self) -> &[u8] {
        &[]
    }
}

/// Whether the last line looks like a prompt.
fn is_prompt(screen: &[u8]) -> bool {
    let start = memchr::memrchr(b'\n', screen).map_or(0, |at| at + 1);
    matches!(screen[start..].trim_ascii_end().last(), Some(b':' | b'?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_distinguished_from_other_lines() {
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
