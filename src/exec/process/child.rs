//! A program that runs: waiting for it, and ending it with all that it
//! started. What is said to it and by it passes through [`ChildIo`].

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::progress::OFTEN;
use super::stop::Stop;

/// How long a program may wind up after it was asked to end.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// How long output may still arrive once the program itself has ended. A
/// service that it started may keep its pipes open for ever.
const DRAIN: Duration = Duration::from_millis(100);

/// How long a request to stop may go unseen, if no signal cuts the wait.
const TICK: Duration = Duration::from_millis(50);

/// The same where the system does not tell of the end of a process.
const SHORT_TICK: Duration = Duration::from_millis(5);

/// A wait that is shorter than this is looked through: the system's timers are
/// late by as much.
const BLINK: Duration = Duration::from_micros(60);

/// Our ends of what connects us to a program.
pub(super) trait ChildIo {
    /// What to wait for.
    fn poll_fds(&self) -> Vec<PollFd<'_>>;
    /// Takes what has arrived, without waiting.
    fn read(&mut self) -> io::Result<()>;
    /// Says what can be said now, without waiting.
    fn write(&mut self, now: Instant) -> Result<(), Failure>;
    /// How long to wait at most before `write` has something to say.
    fn patience(&self, now: Instant) -> Option<Duration>;
    /// The program has ended: lets go of what would keep its output open.
    fn release(&mut self);
    /// Whether nothing more can arrive.
    fn is_closed(&self) -> bool;
    /// The end of what has arrived, as far as an onlooker may know it.
    fn heard(&self) -> &[u8];
}

/// Why a program did not run to its end.
#[derive(Debug)]
pub(super) enum Failure {
    /// It could not be started.
    Unstarted(io::Error),
    /// It took longer than this.
    TimedOut(Duration),
    /// Somebody asked for a stop.
    Stopped,
    /// It asked again and again, or with nothing left to answer.
    Insistent,
    /// The connection to it broke.
    Broken(io::Error),
}

impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        Self::Broken(cause)
    }
}

/// A program that leads a process group, until it is reaped.
pub(super) struct Running {
    child: Child,
    pid: Pid,
    exit: Option<OwnedFd>,
    is_reaped: bool,
}

impl Running {
    pub(super) fn new(child: Child) -> Self {
        let pid = Pid::from_child(&child);
        Self {
            child,
            pid,
            exit: exit_fd(pid),
            is_reaped: false,
        }
    }

    /// The program as the standard library knows it.
    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Talks to the program until it ends. It is reaped whatever happens.
    pub(super) fn attend(
        mut self,
        ends: &mut impl ChildIo,
        limit: Duration,
        stop: &Stop,
        tell: &mut dyn FnMut(&[u8]),
    ) -> Result<ExitStatus, Failure> {
        match self.converse(ends, limit, stop, tell) {
            Ok(()) => Ok(self.reap()?),
            Err(failure) => {
                self.end(ends);
                Err(failure)
            }
        }
    }

    fn converse(
        &self,
        ends: &mut impl ChildIo,
        limit: Duration,
        stop: &Stop,
        tell: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let mut told = started;
        loop {
            let now = Instant::now();
            if now - told >= OFTEN {
                told = now;
                tell(ends.heard());
            }
            ends.write(now)?;
            if stop.is_requested() {
                return Err(Failure::Stopped);
            }
            let left = limit.saturating_sub(now - started);
            if left.is_zero() {
                return Err(Failure::TimedOut(limit));
            }
            let patience = ends.patience(now).unwrap_or(left);
            self.wait(ends, left.min(patience), true)?;
            ends.read()?;
            if self.has_ended()? {
                ends.release();
                return Ok(self.drain(ends)?);
            }
        }
    }

    /// Waits until something arrives, the program ends, or time is up.
    fn wait(&self, ends: &impl ChildIo, most: Duration, is_alive: bool) -> io::Result<()> {
        let mut fds = ends.poll_fds();
        let exit = self.exit.as_ref().filter(|_| is_alive);
        fds.extend(exit.map(|fd| PollFd::new(fd, PollFlags::IN)));
        let tick = if is_alive && exit.is_none() {
            SHORT_TICK
        } else {
            TICK
        };
        let most = if most < BLINK {
            std::thread::yield_now();
            Duration::ZERO
        } else {
            most.min(tick)
        };
        let most = Timespec::try_from(most).map_err(io::Error::other)?;
        match rustix::event::poll(&mut fds, Some(&most)) {
            Ok(_) => {
                // macOS cannot wait for some terminals; then time must do.
                if fds.iter().any(|fd| fd.revents().contains(PollFlags::NVAL)) {
                    std::thread::sleep(SHORT_TICK);
                }
                Ok(())
            }
            // A signal may be the request to stop: back to who looks at it.
            Err(Errno::INTR) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }

    fn drain(&self, ends: &mut impl ChildIo) -> io::Result<()> {
        let until = Instant::now() + DRAIN;
        ends.read()?;
        while !ends.is_closed() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.wait(ends, left, false)?;
            ends.read()?;
        }
        Ok(())
    }

    /// Ends the program and what it started: politely, then not.
    fn end(&mut self, ends: &mut impl ChildIo) {
        self.signal(Signal::TERM);
        // One that is stopped would never hear the first.
        self.signal(Signal::CONT);
        let until = Instant::now() + GRACE;
        loop {
            let has_ended = self.has_ended().unwrap_or(true);
            if has_ended {
                ends.release();
            }
            // While an output is open, something of the group may still be
            // winding up.
            let left = until.saturating_duration_since(Instant::now());
            if (has_ended && ends.is_closed()) || left.is_zero() {
                break;
            }
            if self
                .wait(ends, left, !has_ended)
                .and_then(|()| ends.read())
                .is_err()
            {
                break;
            }
        }
        self.signal(Signal::KILL);
        // A killed process ends by itself; there is nobody to tell if not.
        let _ = self.reap();
    }

    /// Whether the program has ended. It stays unreaped, which keeps its
    /// number, and that of its group, from being given to another.
    fn has_ended(&self) -> io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let found =
            rustix::io::retry_on_intr(|| rustix::process::waitid(WaitId::Pid(self.pid), look))?;
        Ok(found.is_some())
    }

    fn signal(&self, signal: Signal) {
        // The group may be gone by now, which is as good.
        let _ = rustix::process::kill_process_group(self.pid, signal);
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.is_reaped = true;
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_reaped {
            self.signal(Signal::KILL);
            let _ = self.reap();
        }
    }
}

/// A descriptor that can be read once the process has ended.
#[cfg(target_os = "linux")]
fn exit_fd(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn exit_fd(_: Pid) -> Option<OwnedFd> {
    None
}

/// Makes reads and writes return instead of waiting.
pub(super) fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(fd)?;
    Ok(rustix::fs::fcntl_setfl(
        fd,
        flags | rustix::fs::OFlags::NONBLOCK,
    )?)
}
