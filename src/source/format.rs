//! Formats a script: indentation by brackets, blanks around operators and behind commas, no blanks
//! at the ends of lines, one empty line at most. Line breaks stay where they are, and so does what
//! lines up in columns. Tokens and comments stay as they are.

use super::lexer::{Token, TokenKind, tokens};
use super::words::KEYWORDS;

const INDENT: usize = 4;

/// Operators with a blank on both sides where an operand is before them.
const SPACED: &[&str] = &[
    "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", "<<=", ">>=", "==", "!=", "<",
    "<=", ">", ">=", "<<", ">>", "&&", "||", "&", "|", "^", "??", "+", "-", "*", "/", "%", "**",
    "=>",
];

/// Operators that may start a statement, so that one behind a block need not continue it.
const PREFIXES: &[&str] = &["-", "+", "|", "||"];

/// The text of a script in the common layout. All line ends become as the first one is. A text with
/// a string or a comment that is not closed stays as it is.
///
/// ```
/// let text = "for u in users{\nadd( u,1+2 ) ;  \n\n\n}";
/// assert_eq!(ascript::source::format(text), "for u in users {\n    add( u, 1 + 2 );\n\n}\n");
/// ```
pub fn format(text: &str) -> String {
    let mut formatter = Formatter {
        line_end: line_end(text),
        ..Formatter::default()
    };
    for token in tokens(text) {
        if is_unfinished(&token) {
            return text.to_owned();
        }
        formatter.add(&token);
    }
    formatter.finish()
}

/// The first line end of those that stay.
fn line_end(text: &str) -> &'static str {
    let is_blank = |token: &Token<'_>| token.kind == TokenKind::Whitespace;
    let mut blanks = tokens(text).skip_while(is_blank).filter(is_blank);
    match blanks.find_map(|blank| Some(blank.start + blank.text.find('\n')?)) {
        Some(end) if text[..end].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[derive(Default)]
struct Formatter<'a> {
    out: String,
    line_end: &'static str,
    /// The indentation of the line that is being written.
    indent: usize,
    /// The white space since the last token.
    gap: &'a str,
    last: Option<Token<'a>>,
    last_code: Option<Token<'a>>,
    /// Whether that is an operator between two operands, or the end of the parameters of a closure.
    is_spaced: bool,
    /// Whether the last `|` starts the parameters of a closure.
    is_in_params: bool,
    /// The open brackets, each with the indentation of its line.
    open: Vec<(Token<'a>, usize)>,
}

impl<'a> Formatter<'a> {
    fn add(&mut self, token: &Token<'a>) {
        if token.kind == TokenKind::Whitespace {
            self.gap = token.text;
            return;
        }
        let line_ends = self.gap.bytes().filter(|byte| *byte == b'\n').count();
        if line_ends > 0 || self.last.is_none() {
            self.start_line(token, line_ends);
        } else {
            self.write_gap(token);
        }
        let is_line = token.kind == TokenKind::Comment && token.text.starts_with("//");
        self.out.push_str(if is_line {
            token.text.trim_ascii_end()
        } else {
            token.text
        });
        self.advance(token);
    }

    fn finish(mut self) -> String {
        if self.last.is_some() {
            self.out.push_str(self.line_end);
        }
        self.out
    }

    fn start_line(&mut self, token: &Token<'a>, line_ends: usize) {
        if self.last.is_some() {
            self.out.push_str(&self.line_end.repeat(line_ends.min(2)));
        }
        let opened = self.open.last().map(|(_, indent)| *indent);
        self.indent = match opened {
            Some(indent) if token.kind == TokenKind::Close => indent,
            _ => opened.map_or(0, |indent| indent + INDENT) + self.continuation(token),
        };
        self.out.push_str(&" ".repeat(self.indent));
    }

    /// How much further a line is indented that continues a statement, an argument or an entry.
    fn continuation(&self, token: &Token<'a>) -> usize {
        let Some(last) = self.last_code.filter(|_| !is_block(token)) else {
            return 0;
        };
        let is_open = match last.text {
            "," | ";" => false,
            "}" => is_operator(token) && !PREFIXES.contains(&token.text) || is_joint(token),
            _ => last.kind != TokenKind::Open,
        };
        INDENT * usize::from(is_open)
    }

    fn write_gap(&mut self, token: &Token<'a>) {
        let Some(last) = self.last else { return };
        let is_joined = token.resumes_template() || token.text == "${";
        let is_close_to_last = (token.is(",") || token.is(";")) && last.is_code();
        if is_joined || is_close_to_last && !last.is(",") && !last.is(";") {
            return;
        }
        if !self.gap.is_empty() && self.gap.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            self.out.push_str(self.gap);
        } else if !self.gap.is_empty() || self.wants_blank(&last, token) {
            self.out.push(' ');
        }
    }

    /// Whether there is a blank between two tokens that were written without one.
    fn wants_blank(&self, last: &Token<'a>, token: &Token<'a>) -> bool {
        if !last.is_code() || !token.is_code() {
            return token.text.starts_with("//");
        }
        if token.kind == TokenKind::Close {
            let opened = self.open.last().map(|(open, _)| open);
            let is_filled = opened.is_some_and(|open| open != last && open.text != "${");
            return token.text == "}" && is_filled;
        }
        match last.text {
            "," | ";" => !token.is(",") && !token.is(";"),
            ":" | "{" | "#{" => true,
            _ if self.is_spaced || self.is_operator_here(token) => true,
            _ if is_block(token) => last.kind != TokenKind::Open,
            _ if is_keyword(last) => starts_operand(token),
            _ => {
                let ends = last.is_string() || last.kind == TokenKind::Close;
                ends && token.kind == TokenKind::Word
            }
        }
    }

    /// Whether an operator is here between two operands.
    fn is_operator_here(&self, token: &Token<'a>) -> bool {
        let is_prefix = PREFIXES.contains(&token.text);
        let ends_operand =
            |last: Token<'_>| ends_operand(&last) && !(is_prefix && last.text == "}");
        is_operator(token) && self.last_code.is_some_and(ends_operand) && !self.is_in_params
    }

    fn advance(&mut self, token: &Token<'a>) {
        (self.last, self.gap) = (Some(*token), "");
        if !token.is_code() {
            return;
        }
        self.is_spaced = self.is_operator_here(token) || token.is("||");
        if token.is("|") && !self.is_spaced {
            self.is_spaced = self.is_in_params;
            self.is_in_params = !self.is_in_params;
        }
        self.last_code = Some(*token);
        if token.kind == TokenKind::Open {
            self.open.push((*token, self.indent));
        } else if token.kind == TokenKind::Close {
            self.open.pop();
        }
    }
}

fn is_unfinished(token: &Token<'_>) -> bool {
    matches!(
        token.kind,
        TokenKind::UnfinishedString | TokenKind::UnfinishedComment
    )
}

fn is_operator(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Symbol && SPACED.contains(&token.text)
}

fn is_joint(token: &Token<'_>) -> bool {
    token.is(".") || token.is("?.")
}

fn is_block(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Open && token.text == "{"
}

fn is_keyword(token: &Token<'_>) -> bool {
    let is_word = token.kind == TokenKind::Word && KEYWORDS.contains(&token.text);
    is_word && !matches!(token.text, "true" | "false")
}

fn ends_operand(token: &Token<'_>) -> bool {
    let is_value = matches!(
        token.kind,
        TokenKind::Word | TokenKind::Number | TokenKind::String | TokenKind::Close
    );
    is_value && !is_keyword(token)
}

fn starts_operand(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Open
        || token.is_string()
        || ["!", "-", "|", "||"].contains(&token.text)
}
