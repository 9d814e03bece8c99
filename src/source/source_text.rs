//! A named script text with its lines, and the way between bytes, lines and columns.

use std::ops::Range;
use std::rc::Rc;

use crate::fault::Location;

use super::lexer::{TokenKind, is_identifier, tokens};

/// How many characters are between two known ones. A position is counted from the known one before it,
/// so that a text of one line takes no longer than one of many.
const STRIDE: usize = 256;

/// The text of a script and where its lines start.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// The name that locations in it carry.
    pub name: Rc<str>,
    /// The text.
    pub text: Rc<str>,
    line_starts: Rc<[usize]>,
    /// The byte of every [`STRIDE`]th character.
    characters: Rc<[usize]>,
}

impl SourceText {
    /// Finds the lines of a text.
    pub fn new(name: impl Into<Rc<str>>, text: impl Into<Rc<str>>) -> Self {
        let text = text.into();
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        Self {
            name: name.into(),
            line_starts: [0].into_iter().chain(line_ends).collect(),
            characters: known_characters(&text),
            text,
        }
    }

    /// The line of that number, counted from 1, without its end.
    pub fn line(&self, number: usize) -> Option<&str> {
        Some(&self.text[self.line_span(number)?])
    }

    fn line_span(&self, number: usize) -> Option<Range<usize>> {
        let start = *self.line_starts.get(number.checked_sub(1)?)?;
        let end = self.line_starts.get(number).copied();
        let line = &self.text[start..end.unwrap_or(self.text.len())];
        let length = line.lines().next().map_or(0, str::len);
        Some(start..start + length)
    }

    /// How many characters are before a byte.
    fn characters_before(&self, offset: usize) -> usize {
        let known = self.characters.partition_point(|start| *start <= offset) - 1;
        known * STRIDE + self.text[self.characters[known]..offset].chars().count()
    }

    /// The byte of a character, counted from 0; the end of the text if it has fewer.
    fn character(&self, number: usize) -> usize {
        let Some(known) = self.characters.get(number / STRIDE) else {
            return self.text.len();
        };
        let mut following = self.text[*known..].char_indices();
        let found = following.nth(number % STRIDE);
        found.map_or(self.text.len(), |(index, _)| known + index)
    }

    /// The byte at a line and a column, both counted from 1. The end of the line where it is
    /// shorter, the end of the text where it has fewer lines.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(span) = self.line_span(line) else {
            return self.text.len();
        };
        let first = self.characters_before(span.start);
        let character = first.saturating_add(column.saturating_sub(1));
        self.character(character).min(span.end)
    }

    /// The byte at a location.
    pub fn offset_at(&self, location: &Location) -> usize {
        self.offset(location.line as usize, location.column as usize)
    }

    /// The line and the column of a byte, both counted from 1.
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (number(line), number(column))
    }

    /// The line of a byte: its number, counted from 1, and its bytes without its end.
    pub fn line_at(&self, offset: usize) -> (usize, Range<usize>) {
        let number = self.line_starts.partition_point(|start| *start <= offset);
        let end = self.text.len();
        (number, self.line_span(number).unwrap_or(end..end))
    }

    /// The location of a byte.
    pub fn location(&self, offset: usize) -> Location {
        let (line, column) = self.line_column(offset);
        Location {
            file: Rc::clone(&self.name),
            line,
            column,
        }
    }

    /// The token that starts at a byte: all of a template string, whatever `${…}` it contains.
    pub fn token_span(&self, offset: usize) -> Range<usize> {
        let mut tokens = tokens(&self.text[offset..]);
        let Some(first) = tokens.next() else {
            return offset..offset;
        };
        if first.kind == TokenKind::Whitespace {
            return offset..offset + 1;
        }
        let mut depth = usize::from(first.starts_template());
        let mut end = first.end();
        while depth > 0
            && let Some(token) = tokens.next()
        {
            end = token.end();
            depth += usize::from(token.starts_template());
            depth -= usize::from(token.ends_template());
        }
        offset..offset + end
    }

    /// The token that starts at a byte, with the names that dots join to it in front:
    /// `conf.set_user` at its last name.
    pub fn path_span(&self, offset: usize) -> Range<usize> {
        let token = self.token_span(offset);
        if !self.text[token.clone()].starts_with(is_identifier) {
            return token;
        }
        let path = self.text[..offset].trim_end_matches(|c| is_identifier(c) || c == '.');
        path.len()..token.end
    }

    /// The map of a property at a byte, where names joined by dots lead to it: `u` in `u.cap` and
    /// `u["cap"]`, at the property or at the start.
    pub fn map_of(&self, property: &str, offset: usize) -> Option<&str> {
        let rest = &self.text[offset..];
        let is_path = |c: char| is_identifier(c) || matches!(c, '.' | '?');
        let path = &rest[..rest.find(|c| !is_path(c)).unwrap_or(rest.len())];
        let map = path
            .strip_suffix(property)
            .and_then(|map| map.strip_suffix('.'));
        if let Some(map) = map {
            return Some(map.trim_end_matches('?'));
        }
        let before = self.text[..offset].trim_end_matches(['.', '?', '[']);
        let start = before
            .trim_end_matches(|c| is_identifier(c) || c == '.')
            .len();
        Some(&before[start..]).filter(|map| map.starts_with(is_identifier))
    }

    /// The bytes of a string token without its quotes; of any other token all of it.
    pub fn content_span(&self, span: &Range<usize>) -> Range<usize> {
        let text = &self.text[span.clone()];
        let (first, last) = (tokens(text).next(), tokens(text).last());
        let Some((first, last)) = first.zip(last).filter(|(first, _)| first.is_string()) else {
            return span.clone();
        };
        span.start + first.content_span().start..span.start + last.content_span().end
    }
}

/// The byte of every [`STRIDE`]th character of a text, the first included.
fn known_characters(text: &str) -> Rc<[usize]> {
    if text.is_ascii() {
        return (0..=text.len()).step_by(STRIDE).collect();
    }
    let known = text.char_indices().step_by(STRIDE);
    let known = known.map(|(index, _)| index).skip(1);
    [0].into_iter().chain(known).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_and_bytes_convert_both_ways() {
        let source = SourceText::new("a.rhai", "é→\r\nlet x = \"ä\\\"b\";\n");
        let offset = source.offset(2, 9);
        assert_eq!(source.location(offset).to_string(), "a.rhai:2:9");
        let string = source.token_span(offset);
        assert_eq!(&source.text[string.clone()], "\"ä\\\"b\"");
        assert_eq!(&source.text[source.content_span(&string)], "ä\\\"b");
        assert_eq!(source.offset(1, 9), "é→".len());
        assert_eq!(source.offset(9, 1), source.text.len());
        assert_eq!(source.line(1), Some("é→"));
        assert_eq!((source.line(3), source.line(4)), (Some(""), None));
    }

    #[test]
    fn tokens_and_paths_reach_to_their_ends() {
        let source = SourceText::new("a.rhai", "conf :: set_user(1) a.b `x ${`y` + z} w`;");
        assert_eq!(source.token_span(8), 8..16);
        assert_eq!(source.token_span(16), 16..17);
        assert_eq!(source.path_span(22), 20..23);
        assert_eq!(&source.text[source.token_span(24)], "`x ${`y` + z} w`");
        let template = source.token_span(24);
        assert_eq!(
            &source.text[source.content_span(&template)],
            "x ${`y` + z} w"
        );
        let end = source.text.len();
        assert_eq!(source.token_span(end), end..end);
    }

    #[test]
    fn the_map_of_a_property_is_found_from_both_ends() {
        for (text, offset, map) in [
            ("u.cap ?? 20", 0, Some("u")),
            ("u.cap ?? 20", 2, Some("u")),
            ("u?.cap", 0, Some("u")),
            ("u?.cap", 3, Some("u")),
            ("a.b.cap", 4, Some("a.b")),
            ("u[\"cap\"]", 2, Some("u")),
            ("conf.user(\"a\").cap", 15, None),
            ("conf.user(\"a\").cap", 0, None),
        ] {
            let source = SourceText::new("a.rhai", text);
            assert_eq!(source.map_of("cap", offset), map, "{text}");
        }
    }

    #[test]
    fn positions_in_a_long_line_are_found_from_a_character_nearby() {
        for (piece, width) in [("abcd", 4), ("é→a", 3)] {
            let text = piece.repeat(10 * STRIDE);
            let source = SourceText::new("a.rhai", text.as_str());
            for known in [0, 1, STRIDE - 1, STRIDE, 9 * STRIDE + 7] {
                let (offset, column) = (known * piece.len(), known * width + 1);
                assert_eq!(source.offset(1, column), offset);
                assert_eq!(source.location(offset).column as usize, column);
            }
            assert!(source.characters.len() >= text.chars().count() / STRIDE);
        }
    }

    proptest! {
        #[test]
        fn every_character_is_found_again(text in any::<String>()) {
            let source = SourceText::new("a.rhai", text.as_str());
            for (offset, c) in text.char_indices() {
                let (line, column) = source.line_column(offset);
                let again = source.offset(line as usize, column as usize);
                // A line end belongs to no column.
                prop_assert!(again == offset || c == '\n' || c == '\r');
                prop_assert!(source.token_span(offset).end > offset);
            }
            prop_assert_eq!(source.offset(usize::MAX, 1), text.len());
        }
    }
}
