//! Why a file is not well-formed for the vendor's parser. The message never
//! quotes the file, which may hold secrets.

use std::error::Error;
use std::fmt;

use crate::fault::{Fault, FaultKind};

/// What is not well-formed in a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The problem, in one clause.
    pub what: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Unreadable {
    /// A problem at that byte of the text.
    pub(super) fn at(bytes: &[u8], offset: usize, what: impl Into<String>) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        Self {
            what: what.into(),
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(&before[start..]).chars().count() + 1,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.what
        )
    }
}

impl Error for Unreadable {}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Self {
        Fault::new(
            FaultKind::Unknown,
            format!("aspera.conf is not well-formed: {unreadable}"),
        )
        .hint("the server refuses the whole file: correct this line, or restore a backup")
    }
}
