//! The marks that reports use outside ASCII, and what replaces them where a terminal
//! cannot show them.

use std::fmt::{self, Write};

use super::Charset;

/// Each mark and its replacement.
const MARKS: &[(char, &str)] = &[
    ('·', "|"),
    ('→', "->"),
    ('—', "-"),
    ('–', "-"),
    ('…', "..."),
    ('×', "x"),
    ('‹', "<"),
    ('›', ">"),
];

impl Charset {
    /// The text with marks of these characters. Other characters stay.
    pub fn marks<'a>(self, text: impl fmt::Display + 'a) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| match self {
            Self::Ascii => write!(AsciiMarks(f), "{text}"),
            Self::Utf8 => text.fmt(f),
        })
    }
}

/// Writes text with ASCII marks.
struct AsciiMarks<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for AsciiMarks<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_mark = |c: char| MARKS.iter().any(|(mark, _)| *mark == c);
        let mut rest = text;
        while let Some(index) = rest.find(is_mark) {
            self.0.write_str(&rest[..index])?;
            let mut letters = rest[index..].chars();
            let mark = letters.next();
            let row = MARKS.iter().find(|(known, _)| Some(*known) == mark);
            self.0.write_str(row.map_or("", |(_, ascii)| ascii))?;
            rest = letters.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_ascii_and_names_stay() {
        let text = "é: — → ‹env:KEY› · 1–3, …";
        let ascii = Charset::Ascii.marks(text).to_string();
        assert_eq!(ascii, "é: - -> <env:KEY> | 1-3, ...");
        assert_eq!(Charset::Utf8.marks(text).to_string(), text);
    }
}
