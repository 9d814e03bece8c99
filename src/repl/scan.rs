//! What stands where in a line that is still being written: words, texts,
//! brackets. It follows the script language's own rules, and gives spans even
//! where something is left open.

/// A piece of a line; blanks are between pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// Where it starts, in bytes.
    pub start: usize,
    /// As it is written.
    pub text: &'a str,
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a word of the language.
    Word,
    /// A number.
    Number,
    /// A text with its quotes, or the part of one around `${…}`.
    Text,
    /// A text that nothing ends.
    OpenText,
    /// A comment.
    Comment,
    /// A comment that nothing ends.
    OpenComment,
    /// `(`, `[`, `{`, `#{` or `${`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other sign.
    Sign,
}

impl Span<'_> {
    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is that word or sign.
    pub fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, TokenKind::Word | TokenKind::Sign)
    }
}

/// The pieces of a line, one after the other.
pub fn spans(line: &str) -> Vec<Span<'_>> {
    let mut scanner = Scanner {
        line,
        at: 0,
        open: Vec::new(),
        found: Vec::new(),
    };
    while scanner.step() {}
    scanner.found
}

/// The pieces that mean something: no comments.
pub fn code(line: &str) -> impl Iterator<Item = Span<'_>> {
    let is_code =
        |span: &Span<'_>| !matches!(span.kind, TokenKind::Comment | TokenKind::OpenComment);
    spans(line).into_iter().filter(is_code)
}

struct Scanner<'a> {
    line: &'a str,
    at: usize,
    /// The brackets that are open, by their first letter.
    open: Vec<u8>,
    found: Vec<Span<'a>>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn step(&mut self) -> bool {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        match first {
            '/' if rest.starts_with("//") => {
                self.push(TokenKind::Comment, rest.find('\n').unwrap_or(rest.len()));
            }
            '/' if rest.starts_with("/*") => self.block_comment(),
            '"' | '\'' => self.quoted(first, 1),
            '`' => self.back_ticked(1),
            '#' if rest.starts_with("#{") => self.open(2),
            '#' if is_raw(rest) => self.raw(),
            '(' | '[' | '{' => self.open(1),
            '}' if self.open.last() == Some(&b'$') => {
                self.close();
                self.back_ticked(0);
            }
            ')' | ']' | '}' => self.close(),
            digit if digit.is_ascii_digit() => self.number(),
            letter if is_word(letter) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                self.push(TokenKind::Word, end);
            }
            _ if rest.starts_with("::") => self.push(TokenKind::Sign, 2),
            _ => self.push(TokenKind::Sign, first.len_utf8()),
        }
        true
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        self.found.push(Span {
            kind,
            start: self.at,
            text: &self.rest()[..length],
        });
        self.at += length;
    }

    fn open(&mut self, length: usize) {
        self.open.push(self.rest().as_bytes()[0]);
        self.push(TokenKind::Open, length);
    }

    fn close(&mut self) {
        self.open.pop();
        self.push(TokenKind::Close, 1);
    }

    /// `0x1f`, `1_000`, `2.5`; in `1..5` the number is 1.
    fn number(&mut self) {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let fraction = rest[end..].strip_prefix('.').unwrap_or_default();
        if fraction.starts_with(|c: char| c.is_ascii_digit()) {
            end += 1 + fraction.find(|c| !is_part(c)).unwrap_or(fraction.len());
        }
        self.push(TokenKind::Number, end);
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let (mut depth, mut end) = (0_usize, 0);
        while end < rest.len() {
            let tail = &rest[end..];
            if tail.starts_with("/*") {
                depth += 1;
                end += 2;
            } else if tail.starts_with("*/") {
                depth -= 1;
                end += 2;
                if depth == 0 {
                    return self.push(TokenKind::Comment, end);
                }
            } else {
                end += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.push(TokenKind::OpenComment, rest.len());
    }

    /// A text that ends on its line; a backslash keeps a quote in it, or goes
    /// on with the next line.
    fn quoted(&mut self, quote: char, from: usize) {
        let rest = self.rest();
        let mut is_kept = false;
        for (index, letter) in rest.char_indices().skip(from) {
            match letter {
                _ if is_kept => is_kept = false,
                '\\' => is_kept = true,
                '\n' => return self.push(TokenKind::OpenText, index),
                _ if letter == quote => return self.push(TokenKind::Text, index + 1),
                _ => {}
            }
        }
        self.push(TokenKind::OpenText, rest.len());
    }

    /// A text over any lines, from its back-tick or from the end of `${…}`.
    fn back_ticked(&mut self, from: usize) {
        let rest = self.rest();
        let mut end = from;
        while end < rest.len() {
            let tail = &rest[end..];
            if tail.starts_with("``") {
                end += 2;
            } else if tail.starts_with('`') {
                return self.push(TokenKind::Text, end + 1);
            } else if tail.starts_with("${") {
                self.push(TokenKind::Text, end);
                self.open.push(b'$');
                return self.push(TokenKind::Open, 2);
            } else {
                end += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.push(TokenKind::OpenText, rest.len());
    }

    /// `#"…"#`: nothing in it means anything else.
    fn raw(&mut self) {
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let end = format!("\"{}", &rest[..hashes]);
        match rest[hashes + 1..].find(&end) {
            Some(length) => self.push(TokenKind::Text, hashes + 1 + length + end.len()),
            None => self.push(TokenKind::OpenText, rest.len()),
        }
    }
}

fn is_raw(rest: &str) -> bool {
    rest.trim_start_matches('#').starts_with('"')
}

/// The bracket that belongs to the one at `at`, or that stands before it.
pub fn partner(line: &str, at: usize) -> Option<usize> {
    let brackets: Vec<_> = spans(line)
        .into_iter()
        .filter(|span| matches!(span.kind, TokenKind::Open | TokenKind::Close))
        .collect();
    let under = |span: &Span<'_>| (span.start..span.end()).contains(&at);
    let before = |span: &Span<'_>| span.end() == at;
    let here = brackets.iter().position(under);
    let here = here.or_else(|| brackets.iter().position(before))?;
    let mut depth = 0;
    let is_partner = |span: &&Span<'_>| {
        depth += if span.kind == brackets[here].kind {
            1
        } else {
            -1
        };
        depth == 0
    };
    let found = if brackets[here].kind == TokenKind::Open {
        brackets[here..].iter().find(is_partner)
    } else {
        brackets[..=here].iter().rev().find(is_partner)
    };
    found.map(|span| span.end() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let letter = |kind: TokenKind| match kind {
            TokenKind::Word => 'w',
            TokenKind::Number => 'n',
            TokenKind::Text => 't',
            TokenKind::OpenText => 'T',
            TokenKind::Comment => 'c',
            TokenKind::OpenComment => 'C',
            TokenKind::Open => 'o',
            TokenKind::Close => 'x',
            TokenKind::Sign => 's',
        };
        let all = spans(line);
        let all = all.iter().map(|s| format!("{}:{}", letter(s.kind), s.text));
        all.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_line_falls_into_its_pieces() {
        for (line, pieces) in [
            ("", ""),
            (
                r#"conf.set_user("a", #{ b: 1 })"#,
                r#"w:conf s:. w:set_user o:( t:"a" s:, o:#{ w:b s:: n:1 x:} x:)"#,
            ),
            ("1..5 2.5 0x1f", "n:1 s:. s:. n:5 n:2.5 n:0x1f"),
            (r#"a "b\"c" 'd'"#, r#"w:a t:"b\"c" t:'d'"#),
            (r#"f("open, x"#, r#"w:f o:( T:"open, x"#),
            (
                "a // b\nc /* d /* e */ */ f",
                "w:a c:// b w:c c:/* d /* e */ */ w:f",
            ),
            ("a /* b", "w:a C:/* b"),
            (
                "`a ${b + `c`} d` e",
                "t:`a  o:${ w:b s:+ t:`c` x:} t: d` w:e",
            ),
            ("`a ``b``` c", "t:`a ``b``` w:c"),
            ("`a\nb", "T:`a\nb"),
            ("#\"a \"b\"# c", "t:#\"a \"b\"# w:c"),
            ("f::g é_1", "w:f s::: w:g w:é_1"),
        ] {
            assert_eq!(shown(line), pieces, "{line}");
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
            assert_eq!(partner(line, at), Some(other), "{at}");
        }
        assert_eq!(partner("f(", 1), None);
        assert_eq!(partner("f(\")\"", 2), None);
    }
}
