//! Literals of the script language.

use std::fmt::Write as _;

use crate::source::{KEYWORDS, RESERVED_WORDS, is_hostile};

/// What scripts have by these names, which no variable may hide.
const TAKEN: &[&str] = &["exit", "global"];

/// Names of what Rhai does itself, which may be no key either.
const BUILT_IN: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "debug",
    "eval",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "this",
    "type_of",
];

/// A string in quotes. What is not visible is escaped.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            plain if !is_hostile(plain) => quoted.push(plain),
            odd if u32::from(odd) > 0xffff => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(odd));
            }
            odd => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(odd));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// A key of a map, in quotes where it is not a name.
pub fn key(name: &str) -> String {
    if is_word(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// Whether a text can be the name of a variable or a parameter.
pub fn is_name(text: &str) -> bool {
    is_word(text) && !RESERVED_WORDS.contains(&text) && !TAKEN.contains(&text)
}

/// The first of `name`, `name_2`, `name_3` and so on that is not taken.
pub fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 1;
    while is_taken(&free) {
        number += 1;
        free = format!("{name}_{number}");
    }
    free
}

/// Whether a text can be a key without quotes.
fn is_word(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let has_letter = |c: char| c.is_ascii_alphabetic();
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(has_letter)
        && text.chars().all(is_word)
        && !KEYWORDS.contains(&text)
        && !BUILT_IN.contains(&text)
}

/// The same over several lines.
pub(super) fn document_piece(text: &str) -> String {
    let lines = text
        .split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => template_piece(line) + "\n",
            None => template_piece(line),
        });
    lines.collect()
}

/// A piece of a string in backticks, where only `${…}` has a meaning.
pub(super) fn template_piece(text: &str) -> String {
    let is_plain = |c: char| !matches!(c, '`' | '$' | '\\') && !is_hostile(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("${{{}}}", quoted(text))
    }
}
