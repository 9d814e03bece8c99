//! The text in the bytes of a file, and positions in it.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{Encoding, UTF_8};

use crate::fault::{Fault, Result};

/// A position that people find in an editor; both count from 1.
pub(super) struct Position {
    line: usize,
    column: usize,
}

impl Position {
    /// The position behind a text.
    pub(super) fn after(before: &str) -> Self {
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

/// Decodes UTF-8, and UTF-16 where a byte order mark shows it, as of Excel's "Unicode text".
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let bytes = &bytes[mark..];
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| {
        if encoding != UTF_8 {
            return Fault::usage("it is not valid UTF-16 text").hint("save it as UTF-8");
        }
        let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let before = String::from_utf8_lossy(&bytes[..valid]);
        let message = format!("it is not UTF-8 text at {}", Position::after(&before));
        Fault::usage(message).hint("save it as UTF-8; a spreadsheet calls that “CSV UTF-8”")
    })
}
