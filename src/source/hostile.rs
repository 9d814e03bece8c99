//! Characters that must not reach a terminal or a script as they are.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Control characters, and characters that hide or reorder text:
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

/// `text` in one line, with the characters that `is_hostile` selects escaped.
pub fn escaped(text: &str, is_hostile: fn(char) -> bool) -> Cow<'_, str> {
    // Most text is ASCII, for which this is much faster.
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_printable || !text.chars().any(is_hostile) {
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
