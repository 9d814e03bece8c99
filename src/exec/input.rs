//! Files that a user names, and standard input. Each is read up to a limit, since
//! the size that the system tells may be wrong: a pipe and `/dev/zero` have none.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::GzEncoder;
use flate2::read::MultiGzDecoder;

use crate::fault::{Fault, Result, reason};

/// How a file of gzip starts (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Whether a path that a user gave stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What is read, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct InputKind {
    /// What a message calls it: `a script`.
    pub noun: &'static str,
    /// The limit in KiB.
    kibibytes: u64,
}

impl InputKind {
    /// A script or a module.
    pub const SCRIPT: Self = Self::new("a script", 4);
    /// A shell script or a page that becomes a script.
    pub const RECIPE: Self = Self {
        noun: "a file to import",
        kibibytes: 256,
    };
    /// A file of parameters.
    pub const PARAMS: Self = Self::new("a file of parameters", 16);
    /// A plan, a receipt or a preview: about 250,000 steps.
    pub const PLAN: Self = Self::new("a plan", 256);
    /// A file that a script copies to a node.
    pub const SOURCE: Self = Self::new("a file beside a script", 1);
    /// A file of data, such as a table of users.
    pub const DATA: Self = Self::new("a file of data", 16);
    /// A request of another program: about 60,000 steps of a plan.
    pub const REQUEST: Self = Self::new("a request", 64);
    /// A snapshot of a node.
    pub const SNAPSHOT: Self = Self::new("a snapshot", 256);
    /// The receipt of a run, or its journal.
    pub const RECEIPT: Self = Self::new("a receipt", 1024);
    /// The copy of a file that a run replaced.
    pub const KEPT: Self = Self::new("a copy of a file", 1);
    /// aspera.conf: about a million users.
    pub const CONF: Self = Self::new("aspera.conf", 1024);

    /// A secret: more than any key, token or password.
    pub const SECRET: Self = Self {
        noun: "a secret",
        kibibytes: 64,
    };

    const fn new(noun: &'static str, mebibytes: u64) -> Self {
        Self {
            noun,
            kibibytes: mebibytes << 10,
        }
    }

    /// Reads a file.
    pub fn read(self, path: &Path) -> Result<Vec<u8>> {
        self.read_as(path, &format!("`{}`", path.display()))
    }

    /// Reads a file, which faults call by that name.
    pub(super) fn read_as(self, path: &Path, name: &str) -> Result<Vec<u8>> {
        let opened = File::open(path);
        let file = opened.map_err(|cause| Self::unreadable("open file", name, cause))?;
        self.read_from(file, name)
    }

    /// Reads a file until one byte more than [`Self::check`] permits.
    pub fn read_beyond_limit(self, path: &Path) -> io::Result<Vec<u8>> {
        self.bytes_of(File::open(path)?)
    }

    /// Reads a file of text.
    pub fn read_text(self, path: &Path) -> Result<String> {
        text(self.read(path)?, &path.display().to_string())
    }

    /// Reads all of standard input.
    pub fn read_stdin(self, input: impl Read) -> Result<Vec<u8>> {
        self.read_from(input, "standard input")
    }

    /// The same, which must be text.
    pub fn read_stdin_text(self, input: impl Read) -> Result<String> {
        text(self.read_stdin(input)?, "standard input")
    }

    /// What was packed by gzip; other bytes as they are. It may not be larger than what is read
    /// unpacked.
    pub fn unpack(self, bytes: Vec<u8>, name: &str) -> Result<Vec<u8>> {
        if !bytes.starts_with(&GZIP) {
            return Ok(bytes);
        }
        let unpacked = self.bytes_of(MultiGzDecoder::new(&bytes[..]));
        let unpacked = unpacked.map_err(|cause| {
            let message = format!("{name} is damaged: {}", reason(&cause));
            Fault::usage(message).hint("it starts like a file of gzip; send it again")
        })?;
        self.check(&unpacked, name)?;
        Ok(unpacked)
    }

    /// Reads the next line with its end; an empty one at the end of the input.
    pub fn read_line(self, input: &mut impl BufRead) -> Result<String> {
        let mut bytes = Vec::new();
        let read = input.take(self.limit() + 1).read_until(b'\n', &mut bytes);
        read.map_err(|cause| Self::unreadable("read", "standard input", cause))?;
        self.check(&bytes, "standard input")?;
        text(bytes, "standard input")
    }

    fn read_from(self, input: impl Read, name: &str) -> Result<Vec<u8>> {
        let read = self.bytes_of(input);
        let bytes = read.map_err(|cause| Self::unreadable("read", name, cause))?;
        self.check(&bytes, name)?;
        Ok(bytes)
    }

    /// Reads until one byte more than [`Self::check`] permits.
    pub(super) fn bytes_of(self, input: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        input.take(self.limit() + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Refuses what is larger than the limit.
    pub fn check(self, bytes: &[u8], name: &str) -> Result<()> {
        self.check_length(bytes.len() as u64, name)
    }

    /// The same of so many bytes.
    pub(super) fn check_length(self, length: u64, name: &str) -> Result<()> {
        if length <= self.limit() {
            return Ok(());
        }
        let limit = match self.kibibytes {
            small @ 0..1024 => format!("{small} KiB"),
            large => format!("{} MiB", large >> 10),
        };
        Err(Fault::usage(format!(
            "{name} is larger than {limit}, the limit of {}",
            self.noun
        )))
    }

    fn limit(self) -> u64 {
        self.kibibytes << 10
    }

    fn unreadable(verb: &str, name: &str, cause: io::Error) -> Fault {
        let fault = Fault::usage(format!("failed to {verb} {name}: {}", reason(&cause)));
        if cause.kind() == ErrorKind::IsADirectory {
            return fault.hint("it is a folder: name a file");
        }
        fault.caused_by(cause)
    }
}

/// The bytes of a file to write, packed by gzip if its name ends in `.gz`. Equal bytes give equal
/// files: a packed one has neither a time nor a name in it.
pub fn packed_for<'a>(path: &Path, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    if path.extension().is_none_or(|ending| ending != "gz") {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut packed = Vec::new();
    let read = GzEncoder::new(bytes, Compression::default()).read_to_end(&mut packed);
    let failed = |cause| InputKind::unreadable("pack", &format!("`{}`", path.display()), cause);
    read.map_err(failed)?;
    Ok(Cow::Owned(packed))
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..at];
        let line = before.split(|byte| *byte == b'\n').count();
        Fault::usage(format!("{name} is not UTF-8 text (line {line})"))
            .hint("convert it first, such as with `iconv -f latin1 -t utf-8`")
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const SMALL: InputKind = InputKind::new("a test", 1);

    #[test]
    fn endless_input_ends_at_the_limit() {
        let words = "is larger than 1 MiB, the limit of a test";
        let path = Path::new("/dev/zero");
        let fault = SMALL.read(path).unwrap_err();
        assert!(fault.message().contains(words), "{fault}");
        let fault = SMALL.read_stdin(io::repeat(b'a')).unwrap_err();
        assert!(fault.message().contains(words), "{fault}");
        let mut endless = io::BufReader::new(io::repeat(b'a'));
        let fault = SMALL.read_line(&mut endless).unwrap_err();
        assert!(fault.message().contains(words), "{fault}");
    }

    /// `size` bytes, packed.
    fn packed(size: usize) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&vec![b'a'; size]).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn packed_input_is_unpacked_up_to_the_limit() {
        let unpack = |bytes| SMALL.unpack(bytes, "it");
        assert_eq!(unpack(b"plain".to_vec()).unwrap(), b"plain");
        assert_eq!(unpack(packed(1 << 20)).unwrap().len(), 1 << 20);
        let bomb = packed(64 << 20);
        assert!(bomb.len() < 1 << 20, "the bomb is small");
        let fault = unpack(bomb).unwrap_err();
        let words = "it is larger than 1 MiB, the limit of a test";
        assert_eq!(fault.message(), words);
        let mut cut = packed(1000);
        cut.truncate(20);
        assert!(
            unpack(cut)
                .unwrap_err()
                .message()
                .starts_with("it is damaged: ")
        );
    }

    #[test]
    fn input_up_to_the_limit_is_read() {
        let bytes = vec![b'a'; 1 << 20];
        assert_eq!(SMALL.read_stdin(&bytes[..]).unwrap().len(), 1 << 20);
        let mut lines = &b"one\ntwo"[..];
        let mut next = || SMALL.read_line(&mut lines).unwrap();
        assert_eq!([next(), next(), next()], ["one\n", "two", ""]);
    }
}
