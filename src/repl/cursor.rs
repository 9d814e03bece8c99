//! Where in a line somebody is writing: inside which calls, which argument,
//! which key. It knows no names.

use super::scan::{self, Span, TokenKind};

/// A bracket that is open at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Open<'a> {
    /// `(`, `[`, `{`, `#{` or `${`.
    pub(super) bracket: &'a str,
    /// What is called with it: `conf.set_user`; else empty.
    pub(super) callee: &'a str,
    /// Which of its parts this is, from 0.
    pub(super) nth: usize,
    /// The key of a map whose value this is; else empty.
    pub(super) key: &'a str,
    /// The keys that the map has so far.
    pub(super) keys: Vec<&'a str>,
}

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing<'a> {
    /// A word, with what it is a part of: `conf.set_`; or nothing yet.
    Word(&'a str),
    /// A text, from behind its quote.
    Text(&'a str),
    /// Something that has no names.
    Else,
}

/// A place in a line.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    /// The brackets that are open, the innermost last.
    pub(super) open: Vec<Open<'a>>,
    /// What is being written.
    pub(super) writing: Writing<'a>,
    /// Where that starts, in bytes.
    pub(super) start: usize,
    /// The word before it, if that is all that is between.
    pub(super) after: &'a str,
}

impl<'a> Cursor<'a> {
    /// The cursor before byte `at`.
    pub(super) fn at(line: &'a str, at: usize) -> Self {
        let head = &line[..at];
        let spans = scan::spans(head);
        let (writing, start) = writing(head, &spans);
        let mut walk = Walk::new(head);
        let before: Vec<_> = spans
            .iter()
            .take_while(|span| span.end() <= start)
            .collect();
        for span in &before {
            walk.take(span);
        }
        let last = before.iter().rev().find(|span| span.text != "\"");
        Self {
            open: walk.open,
            writing,
            start,
            after: last.map_or("", |span| span.text),
        }
    }
}

fn writing<'a>(head: &'a str, spans: &[Span<'a>]) -> (Writing<'a>, usize) {
    let at = head.len();
    let Some(last) = spans.last().filter(|last| last.end() == at) else {
        return (Writing::Word(""), at);
    };
    match last.kind {
        TokenKind::OpenText => {
            let quote = usize::from(last.text.starts_with(['"', '`', '\'']));
            (Writing::Text(&last.text[quote..]), last.start + quote)
        }
        TokenKind::Comment if last.text.starts_with("//") => (Writing::Else, at),
        TokenKind::OpenComment | TokenKind::Number | TokenKind::Text | TokenKind::Close => {
            (Writing::Else, at)
        }
        TokenKind::Word | TokenKind::Sign => {
            let start = path_start(spans);
            (Writing::Word(&head[start..]), start)
        }
        TokenKind::Comment | TokenKind::Open => (Writing::Word(""), at),
    }
}

/// Where the words that dots join start, which end with the last span.
fn path_start(spans: &[Span<'_>]) -> usize {
    let mut start = spans.last().map_or(0, Span::end);
    let mut wants_word = spans
        .last()
        .is_some_and(|span| span.kind == TokenKind::Word);
    for span in spans.iter().rev() {
        let fits = if wants_word {
            span.kind == TokenKind::Word
        } else {
            span.is(".") || span.is("::")
        };
        if !fits || span.end() != start {
            break;
        }
        start = span.start;
        wants_word = !wants_word;
    }
    start
}

/// Goes through a line and knows at each piece what is open there.
pub(super) struct Walk<'a> {
    line: &'a str,
    /// The brackets that are open before the next piece.
    pub(super) open: Vec<Open<'a>>,
    path: Option<(usize, usize)>,
    last: Option<Span<'a>>,
}

impl<'a> Walk<'a> {
    /// Before the first piece of a line.
    pub(super) fn new(line: &'a str) -> Self {
        Self {
            line,
            open: Vec::new(),
            path: None,
            last: None,
        }
    }

    /// Goes past a piece.
    pub(super) fn take(&mut self, span: &Span<'a>) {
        let path = self.path.take();
        match span.kind {
            TokenKind::Word => {
                let joined = path.filter(|(_, end)| *end == span.start && self.is_joined());
                self.path = Some((joined.map_or(span.start, |(start, _)| start), span.end()));
            }
            TokenKind::Sign if span.is(".") || span.is("::") => {
                self.path = path
                    .filter(|(_, end)| *end == span.start)
                    .map(|(start, _)| (start, span.end()));
            }
            TokenKind::Sign => self.sign(span),
            TokenKind::Open => {
                let called = path.filter(|(_, end)| *end == span.start && span.text == "(");
                self.open.push(Open {
                    bracket: span.text,
                    callee: called.map_or("", |(start, end)| &self.line[start..end]),
                    ..Open::default()
                });
            }
            TokenKind::Close => {
                self.open.pop();
            }
            TokenKind::Number | TokenKind::Text | TokenKind::OpenText => {}
            TokenKind::Comment | TokenKind::OpenComment => return,
        }
        self.last = Some(*span);
    }

    fn is_joined(&self) -> bool {
        self.last.is_some_and(|last| last.is(".") || last.is("::"))
    }

    fn sign(&mut self, span: &Span<'a>) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        if span.is(",") {
            open.nth += 1;
            open.key = "";
        } else if span.is(":") && open.bracket == "#{" && open.key.is_empty() {
            let key = self.last.map_or("", |last| last.text.trim_matches('"'));
            open.key = key;
            open.keys.push(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `calls and keys | what is written`, for the cursor at the end.
    fn shown(line: &str) -> String {
        let cursor = Cursor::at(line, line.len());
        let open = cursor.open.iter().map(|open| {
            let Open {
                bracket,
                callee,
                nth,
                key,
                ..
            } = open;
            format!("{callee}{bracket}{nth}{key}")
        });
        let open: Vec<_> = open.collect();
        format!("{} | {:?}@{}", open.join(" "), cursor.writing, cursor.start)
    }

    #[test]
    fn a_cursor_knows_where_it_is() {
        for (line, place) in [
            ("", " | Word(\"\")@0"),
            ("conf.se", " | Word(\"conf.se\")@0"),
            ("let x = conf.", " | Word(\"conf.\")@8"),
            ("conf.set_user(\"an", "conf.set_user(0 | Text(\"an\")@15"),
            (
                "conf.set_user(\"a\", #{ ab",
                "conf.set_user(1 #{0 | Word(\"ab\")@22",
            ),
            ("f(#{ a: 1, b: \"x", "f(0 #{1b | Text(\"x\")@15"),
            ("f(#{ \"a b\": [1, tr", "f(0 #{0a b [1 | Word(\"tr\")@16"),
            ("f(g(1), ", "f(1 | Word(\"\")@8"),
            ("a::b(c", "a::b(0 | Word(\"c\")@5"),
            ("x // conf.", " | Else@10"),
            ("`a ${conf.us", "${0 | Word(\"conf.us\")@5"),
            ("f(1).g", " | Word(\"g\")@5"),
        ] {
            let found = shown(line);
            if line.starts_with("f(1)") {
                assert!(found.starts_with(" | Word"), "{line}: {found}");
            } else {
                assert_eq!(found, place, "{line}");
            }
        }
    }
}
