//! A script's text by the engine's positions: where in the bytes something
//! stands, and how far it reaches. It knows words and literals, no grammar.

use std::ops::Range;
use std::rc::Rc;

use rhai::Position;

use crate::fault::Location;

/// A text with its lines found.
pub(super) struct Text {
    /// The name of the script it is of.
    pub(super) name: Rc<str>,
    /// All of it.
    pub(super) whole: Rc<str>,
    starts: Vec<usize>,
}

impl Text {
    /// The text of a script of that name.
    pub(super) fn new(name: Rc<str>, text: Rc<str>) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let starts = [0].into_iter().chain(ends).collect();
        Self {
            name,
            whole: text,
            starts,
        }
    }

    /// The byte at a line and a column, both from 1; the end where there is
    /// no such place.
    pub(super) fn at(&self, line: usize, column: usize) -> usize {
        let Some(start) = self.starts.get(line.saturating_sub(1)) else {
            return self.whole.len();
        };
        let rest = &self.whole[*start..];
        let nth = rest.char_indices().nth(column.saturating_sub(1));
        nth.map_or(self.whole.len(), |(index, _)| start + index)
    }

    /// The byte at a position.
    pub(super) fn offset(&self, position: Position) -> usize {
        match position.line() {
            Some(line) => self.at(line, position.position().unwrap_or(1)),
            None => 0,
        }
    }

    /// The place of a byte.
    pub(super) fn place(&self, offset: usize) -> Location {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line.saturating_sub(1)];
        let column = self.whole[start..offset].chars().count() + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Location {
            file: Rc::clone(&self.name),
            line: number(line),
            column: number(column),
        }
    }

    /// The name, number or quoted text that starts at a byte; else one letter.
    pub(super) fn word(&self, start: usize) -> Range<usize> {
        let rest = &self.whole[start..];
        let length = match rest.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => quoted(rest, quote),
            Some(first) if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            Some(first) => first.len_utf8(),
            None => 0,
        };
        start..start + length
    }

    /// What stands between the quotes, where there are some.
    pub(super) fn inner(&self, span: &Range<usize>) -> Range<usize> {
        let text = &self.whole[span.clone()];
        let is_quoted = text.len() >= 2 && text.starts_with(['"', '\'', '`']);
        if is_quoted {
            span.start + 1..span.end - 1
        } else {
            span.clone()
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long a quoted text is; one that is not closed ends with its line.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return index + 1;
        }
        if c == '\n' && quote != '`' && !is_escaped {
            return index;
        }
        is_escaped = c == '\\' && !is_escaped && quote != '`';
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::new("a.rhai".into(), text.into())
    }

    #[test]
    fn places_and_bytes_go_both_ways() {
        let text = text("é→\r\nlet x = \"ä\\\"b\";\n");
        let at = text.at(2, 9);
        assert_eq!(text.place(at).to_string(), "a.rhai:2:9");
        assert_eq!(&text.whole[text.word(at)], "\"ä\\\"b\"");
        assert_eq!(&text.whole[text.inner(&text.word(at))], "ä\\\"b");
        assert_eq!(text.at(9, 1), text.whole.len());
    }

    #[test]
    fn words_reach_to_their_ends() {
        let text = text("conf :: set_user(1)");
        assert_eq!(text.word(8), 8..16);
        assert_eq!(text.word(16), 16..17);
        assert_eq!(text.word(19), 19..19);
    }
}
