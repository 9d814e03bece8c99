//! Splits a script's text into tokens by Rhai's rules. Any text is accepted: the spans of its
//! tokens cover it without gaps, and what is left open becomes an unfinished token.

use std::ops::Range;

/// Operators of more than one character; a longer one precedes its own beginning.
const LONG_SYMBOLS: &[&str] = &[
    "===", "!==", "**=", "<<=", ">>=", "...", "..=", "::", "==", "=>", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "<<", ">>", "..", "->",
    "<-", "++", "--", ":=",
];

/// Operators that give the name before them a value.
const ASSIGNMENTS: &[&str] = &[
    "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", "<<=", ">>=", ":=",
];

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// White space, line ends included.
    Whitespace,
    /// A line or block comment.
    Comment,
    /// A block comment without its end.
    UnfinishedComment,
    /// An identifier or keyword.
    Word,
    /// A number.
    Number,
    /// A string with its quotes, or the piece of a template string around `${…}`.
    String,
    /// A string without its end.
    UnfinishedString,
    /// `(`, `[`, `?[`, `{`, `#{`, or `${` in a template string.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// An operator, punctuation, or a character that Rhai does not know.
    Symbol,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The byte at which it starts.
    pub start: usize,
    /// Its text.
    pub text: &'a str,
    /// The length of a string's opening quote; 0 in a piece that follows `${…}`.
    opening: usize,
    /// The length of a string's closing quote; 0 in a piece that precedes `${…}`.
    closing: usize,
}

impl<'a> Token<'a> {
    /// The byte after its last one.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Its bytes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// Whether it is this word or symbol.
    pub fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, TokenKind::Word | TokenKind::Symbol)
    }

    /// Whether it is neither white space nor a comment.
    pub fn is_code(&self) -> bool {
        !matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::UnfinishedComment
        )
    }

    /// Whether it is a string or a piece of one.
    pub fn is_string(&self) -> bool {
        matches!(self.kind, TokenKind::String | TokenKind::UnfinishedString)
    }

    /// Whether it is an operator that gives a name a value.
    pub fn is_assignment(&self) -> bool {
        self.kind == TokenKind::Symbol && ASSIGNMENTS.contains(&self.text)
    }

    /// Whether it is unfinished and may go on over further lines.
    pub fn continues(&self) -> bool {
        match self.kind {
            TokenKind::UnfinishedComment => true,
            TokenKind::UnfinishedString => !self.text.starts_with(['"', '\'']),
            TokenKind::Whitespace
            | TokenKind::Comment
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Symbol => false,
        }
    }

    /// Its bytes without the quotes of a string.
    pub fn content_span(&self) -> Range<usize> {
        self.start + self.opening..self.end() - self.closing
    }

    /// Its text without the quotes of a string.
    pub fn content(&self) -> &'a str {
        &self.text[self.opening..self.text.len() - self.closing]
    }

    /// Whether it starts a template string that `${…}` interrupts.
    pub(super) fn starts_template(&self) -> bool {
        self.kind == TokenKind::String && self.opening > 0 && self.closing == 0
    }

    /// Whether it is the piece of a template string that follows `${…}`.
    pub(super) fn resumes_template(&self) -> bool {
        self.is_string() && self.opening == 0
    }

    /// Whether it ends a template string that `${…}` interrupted.
    pub(super) fn ends_template(&self) -> bool {
        self.kind == TokenKind::String && self.opening == 0 && self.closing > 0
    }
}

/// The tokens of a text, white space and comments included.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    Lexer {
        text,
        at: 0,
        mode: Mode::Code,
        open: Vec::new(),
        open_braces: 0,
    }
}

/// The tokens of a text without white space and comments.
pub fn code_tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(text).filter(Token::is_code)
}

/// Whether the character can be part of an identifier.
pub fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[derive(Clone, Copy)]
enum Mode {
    /// Between tokens of code.
    Code,
    /// Before the `${` that interrupts a template string.
    Interpolation,
    /// Behind the `}` that resumes a template string.
    Template,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    mode: Mode,
    /// The open brackets, innermost last: `(`, `[`, `{`, or `$` for `${`.
    open: Vec<char>,
    /// How many of them a `}` closes.
    open_braces: usize,
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let token = match std::mem::replace(&mut self.mode, Mode::Code) {
            Mode::Interpolation => self.open('$', "${"),
            Mode::Template if rest.starts_with("${") => self.open('$', "${"),
            Mode::Template => self.template(rest, 0),
            Mode::Code => self.code(rest)?,
        };
        self.at = token.end();
        Some(token)
    }
}

impl<'a> Lexer<'a> {
    fn code(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let first = rest.chars().next()?;
        Some(match first {
            c if c.is_ascii_whitespace() => {
                let length = length_while(rest, |c| c.is_ascii_whitespace());
                self.token(TokenKind::Whitespace, length)
            }
            '/' if rest.starts_with("//") => {
                self.token(TokenKind::Comment, length_while(rest, |c| c != '\n'))
            }
            '/' if rest.starts_with("/*") => self.block_comment(rest),
            '"' | '\'' => self.quoted(rest, first),
            '`' => self.template(rest, 1),
            '#' => self.hashes(rest),
            '?' if rest.starts_with("?[") => self.open('[', "?["),
            '(' | '[' | '{' => self.open(first, &rest[..1]),
            ')' | ']' | '}' => self.close(first),
            c if c.is_ascii_digit() => self.token(TokenKind::Number, number_length(rest)),
            c if is_identifier(c) => self.token(TokenKind::Word, length_while(rest, is_identifier)),
            c => {
                let long = LONG_SYMBOLS.iter().find(|long| rest.starts_with(**long));
                let length = long.map_or(c.len_utf8(), |long| long.len());
                self.token(TokenKind::Symbol, length)
            }
        })
    }

    /// A raw string, `#{`, or hashes that mean nothing: one token, however many there are.
    fn hashes(&mut self, rest: &str) -> Token<'a> {
        let hashes = length_while(rest, |c| c == '#');
        match rest[hashes..].chars().next() {
            Some('"') => self.raw(rest, hashes),
            Some('{') if hashes == 1 => self.open('{', "#{"),
            Some('{') => self.token(TokenKind::Symbol, hashes - 1),
            _ => self.token(TokenKind::Symbol, hashes),
        }
    }

    fn token(&self, kind: TokenKind, length: usize) -> Token<'a> {
        self.string(kind, length, 0, 0)
    }

    fn string(&self, kind: TokenKind, length: usize, opening: usize, closing: usize) -> Token<'a> {
        Token {
            kind,
            start: self.at,
            text: &self.text[self.at..self.at + length],
            opening,
            closing,
        }
    }

    fn unfinished(&self, length: usize, opening: usize) -> Token<'a> {
        self.string(TokenKind::UnfinishedString, length, opening, 0)
    }

    fn open(&mut self, bracket: char, text: &str) -> Token<'a> {
        self.open.push(bracket);
        self.open_braces += usize::from(is_brace(bracket));
        self.token(TokenKind::Open, text.len())
    }

    /// Closes what the bracket belongs to. One that belongs to nothing closes nothing, so that a
    /// mistake inside `${…}` does not turn the rest of the text inside out.
    fn close(&mut self, bracket: char) -> Token<'a> {
        if bracket == '}' && self.open_braces > 0 {
            while self.open.pop_if(|open| !is_brace(*open)).is_some() {}
            self.open_braces -= 1;
            if self.open.pop() == Some('$') {
                self.mode = Mode::Template;
            }
        } else {
            let partner = if bracket == ')' { '(' } else { '[' };
            self.open.pop_if(|open| bracket != '}' && *open == partner);
        }
        self.token(TokenKind::Close, 1)
    }

    fn block_comment(&self, rest: &str) -> Token<'a> {
        let mut depth = 0_usize;
        let mut end = 0;
        while end < rest.len() {
            let tail = &rest[end..];
            if tail.starts_with("/*") {
                depth += 1;
                end += 2;
            } else if tail.starts_with("*/") {
                depth -= 1;
                end += 2;
                if depth == 0 {
                    return self.token(TokenKind::Comment, end);
                }
            } else {
                end += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.token(TokenKind::UnfinishedComment, rest.len())
    }

    /// A string or character literal. It ends with its line unless a backslash precedes the line
    /// end; a doubled quote is a quote inside the string.
    fn quoted(&self, rest: &str, quote: char) -> Token<'a> {
        let mut characters = rest.char_indices().skip(1).peekable();
        let mut is_escaped = false;
        while let Some((index, c)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            match c {
                '\r' if next == Some('\n') => {}
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '\n' => return self.unfinished(index, 1),
                _ if c == quote && next == Some(quote) => {
                    characters.next();
                }
                _ if c == quote => return self.string(TokenKind::String, index + 1, 1, 1),
                _ => {}
            }
        }
        self.unfinished(rest.len(), 1)
    }

    /// A template string from its back-tick, or from the end of `${…}`.
    fn template(&mut self, rest: &str, opening: usize) -> Token<'a> {
        let mut end = opening;
        while end < rest.len() {
            let tail = &rest[end..];
            if tail.starts_with("\\${") {
                end += 3;
            } else if tail.starts_with("``") {
                end += 2;
            } else if tail.starts_with('`') {
                return self.string(TokenKind::String, end + 1, opening, 1);
            } else if tail.starts_with("${") {
                self.mode = Mode::Interpolation;
                return self.string(TokenKind::String, end, opening, 0);
            } else {
                end += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.unfinished(rest.len(), opening)
    }

    /// `#"…"#`, in which no character has a meaning of its own.
    fn raw(&self, rest: &str, hashes: usize) -> Token<'a> {
        let quote = hashes + 1;
        let closing = format!("\"{}", &rest[..hashes]);
        match rest[quote..].find(&closing) {
            Some(length) => self.string(TokenKind::String, quote + length + quote, quote, quote),
            None => self.unfinished(rest.len(), quote),
        }
    }
}

/// Whether a `}` closes it.
fn is_brace(open: char) -> bool {
    matches!(open, '{' | '$')
}

fn length_while(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// `0x1f`, `1_000`, `2.5`, `1e-3`; the dots of `1..5` and `1.to_string()` are not part of it.
fn number_length(text: &str) -> usize {
    if let Some(rest) = text.strip_prefix('0')
        && rest.starts_with(['x', 'o', 'b', 'X', 'O', 'B'])
    {
        return 2 + length_while(&rest[1..], |c| c.is_ascii_hexdigit() || c == '_');
    }
    let digits = |text: &str| length_while(text, |c| c.is_ascii_digit() || c == '_');
    let mut end = digits(text);
    if let Some(fraction) = text[end..].strip_prefix('.') {
        let is_property = |c: char| c == '.' || is_identifier(c) && !c.is_ascii_digit();
        if fraction.chars().next().is_some_and(|c| !is_property(c)) {
            end += 1 + digits(fraction);
        }
    }
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            end += 1 + exponent.len() - unsigned.len() + digits(unsigned);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every code token as `kind:text`.
    fn described(text: &str) -> String {
        let letter = |kind: TokenKind| match kind {
            TokenKind::Whitespace => ' ',
            TokenKind::Word => 'w',
            TokenKind::Number => 'n',
            TokenKind::String => 't',
            TokenKind::UnfinishedString => 'T',
            TokenKind::Comment => 'c',
            TokenKind::UnfinishedComment => 'C',
            TokenKind::Open => 'o',
            TokenKind::Close => 'x',
            TokenKind::Symbol => 's',
        };
        let tokens = tokens(text).filter(|token| token.kind != TokenKind::Whitespace);
        let described: Vec<_> = tokens
            .map(|token| format!("{}:{}", letter(token.kind), token.text))
            .collect();
        described.join(" ")
    }

    #[test]
    fn a_text_is_split_into_tokens() {
        for (line, tokens) in [
            ("", ""),
            (
                r#"conf.set_user("a", #{ b: 1 })"#,
                r#"w:conf s:. w:set_user o:( t:"a" s:, o:#{ w:b s:: n:1 x:} x:)"#,
            ),
            ("1..5 2.5 0x1f", "n:1 s:.. n:5 n:2.5 n:0x1f"),
            (
                "1.abs() 1e-3 2. 5e",
                "n:1 s:. w:abs o:( x:) n:1e-3 n:2. n:5 w:e",
            ),
            ("100Mbps", "n:100 w:Mbps"),
            (r#"a "b\"c" 'd'"#, r#"w:a t:"b\"c" t:'d'"#),
            (r#""a""b""#, r#"t:"a""b""#),
            (r#"f("open, x"#, r#"w:f o:( T:"open, x"#),
            ("\"a\nb", "T:\"a w:b"),
            ("\"a\\\r\nb\"", "t:\"a\\\r\nb\""),
            (
                "a // b\nc /* d /* e */ */ f",
                "w:a c:// b w:c c:/* d /* e */ */ w:f",
            ),
            ("a /* b", "w:a C:/* b"),
            (
                "`a ${b + `c`} d` e",
                "t:`a  o:${ w:b s:+ t:`c` x:} t: d` w:e",
            ),
            ("`${a}${b}`", "t:` o:${ w:a x:} o:${ w:b x:} t:`"),
            ("`${f(} b` c", "t:` o:${ w:f o:( x:} t: b` w:c"),
            ("`${a)} b` c", "t:` o:${ w:a x:) x:} t: b` w:c"),
            ("`a \\${b}` c", "t:`a \\${b}` w:c"),
            ("`a ${b}", "t:`a  o:${ w:b x:} T:"),
            ("`a ``b``` c", "t:`a ``b``` w:c"),
            ("`a\nb", "T:`a\nb"),
            ("#\"a \"b\"# c", "t:#\"a \"b\"# w:c"),
            ("##\"a\"# b\"## c", "t:##\"a\"# b\"## w:c"),
            ("f::g é_1", "w:f s::: w:g w:é_1"),
            ("a?.b ?? c?[0]", "w:a s:?. w:b s:?? w:c o:?[ n:0 x:]"),
            ("\u{feff}let \u{a0}x", "s:\u{feff} w:let s:\u{a0} w:x"),
        ] {
            assert_eq!(described(line), tokens, "{line}");
        }
    }

    /// Sizes with which quadratic time would take minutes.
    #[test]
    fn a_long_text_takes_linear_time() {
        let braces = "}".repeat(300_000);
        for (text, count) in [
            ("#".repeat(500_000), 1),
            (format!("{}{{", "#".repeat(500_000)), 2),
            (format!("{}{}", "(".repeat(300_000), braces), 600_000),
            (format!("{}{}", "{(((".repeat(100_000), braces), 700_000),
            ("/*".repeat(500_000), 1),
            ("\"".repeat(500_000), 1),
            ("`".repeat(500_001), 1),
        ] {
            assert_eq!(tokens(&text).count(), count);
        }
    }

    #[test]
    fn the_content_of_a_string_is_between_its_quotes() {
        for (text, contents) in [
            ("\"a\" 'b' #\"c\"# ##\"d\"##", &["a", "b", "c", "d"][..]),
            ("`a ${b} c`", &["a ", " c"]),
            ("\"a", &["a"]),
            ("`a", &["a"]),
            ("#\"", &[""]),
        ] {
            let strings = tokens(text).filter(Token::is_string);
            let found: Vec<_> = strings.map(|token| token.content()).collect();
            assert_eq!(found, contents, "{text}");
        }
    }

    /// Texts of the characters and sequences at which a lexer can go wrong.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "\"", "'", "`", "${", "}", "{", "#{", "#", "(", ")", "[", "]", "/*", "*/", "//", "\\",
            "\n", "\r\n", " ", "\u{feff}", "\u{a0}", "é", "𐄁", "\u{0}", "e\u{301}", "1", ".", "0x",
            "1e-", "::", "=>", "secret", "password", ":", "=", ",", ";", "?", "fn", "let ",
            "import ",
        ]);
        prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
    }

    fn check(text: &str) {
        let mut end = 0;
        for token in tokens(text) {
            assert_eq!(token.start, end, "{text:?}");
            assert_eq!(&text[token.span()], token.text);
            assert_eq!(&text[token.content_span()], token.content());
            end = token.end();
            assert!(end > token.start || end == text.len(), "{text:?}");
        }
        assert_eq!(end, text.len(), "{text:?}");
    }

    proptest! {
        #[test]
        fn tokens_cover_any_text(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn tokens_cover_any_malformed_script(text in texts()) {
            check(&text);
        }
    }
}
