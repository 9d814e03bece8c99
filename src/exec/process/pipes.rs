//! The pipes of a program: what it is told on standard input, and what it
//! prints. Nothing here waits.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::child::{ChildIo, Failure, set_nonblocking};
use super::progress::REACH;

/// How much of a program's answers is kept: the longest list of users.
const OUTPUT: usize = 16 << 20;

/// How much of its complaints is kept.
const COMPLAINTS: usize = 1 << 20;

/// How often a program that prints without end is read before the clock is
/// looked at again.
const TURNS: usize = 64;

/// What was printed, up to a limit.
pub(super) struct Capture {
    bytes: Vec<u8>,
    limit: usize,
    is_cut: bool,
    // What came behind the limit, of late.
    latest: Vec<u8>,
}

impl Capture {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            is_cut: false,
            latest: Vec::new(),
        }
    }

    /// The end of what was printed.
    fn end(&self) -> &[u8] {
        if self.latest.is_empty() {
            &self.bytes
        } else {
            &self.latest
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = self.limit - self.bytes.len();
        let (kept, beyond) = bytes.split_at(bytes.len().min(room));
        self.bytes.extend_from_slice(kept);
        if beyond.is_empty() {
            return;
        }
        self.is_cut = true;
        if self.latest.len() > 4 * REACH {
            self.latest.drain(..2 * REACH);
        }
        self.latest.extend_from_slice(beyond);
    }

    /// The text. Where it was cut, that is its last line: a list that ends
    /// early must not pass for a whole one.
    pub(super) fn into_text(mut self) -> String {
        if self.is_cut {
            // The last line may hold half a secret, which nothing would
            // recognise.
            let whole = memchr::memrchr(b'\n', &self.bytes).map_or(0, |at| at + 1);
            self.bytes.truncate(whole);
            self.bytes
                .extend_from_slice(b"[the rest of the output was not kept]\n");
        }
        match String::from_utf8(self.bytes) {
            Ok(text) => text,
            Err(broken) => String::from_utf8_lossy(broken.as_bytes()).into_owned(),
        }
    }
}

/// Reads what is there; whether more may come.
pub(super) fn read_into(fd: BorrowedFd<'_>, capture: &mut Capture) -> io::Result<bool> {
    let mut buffer = [0; 8192];
    for _ in 0..TURNS {
        match rustix::io::read(fd, &mut buffer) {
            // A terminal whose program is gone gives an error on Linux and
            // nothing elsewhere.
            Ok(0) | Err(Errno::IO) => return Ok(false),
            Ok(length) => capture.take(&buffer[..length]),
            Err(Errno::AGAIN) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    Ok(true)
}

/// A program's output, and the pipe it comes through while that is open.
struct PipeReader {
    pipe: Option<OwnedFd>,
    capture: Capture,
}

impl PipeReader {
    fn new(pipe: Option<OwnedFd>, limit: usize) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            set_nonblocking(pipe.as_fd())?;
        }
        Ok(Self {
            pipe,
            capture: Capture::new(limit),
        })
    }

    fn read(&mut self) -> io::Result<()> {
        if let Some(pipe) = &self.pipe
            && !read_into(pipe.as_fd(), &mut self.capture)?
        {
            self.pipe = None;
        }
        Ok(())
    }
}

/// The three pipes.
pub(super) struct Pipes<'a> {
    input: Option<OwnedFd>,
    unsaid: &'a [u8],
    output: PipeReader,
    complaints: PipeReader,
}

impl<'a> Pipes<'a> {
    /// The pipes of `child`, to which `input` is to be said.
    pub(super) fn new(child: &mut Child, input: &'a [u8]) -> io::Result<Self> {
        let stdin = child.stdin.take().map(OwnedFd::from);
        if let Some(pipe) = &stdin {
            set_nonblocking(pipe.as_fd())?;
        }
        Ok(Self {
            input: stdin,
            unsaid: input,
            output: PipeReader::new(child.stdout.take().map(OwnedFd::from), OUTPUT)?,
            complaints: PipeReader::new(child.stderr.take().map(OwnedFd::from), COMPLAINTS)?,
        })
    }

    /// Standard output and standard error.
    pub(super) fn into_texts(self) -> (String, String) {
        (
            self.output.capture.into_text(),
            self.complaints.capture.into_text(),
        )
    }

    /// Says as much as the pipe takes; whether something is left.
    fn say(&mut self, pipe: BorrowedFd<'_>) -> io::Result<bool> {
        while !self.unsaid.is_empty() {
            match rustix::io::write(pipe, self.unsaid) {
                Ok(length) => self.unsaid = &self.unsaid[length..],
                Err(Errno::AGAIN) => return Ok(true),
                Err(Errno::INTR) => {}
                // It may do its work without hearing us out.
                Err(Errno::PIPE) => return Ok(false),
                Err(cause) => return Err(cause.into()),
            }
        }
        Ok(false)
    }
}

impl ChildIo for Pipes<'_> {
    fn poll_fds(&self) -> Vec<PollFd<'_>> {
        let sources = [&self.output, &self.complaints].into_iter();
        let open = sources.filter_map(|source| source.pipe.as_ref());
        let mut fds = Vec::with_capacity(4);
        fds.extend(open.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        fds.extend(
            self.input
                .iter()
                .map(|pipe| PollFd::new(pipe, PollFlags::OUT)),
        );
        fds
    }

    fn read(&mut self) -> io::Result<()> {
        self.output.read()?;
        self.complaints.read()
    }

    fn write(&mut self, _: Instant) -> Result<(), Failure> {
        if let Some(pipe) = self.input.take()
            && self.say(pipe.as_fd())?
        {
            self.input = Some(pipe);
        }
        Ok(())
    }

    fn patience(&self, _: Instant) -> Option<Duration> {
        None
    }

    fn release(&mut self) {
        self.input = None;
    }

    fn is_closed(&self) -> bool {
        self.output.pipe.is_none() && self.complaints.pipe.is_none()
    }

    fn heard(&self) -> &[u8] {
        self.output.capture.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_ends_with_a_line_that_says_so() {
        let mut capture = Capture::new(12);
        capture.take(b"one\ntwo\n");
        capture.take(b"sec");
        capture.take(b"ret\nfour\n");
        assert_eq!(
            capture.into_text(),
            "one\ntwo\n[the rest of the output was not kept]\n"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        let mut capture = Capture::new(12);
        capture.take(b"a\xff\xe4b");
        assert_eq!(capture.into_text(), "a\u{fffd}\u{fffd}b");
    }
}
