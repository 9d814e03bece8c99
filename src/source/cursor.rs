//! What surrounds a position in a line: inside which calls, at which argument and key, and what
//! is typed so far. It knows no names.

use super::brackets::{BracketTracker, OpenBracket};
use super::lexer::{Token, TokenKind, tokens};

/// What is typed up to the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// A name with the path before it, such as `conf.set_`; empty where one can begin.
    Word(&'a str),
    /// A string, from behind its quote.
    String(&'a str),
    /// Something that no name can continue.
    Other,
}

/// A position in a line.
#[derive(Debug)]
pub struct Cursor<'a> {
    /// The open brackets, the innermost last; the first stands for the text outside of them.
    pub open: Vec<OpenBracket<'a>>,
    /// What is typed so far.
    pub typed: Typed<'a>,
    /// The byte at which that starts.
    pub start: usize,
    /// The token before it; empty at the start of the line.
    pub previous: &'a str,
}

impl<'a> Cursor<'a> {
    /// The cursor before a byte of a line.
    pub fn at(line: &'a str, offset: usize) -> Self {
        let head = &line[..offset];
        let tokens: Vec<_> = tokens(head).collect();
        let (typed, start, count) = typed(head, &tokens);
        let mut tracker = BracketTracker::new(head);
        let before = &tokens[..count];
        for token in before {
            tracker.advance(token);
        }
        let previous = before.iter().rev().find(|token| token.is_code());
        Self {
            open: tracker.open().to_vec(),
            typed,
            start,
            previous: previous.map_or("", |token| token.text),
        }
    }
}

/// What is typed, the byte at which it starts, and how many tokens come before it.
fn typed<'a>(head: &'a str, tokens: &[Token<'a>]) -> (Typed<'a>, usize, usize) {
    let (end, count) = (head.len(), tokens.len());
    let Some(last) = tokens.last() else {
        return (Typed::Word(""), end, count);
    };
    match last.kind {
        TokenKind::UnfinishedString => {
            let start = last.content_span().start;
            (Typed::String(last.content()), start, count - 1)
        }
        TokenKind::Comment if last.text.starts_with("//") => (Typed::Other, end, count),
        TokenKind::UnfinishedComment | TokenKind::Number | TokenKind::String | TokenKind::Close => {
            (Typed::Other, end, count)
        }
        TokenKind::Word | TokenKind::Symbol => {
            let count = path_start(tokens);
            let start = tokens.get(count).map_or(end, |token| token.start);
            (Typed::Word(&head[start..]), start, count)
        }
        TokenKind::Whitespace | TokenKind::Comment | TokenKind::Open => {
            (Typed::Word(""), end, count)
        }
    }
}

/// The index of the first of the tokens at the end that are names joined by dots or `::`.
fn path_start(tokens: &[Token<'_>]) -> usize {
    let last = tokens.last();
    let mut is_name_next = last.is_some_and(|token| token.kind == TokenKind::Word);
    let path = tokens.iter().rev().take_while(|token| {
        let is_part = if is_name_next {
            token.kind == TokenKind::Word
        } else {
            token.is(".") || token.is("::")
        };
        is_name_next = !is_name_next;
        is_part
    });
    tokens.len() - path.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `open brackets | what is typed`, for the cursor at the end.
    fn described(line: &str) -> String {
        let cursor = Cursor::at(line, line.len());
        let open = cursor.open.iter().skip(1);
        let open =
            open.map(|open| format!("{}{}{}{}", open.callee, open.bracket, open.index, open.key));
        let open: Vec<_> = open.collect();
        format!("{} | {:?}@{}", open.join(" "), cursor.typed, cursor.start)
    }

    #[test]
    fn a_cursor_knows_where_it_is() {
        for (line, place) in [
            ("", " | Word(\"\")@0"),
            ("conf.se", " | Word(\"conf.se\")@0"),
            ("let x = conf.", " | Word(\"conf.\")@8"),
            ("conf.set_user(\"an", "conf.set_user(0 | String(\"an\")@15"),
            (
                "conf.set_user(\"a\", #{ ab",
                "conf.set_user(1 #{0 | Word(\"ab\")@22",
            ),
            ("f(#{ a: 1, b: \"x", "f(0 #{1b | String(\"x\")@15"),
            ("f(#{ \"a b\": [1, tr", "f(0 #{0a b [1 | Word(\"tr\")@16"),
            ("f(g(1), ", "f(1 | Word(\"\")@8"),
            ("a::b(c", "a::b(0 | Word(\"c\")@5"),
            ("x // conf.", " | Other@10"),
            ("`a ${conf.us", "${0 | Word(\"conf.us\")@5"),
            ("f(1) g", " | Word(\"g\")@5"),
        ] {
            assert_eq!(described(line), place, "{line}");
        }
        assert_eq!(Cursor::at("import \"st", 10).previous, "import");
        assert_eq!(Cursor::at("import \"", 8).previous, "import");
    }
}
