//! A child process: waits for it, and ends it with its whole process group. Its
//! input and output go through a [`ChildIo`].

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::progress::PROGRESS_INTERVAL;
use super::stop::StopFlag;

/// How long a program may take to end after SIGTERM, before SIGKILL.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// How long output is still read after the program has ended. A service that it
/// started may keep the pipes open.
const DRAIN: Duration = Duration::from_millis(100);

/// The longest wait between two looks at the stop flag, if no signal interrupts
/// the wait.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The same where no descriptor reports the end of a process.
const SHORT_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Our ends of the pipes or the terminal of a child.
pub(super) trait ChildIo {
    /// The descriptors to wait for.
    fn poll_fds(&self) -> Vec<PollFd<'_>>;
    /// Reads what has arrived, without blocking.
    fn read(&mut self) -> io::Result<()>;
    /// Writes what can be written now, without blocking.
    fn write(&mut self, now: Instant) -> Result<(), ChildFailure>;
    /// After how long `write` must be called again, if nothing arrives.
    fn write_timeout(&self, now: Instant) -> Option<Duration>;
    /// The child has ended: closes what would keep its output open.
    fn close_input(&mut self);
    /// Whether nothing more can arrive.
    fn is_closed(&self) -> bool;
    /// The end of the output so far, for a progress display.
    fn latest_output(&self) -> &[u8];
}

/// Why a child did not run to its end.
#[derive(Debug)]
pub(super) enum ChildFailure {
    /// It could not be spawned.
    Spawn(io::Error),
    /// It took longer than this.
    TimedOut(Duration),
    /// A stop was requested.
    Stopped,
    /// It prompted again and again, or where no prompt was expected.
    TooManyPrompts,
    /// Its pipes or its terminal failed.
    Io(io::Error),
}

impl From<io::Error> for ChildFailure {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// A child that leads a process group, until it is reaped.
pub(super) struct RunningChild {
    child: Child,
    pid: Pid,
    exit_fd: Option<OwnedFd>,
    is_reaped: bool,
}

impl RunningChild {
    pub(super) fn new(child: Child) -> Self {
        let pid = Pid::from_child(&child);
        Self {
            child,
            pid,
            exit_fd: exit_fd(pid),
            is_reaped: false,
        }
    }

    /// Its PID, which is also that of its process group.
    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// The child as the standard library has it.
    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Reads and writes until the child ends. It is reaped in any case.
    pub(super) fn wait(
        mut self,
        io: &mut impl ChildIo,
        limit: Duration,
        stop: &StopFlag,
        on_progress: &mut dyn FnMut(&[u8]),
    ) -> Result<ExitStatus, ChildFailure> {
        match self.communicate(io, limit, stop, on_progress) {
            Ok(()) => Ok(self.reap()?),
            Err(failure) => {
                self.end(io);
                Err(failure)
            }
        }
    }

    fn communicate(
        &self,
        io: &mut impl ChildIo,
        limit: Duration,
        stop: &StopFlag,
        on_progress: &mut dyn FnMut(&[u8]),
    ) -> Result<(), ChildFailure> {
        let started = Instant::now();
        let mut reported = started;
        loop {
            let now = Instant::now();
            if now - reported >= PROGRESS_INTERVAL {
                reported = now;
                on_progress(io.latest_output());
            }
            io.write(now)?;
            if stop.is_requested() {
                return Err(ChildFailure::Stopped);
            }
            let left = limit.saturating_sub(now - started);
            if left.is_zero() {
                return Err(ChildFailure::TimedOut(limit));
            }
            let timeout = io.write_timeout(now).unwrap_or(left);
            self.poll(io, left.min(timeout), true)?;
            io.read()?;
            if self.has_ended()? {
                io.close_input();
                return Ok(self.drain(io)?);
            }
        }
    }

    /// Waits until output arrives, the child ends, or the time is up.
    fn poll(&self, io: &impl ChildIo, timeout: Duration, is_alive: bool) -> io::Result<()> {
        let mut fds = io.poll_fds();
        let exit_fd = self.exit_fd.as_ref().filter(|_| is_alive);
        fds.extend(exit_fd.map(|fd| PollFd::new(fd, PollFlags::IN)));
        let interval = if is_alive && exit_fd.is_none() {
            SHORT_POLL_INTERVAL
        } else {
            POLL_INTERVAL
        };
        let timeout = Timespec::try_from(timeout.min(interval)).map_err(io::Error::other)?;
        match rustix::event::poll(&mut fds, Some(&timeout)) {
            Ok(_) => {
                // macOS cannot poll some terminals: wait a fixed time instead.
                if fds.iter().any(|fd| fd.revents().contains(PollFlags::NVAL)) {
                    std::thread::sleep(SHORT_POLL_INTERVAL);
                }
                Ok(())
            }
            // The signal may have set the stop flag: the caller checks it.
            Err(Errno::INTR) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }

    fn drain(&self, io: &mut impl ChildIo) -> io::Result<()> {
        let until = Instant::now() + DRAIN;
        io.read()?;
        while !io.is_closed() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.poll(io, left, false)?;
            io.read()?;
        }
        Ok(())
    }

    /// Ends the process group: with SIGTERM, then with SIGKILL.
    fn end(&mut self, io: &mut impl ChildIo) {
        self.signal(Signal::TERM);
        // A stopped process handles SIGTERM only once it continues.
        self.signal(Signal::CONT);
        let until = Instant::now() + GRACE;
        loop {
            let has_ended = self.has_ended().unwrap_or(true);
            if has_ended {
                io.close_input();
            }
            // While the output is open, a process of the group may still run.
            let left = until.saturating_duration_since(Instant::now());
            if (has_ended && io.is_closed()) || left.is_zero() {
                break;
            }
            if self
                .poll(io, left, !has_ended)
                .and_then(|()| io.read())
                .is_err()
            {
                break;
            }
        }
        self.signal(Signal::KILL);
        // The failure that led here is reported, not this one.
        let _ = self.reap();
    }

    /// Whether the child has ended. It is not reaped here, so that its PID and
    /// its group's cannot be reused.
    fn has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status =
            rustix::io::retry_on_intr(|| rustix::process::waitid(WaitId::Pid(self.pid), options))?;
        Ok(status.is_some())
    }

    fn signal(&self, signal: Signal) {
        // It fails if the group has ended, which is what we want.
        let _ = rustix::process::kill_process_group(self.pid, signal);
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.is_reaped = true;
        self.child.wait()
    }
}

impl Drop for RunningChild {
    fn drop(&mut self) {
        if !self.is_reaped {
            self.signal(Signal::KILL);
            let _ = self.reap();
        }
    }
}

/// A descriptor that becomes readable when the process ends.
#[cfg(target_os = "linux")]
fn exit_fd(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn exit_fd(_: Pid) -> Option<OwnedFd> {
    None
}

/// Makes reads and writes return instead of blocking.
pub(super) fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(fd)?;
    Ok(rustix::fs::fcntl_setfl(
        fd,
        flags | rustix::fs::OFlags::NONBLOCK,
    )?)
}
