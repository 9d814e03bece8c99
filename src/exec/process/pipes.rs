//! The pipes of a child: its standard input, output and error. Nothing here
//! blocks.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::child::{ChildFailure, ChildIo, set_nonblocking};
use super::progress::MAX_LINE;

/// How much of standard output is kept. Lists of users are the longest.
const MAX_STDOUT: usize = 16 << 20;

/// How much of standard error is kept.
const MAX_STDERR: usize = 1 << 20;

/// How many reads of 8 KiB are done before time and stop flag are checked again.
const MAX_READS: usize = 64;

/// The output of a child, up to a limit.
pub(super) struct Capture {
    bytes: Vec<u8>,
    limit: usize,
    is_cut: bool,
    // The end of what came after the limit.
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

    /// The end of the output.
    fn latest(&self) -> &[u8] {
        if self.latest.is_empty() {
            &self.bytes
        } else {
            &self.latest
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn push(&mut self, bytes: &[u8]) {
        let left = self.limit - self.bytes.len();
        let (kept, beyond) = bytes.split_at(bytes.len().min(left));
        self.bytes.extend_from_slice(kept);
        if beyond.is_empty() {
            return;
        }
        self.is_cut = true;
        if self.latest.len() > 4 * MAX_LINE {
            self.latest.drain(..2 * MAX_LINE);
        }
        self.latest.extend_from_slice(beyond);
    }

    /// The text. If it was cut, the last line says so: nobody may take a cut
    /// list for a complete one.
    pub(super) fn into_text(mut self) -> String {
        if self.is_cut {
            // The last line may contain half a secret, which the scrubber does
            // not recognize.
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

/// Reads what has arrived, and returns whether more may come.
pub(super) fn read_into(fd: BorrowedFd<'_>, capture: &mut Capture) -> io::Result<bool> {
    let mut buffer = [0; 8192];
    for _ in 0..MAX_READS {
        match rustix::io::read(fd, &mut buffer) {
            // A terminal whose program has ended gives EIO on Linux and the end
            // of the file elsewhere.
            Ok(0) | Err(Errno::IO) => return Ok(false),
            Ok(length) => capture.push(&buffer[..length]),
            Err(Errno::AGAIN) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    Ok(true)
}

/// An output of a child, and its pipe while that is open.
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

/// The three pipes of a child.
pub(super) struct Pipes<'a> {
    stdin: Option<OwnedFd>,
    unwritten: &'a [u8],
    stdout: PipeReader,
    stderr: PipeReader,
}

impl<'a> Pipes<'a> {
    /// The pipes of `child`, with `input` for its standard input.
    pub(super) fn new(child: &mut Child, input: &'a [u8]) -> io::Result<Self> {
        let stdin = child.stdin.take().map(OwnedFd::from);
        if let Some(pipe) = &stdin {
            set_nonblocking(pipe.as_fd())?;
        }
        Ok(Self {
            stdin,
            unwritten: input,
            stdout: PipeReader::new(child.stdout.take().map(OwnedFd::from), MAX_STDOUT)?,
            stderr: PipeReader::new(child.stderr.take().map(OwnedFd::from), MAX_STDERR)?,
        })
    }

    /// Standard output and standard error.
    pub(super) fn into_texts(self) -> (String, String) {
        (
            self.stdout.capture.into_text(),
            self.stderr.capture.into_text(),
        )
    }

    /// Writes as much as the pipe takes, and returns whether some is left.
    fn write_to(&mut self, pipe: BorrowedFd<'_>) -> io::Result<bool> {
        while !self.unwritten.is_empty() {
            match rustix::io::write(pipe, self.unwritten) {
                Ok(length) => self.unwritten = &self.unwritten[length..],
                Err(Errno::AGAIN) => return Ok(true),
                Err(Errno::INTR) => {}
                // A program need not read all of its input.
                Err(Errno::PIPE) => return Ok(false),
                Err(cause) => return Err(cause.into()),
            }
        }
        Ok(false)
    }
}

impl ChildIo for Pipes<'_> {
    fn poll_fds(&self) -> Vec<PollFd<'_>> {
        let outputs = [&self.stdout, &self.stderr].into_iter();
        let open = outputs.filter_map(|output| output.pipe.as_ref());
        let mut fds = Vec::with_capacity(4);
        fds.extend(open.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        fds.extend(
            self.stdin
                .iter()
                .map(|pipe| PollFd::new(pipe, PollFlags::OUT)),
        );
        fds
    }

    fn read(&mut self) -> io::Result<()> {
        self.stdout.read()?;
        self.stderr.read()
    }

    fn write(&mut self, _: Instant) -> Result<(), ChildFailure> {
        if let Some(pipe) = self.stdin.take()
            && self.write_to(pipe.as_fd())?
        {
            self.stdin = Some(pipe);
        }
        Ok(())
    }

    fn write_timeout(&self, _: Instant) -> Option<Duration> {
        None
    }

    fn close_input(&mut self) {
        self.stdin = None;
    }

    fn is_closed(&self) -> bool {
        self.stdout.pipe.is_none() && self.stderr.pipe.is_none()
    }

    fn latest_output(&self) -> &[u8] {
        self.stdout.capture.latest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_output_ends_with_a_line_that_says_so() {
        let mut capture = Capture::new(12);
        capture.push(b"one\ntwo\n");
        capture.push(b"sec");
        capture.push(b"ret\nfour\n");
        assert_eq!(
            capture.into_text(),
            "one\ntwo\n[the rest of the output was not kept]\n"
        );
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        let mut capture = Capture::new(12);
        capture.push(b"a\xff\xe4b");
        assert_eq!(capture.into_text(), "a\u{fffd}\u{fffd}b");
    }
}
