//! One line of a file: its state, and where it is in the text.

use std::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};

use super::FileContent;
use super::digest::sha256;

/// A line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LineState {
    /// sha256 of the line without its end; none where a secret is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The line; none where not every user may read the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

impl LineState {
    /// The state of a line that was read.
    pub fn of(line: &str, is_shown: bool) -> Self {
        Self {
            digest: Some(sha256(line.as_bytes())),
            line: is_shown.then(|| line.to_owned()),
        }
    }

    /// The state of a line in a document, whose digest must be that of the line.
    pub(super) fn read(json: serde_json::Value) -> Result<Self, serde_json::Error> {
        let state: Self = serde_json::from_value(json)?;
        let shown = state.line.as_ref().map(|line| sha256(line.as_bytes()));
        if shown.is_some() && state.digest.is_some() && shown != state.digest {
            let message = "the digest of a line is not that of its text";
            return Err(serde_json::Error::custom(message));
        }
        Ok(state)
    }

    /// The state of a line that a step writes.
    pub(super) fn written(content: &FileContent) -> Self {
        Self {
            digest: content.digest(),
            line: content.shown(),
        }
    }

    /// Whether a reading shows this line.
    pub(super) fn is_met_by(&self, reading: &Self) -> bool {
        self.digest.is_none() || self.digest == reading.digest
    }
}

/// The place of the last line that starts so, blanks apart, without its end.
pub fn find_line(text: &str, start: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut found = None;
    for whole in text.split_inclusive('\n') {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim_start().starts_with(start) {
            found = Some(at..at + line.len());
        }
        at += whole.len();
    }
    found
}

/// The text with that line in place of the one that starts so, or at the end.
pub fn with_line(text: &str, start: &str, line: &str) -> String {
    let mut edited = text.to_owned();
    if let Some(place) = find_line(text, start) {
        edited.replace_range(place, line);
        return edited;
    }
    if !edited.is_empty() && !edited.ends_with('\n') {
        edited.push('\n');
    }
    edited.push_str(line);
    edited.push('\n');
    edited
}

/// The text without the line that starts so.
pub fn without_line(text: &str, start: &str) -> String {
    let Some(place) = find_line(text, start) else {
        return text.to_owned();
    };
    let rest = &text[place.end..];
    let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    [&text[..place.start], &rest[end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_starts_so_is_the_one() {
        let text = "Port 1\n#Port 2\r\n\tPort 3\r\nx";
        assert_eq!(&text[find_line(text, "Port").unwrap()], "\tPort 3");
        assert_eq!(
            with_line(text, "Port", "Port 4"),
            "Port 1\n#Port 2\r\nPort 4\r\nx"
        );
        assert_eq!(without_line(text, "Port"), "Port 1\n#Port 2\r\nx");
        assert_eq!(without_line(text, "x"), "Port 1\n#Port 2\r\n\tPort 3\r\n");
        assert_eq!(without_line(text, "none"), text);
    }

    #[test]
    fn a_new_line_is_the_last_one() {
        assert_eq!(with_line("", "a", "a 1"), "a 1\n");
        assert_eq!(with_line("x", "a", "a 1"), "x\na 1\n");
        assert_eq!(without_line(&with_line("x\n", "a", "a 1"), "a"), "x\n");
    }
}
