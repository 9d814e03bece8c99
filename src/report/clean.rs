//! Makes foreign text harmless where it is shown: control characters, escapes
//! and marks that hide or reorder text are shown, not obeyed; what markdown
//! and HTML would read as markup stays text.

mod markdown;
mod markup;

use std::borrow::Cow;
use std::fmt::Write as _;

pub(super) use markdown::{comment, fence, inline, prose};
pub(super) use markup::{Html, HtmlFile, HtmlProse};

/// `text` in one line without anything that a terminal would obey.
pub fn line(text: &str) -> Cow<'_, str> {
    shown(text, is_hostile)
}

/// The same of a text that is not needed any more.
pub(super) fn line_of(text: String) -> String {
    match line(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clean) => clean,
    }
}

/// A line of a file, whose tabs may stand.
pub(super) fn file_line(text: &str) -> Cow<'_, str> {
    shown(text, |letter| letter != '\t' && is_hostile(letter))
}

/// At most so many bytes of `text`, and a mark where there was more.
pub(super) fn clipped(text: &str, bytes: usize) -> Cow<'_, str> {
    if text.len() <= bytes {
        return Cow::Borrowed(text);
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    let kept = &text[..end.unwrap_or(0)];
    Cow::Owned(format!("{kept}… ({} bytes more)", text.len() - kept.len()))
}

fn shown(text: &str, is_hostile: fn(char) -> bool) -> Cow<'_, str> {
    let is_plain = is_plain(text) && memchr::memchr(b'\n', text.as_bytes()).is_none();
    if is_plain || !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\n' => clean.push_str("\\n"),
            '\r' => clean.push_str("\\r"),
            '\t' if is_hostile('\t') => clean.push_str("\\t"),
            _ if is_hostile(letter) => {
                let _ = write!(clean, "{}", letter.escape_unicode());
            }
            _ => clean.push(letter),
        }
    }
    Cow::Owned(clean)
}

/// Whether `text` is printable ASCII in lines.
pub(super) fn is_plain(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    let (words, rest) = text.as_bytes().as_chunks();
    let mut words = words.iter().map(|word| u64::from_ne_bytes(*word));
    words.all(are_plain) && rest.iter().all(is_plain)
}

/// The same of eight bytes, without a look at each: what is added to the seven
/// low bits of a byte shows in its highest and goes no further.
fn are_plain(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGHEST: u64 = ONES * 0x80;
    let low = word & !HIGHEST;
    let is_printable = low + ONES * 0x60;
    let is_no_newline = (low ^ (ONES * 0x0a)) + ONES * 0x7f;
    let is_delete = low + ONES;
    (word | (!is_printable & is_no_newline) | is_delete) & HIGHEST == 0
}

/// Control characters, and the marks of Unicode that hide or reorder text:
/// all that is `Default_Ignorable_Code_Point` or `Bidi_Control`, the line and
/// paragraph separators, and what annotates or is not a character.
pub fn is_hostile(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_reordering_marks_are_shown() {
        assert_eq!(line("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(line("a\u{202e}b\nc"), "a\\u{202e}b\\nc");
        assert_eq!(line("a\u{61c}b\u{e0041}\tc"), "a\\u{61c}b\\u{e0041}\\tc");
        assert_eq!(line("plain — → text"), "plain — → text");
    }

    #[test]
    fn a_letter_is_plain_wherever_it_stands() {
        for letter in (0..0x100).filter_map(char::from_u32) {
            let wanted = letter == '\n' || (' '..='~').contains(&letter);
            for at in 0..12 {
                let mut text = " ~".repeat(6);
                text.insert(at, letter);
                assert_eq!(is_plain(&text), wanted, "{letter:?} at {at}");
            }
        }
    }

    #[test]
    fn tabs_of_a_file_stand() {
        assert_eq!(file_line("\ta\u{1b}\n"), "\ta\\u{1b}\\n");
        assert_eq!(file_line("\ta"), "\ta");
    }

    #[test]
    fn what_is_clipped_says_so() {
        assert_eq!(clipped("short", 5), "short");
        assert_eq!(clipped("ab→cd", 4), "ab… (5 bytes more)");
    }
}
