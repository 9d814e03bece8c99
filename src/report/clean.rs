//! Escapes text from outside: control characters, terminal escapes, characters
//! that hide or reorder text, and the markup of Markdown and HTML.

mod markdown;
mod markup;

use std::borrow::Cow;

use crate::source::{escaped, is_hostile};

pub(super) use markdown::{comment, fence, inline, prose};
pub(super) use markup::{Html, HtmlFile, HtmlProse, HtmlWords};

/// `text` in one line, without terminal escapes.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hostile)
}

/// The same, without a copy where nothing is escaped.
pub(super) fn line_of(text: String) -> String {
    match line(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clean) => clean,
    }
}

/// A line of a file, in which tabs are kept.
pub(super) fn file_line(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| letter != '\t' && is_hostile(letter))
}

/// At most that many bytes of `text`, and how many were cut off.
pub(super) fn clipped(text: &str, bytes: usize) -> Cow<'_, str> {
    if text.len() <= bytes {
        return Cow::Borrowed(text);
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    let start = &text[..end.unwrap_or(0)];
    Cow::Owned(format!(
        "{start}… ({} bytes more)",
        text.len() - start.len()
    ))
}

/// Whether `text` is printable ASCII in lines.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_reordering_characters_are_shown() {
        assert_eq!(line("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(line("a\u{202e}b\nc"), "a\\u{202e}b\\nc");
        assert_eq!(line("a\u{61c}b\u{e0041}\tc"), "a\\u{61c}b\\u{e0041}\\tc");
        assert_eq!(line("plain — → text"), "plain — → text");
    }

    #[test]
    fn printable_ascii_and_newlines_are_plain() {
        assert!(is_plain(" plain~\n"));
        for text in ["\r", "\t", "\u{7f}", "\u{1b}", "é"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn tabs_of_a_file_are_kept() {
        assert_eq!(file_line("\ta\u{1b}\n"), "\ta\\u{1b}\\n");
        assert_eq!(file_line("\ta"), "\ta");
    }

    #[test]
    fn clipped_text_says_how_much_is_missing() {
        assert_eq!(clipped("short", 5), "short");
        assert_eq!(clipped("ab→cd", 4), "ab… (5 bytes more)");
    }
}
