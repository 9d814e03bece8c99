//! Which brackets are open at a point of a text: what is called with them, which argument or
//! entry comes next, and under which key.

use std::ops::Range;

use super::lexer::{Token, TokenKind, code_tokens};
use super::words::KEYWORDS;

/// An open bracket, or the text outside of all brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenBracket<'a> {
    /// `(`, `[`, `?[`, `{`, `#{` or `${`; empty outside of all brackets.
    pub bracket: &'a str,
    /// The function that is called with it, such as `conf.set_user`; else empty.
    pub callee: &'a str,
    /// The index of the argument, item or entry.
    pub index: usize,
    /// The key whose value this is, or the name that is assigned a value; else empty.
    pub key: &'a str,
    /// The keys of a map so far.
    pub keys: Vec<&'a str>,
}

/// Follows the tokens of a text and knows the brackets that are open before the next one.
pub struct BracketTracker<'a> {
    text: &'a str,
    open: Vec<OpenBracket<'a>>,
    /// The names that dots or `::` join, up to here.
    path: Option<Range<usize>>,
    last: Option<Token<'a>>,
    second_last: Option<Token<'a>>,
    /// The string in the index that the last bracket closed: `key` after `m["key"]`.
    indexed: Option<&'a str>,
}

impl<'a> BracketTracker<'a> {
    /// Starts before the first token.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            open: vec![OpenBracket::default()],
            path: None,
            last: None,
            second_last: None,
            indexed: None,
        }
    }

    /// The open brackets, the innermost last; the first stands for the text outside of them.
    pub fn open(&self) -> &[OpenBracket<'a>] {
        &self.open
    }

    /// The name that the operator before the next token compares or sets: `key` in `key == "…"`.
    pub fn left_name(&self) -> &'a str {
        let operator = self.last.filter(|last| last.kind == TokenKind::Symbol);
        let name = self.second_last.and_then(|name| {
            let word = (name.kind == TokenKind::Word).then_some(name.text);
            word.or_else(|| self.index_before(&name))
        });
        operator.and(name).unwrap_or_default()
    }

    /// The string in the index that ends with this bracket.
    fn index_before(&self, last: &Token<'a>) -> Option<&'a str> {
        self.indexed.filter(|_| last.kind == TokenKind::Close)
    }

    /// Goes past a token.
    pub fn advance(&mut self, token: &Token<'a>) {
        if !token.is_code() {
            return;
        }
        let path = self.path.take();
        match token.kind {
            TokenKind::Word => {
                let is_joined = self.last.is_some_and(|last| is_joint(&last));
                let joined = path.filter(|path| is_joined && path.end == token.start);
                self.path = Some(joined.map_or(token.start, |path| path.start)..token.end());
            }
            TokenKind::Symbol if is_joint(token) => {
                let joined = path.filter(|path| path.end == token.start);
                self.path = joined.map(|path| path.start..token.end());
            }
            TokenKind::Symbol => self.symbol(token),
            TokenKind::Open => {
                let callee = path
                    .filter(|_| token.text == "(")
                    .map(|path| &self.text[path]);
                let callee = callee.filter(|callee| !KEYWORDS.contains(callee));
                self.open.push(OpenBracket {
                    bracket: token.text,
                    callee: callee.unwrap_or_default(),
                    ..OpenBracket::default()
                });
            }
            TokenKind::Close if self.open.len() > 1 => {
                let closed = self.open.pop();
                let is_index = closed.is_some_and(|open| matches!(open.bracket, "[" | "?["));
                let index = self.last.filter(|last| is_index && last.is_string());
                self.indexed = index.map(|index| index.content());
            }
            TokenKind::Close
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::UnfinishedString
            | TokenKind::Whitespace
            | TokenKind::Comment
            | TokenKind::UnfinishedComment => {}
        }
        self.second_last = self.last.replace(*token);
    }

    fn symbol(&mut self, token: &Token<'a>) {
        let key = self.last.and_then(|last| {
            let is_name = last.kind == TokenKind::Word || last.is_string();
            let name = is_name.then(|| last.content());
            name.or_else(|| self.index_before(&last))
        });
        let key = key.unwrap_or_default();
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match token.text {
            "," | ";" => {
                open.index += 1;
                open.key = "";
            }
            ":" => {
                open.key = key;
                if open.bracket == "#{" {
                    open.keys.push(key);
                }
            }
            _ if token.is_assignment() => open.key = key,
            _ => {}
        }
    }
}

fn is_joint(token: &Token<'_>) -> bool {
    token.is(".") || token.is("::")
}

/// The byte of the bracket that belongs to the one at a byte, or to the one that ends there.
pub fn matching_bracket(text: &str, offset: usize) -> Option<usize> {
    let brackets: Vec<_> = code_tokens(text)
        .filter(|token| matches!(token.kind, TokenKind::Open | TokenKind::Close))
        .collect();
    let at = brackets
        .iter()
        .position(|token| token.span().contains(&offset));
    let here = at.or_else(|| brackets.iter().position(|token| token.end() == offset))?;
    let kind = brackets[here].kind;
    let mut depth = 0;
    let is_partner = |token: &&Token<'_>| {
        depth += if token.kind == kind { 1 } else { -1 };
        depth == 0
    };
    let partner = if kind == TokenKind::Open {
        brackets[here..].iter().find(is_partner)
    } else {
        brackets[..=here].iter().rev().find(is_partner)
    };
    partner.map(|token| token.end() - 1)
}

/// The byte of the opening bracket that is never closed: where the indentation of a closing bracket
/// tells, the one that it cannot belong to; else the innermost. `None` if all are closed.
pub fn unclosed_bracket(text: &str) -> Option<usize> {
    let mut open: Vec<(Token<'_>, usize)> = Vec::new();
    let mut misfit = None;
    let mut line = Line::default();
    for token in code_tokens(text) {
        line.advance(text, token.start);
        if token.kind == TokenKind::Open {
            open.push((token, line.indent));
        } else if token.kind == TokenKind::Close {
            let (opened, indent) = open.pop()?;
            if !opened.text.ends_with(partner(token.text)) {
                return Some(opened.start);
            }
            let starts_line = line.start + line.indent == token.start;
            if starts_line && line.indent != indent {
                misfit.get_or_insert(opened.start);
            }
        }
    }
    let innermost = open.last()?.0.start;
    Some(misfit.unwrap_or(innermost))
}

/// The line of a token, read once for all of its tokens.
#[derive(Default)]
struct Line {
    start: usize,
    /// How many bytes of white space it starts with.
    indent: usize,
    /// Up to where the text is read.
    read: usize,
}

impl Line {
    /// Goes on to the line of the token at a byte.
    fn advance(&mut self, text: &str, offset: usize) {
        if let Some(end) = text[self.read..offset].rfind('\n') {
            self.start = self.read + end + 1;
        }
        if self.read <= self.start {
            let before = &text[self.start..offset];
            self.indent = before.len() - before.trim_start().len();
        }
        self.read = offset;
    }
}

/// The bracket that a closing one closes.
fn partner(closing: &str) -> char {
    match closing {
        ")" => '(',
        "]" => '[',
        _ => '{',
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::tokens;
    use super::*;

    /// The open brackets at the end as `callee bracket index key`.
    fn described(text: &str) -> String {
        let mut tracker = BracketTracker::new(text);
        for token in tokens(text) {
            tracker.advance(&token);
        }
        let open = tracker.open().iter();
        let open =
            open.map(|open| format!("{}{}{}{}", open.callee, open.bracket, open.index, open.key));
        open.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn open_brackets_are_known_at_each_point() {
        for (text, open) in [
            ("", "0"),
            ("let a = 1; b = c(d, ", "1b c(1"),
            ("a . b /* c */ (", "0 b(0"),
            ("if (", "0 (0"),
            ("f(#{ a: [1, 2], 'b': { ", "0 f(0 #{1b {0"),
            ("f(a: ", "0 f(0a"),
            ("x += `${y(", "0x ${0 y(0"),
            (")]} f(", "0 f(0"),
        ] {
            assert_eq!(described(text), open, "{text}");
        }
    }

    #[test]
    fn brackets_find_each_other() {
        let line = "f(#{ a: [1, `${x}`] })";
        for (at, other) in [
            (1, 21),
            (2, 20),
            (3, 20),
            (8, 18),
            (22, 1),
            (21, 1),
            (20, 3),
            (13, 16),
        ] {
            assert_eq!(matching_bracket(line, at), Some(other), "{at}");
        }
        assert_eq!(matching_bracket("f(", 1), None);
        assert_eq!(matching_bracket("f(\")\"", 2), None);
    }

    #[test]
    fn the_bracket_that_is_never_closed_is_found_by_indentation() {
        for (text, unclosed) in [
            ("f(1);", None),
            ("f(1", Some("(1")),
            (
                "fn f(x) {\n    if x {\n        g();\n}\nf(1);",
                Some("{\n        g"),
            ),
            ("f(#{\n    a: 1\ng();", Some("#{\n    a")),
            ("f(#{ a: 1 );", Some("#{ a")),
            ("if a {\n    b();\n}\nif c {\n    d();\n", Some("{\n    d")),
            ("let s = \"{\"; // (\nf();", None),
        ] {
            let found = unclosed_bracket(text).map(|start| &text[start..]);
            let is_expected = match (found, unclosed) {
                (Some(found), Some(start)) => found.starts_with(start),
                (found, unclosed) => found.is_none() && unclosed.is_none(),
            };
            assert!(is_expected, "{text}: {found:?}");
        }
    }
}
