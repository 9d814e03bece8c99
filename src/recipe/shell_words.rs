//! Reads words of the shell: removes quotes, keeps variables.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a translation follows few of the many kinds of nodes"
)]

use rable::{Node, NodeKind};

use super::shell::{ShellWord, WordPart};
use crate::source::is_identifier;

/// Characters that a shell expands outside of quotes.
const PATTERN: &[char] = &['*', '?'];

/// The word of a node.
pub(super) fn word(node: &Node) -> ShellWord {
    let mut reader = WordReader::default();
    match &node.kind {
        NodeKind::Word { parts, .. } => parts.iter().for_each(|part| reader.part(part)),
        _ => reader.parts.push(WordPart::Unknown),
    }
    reader.finish()
}

/// The name and the value of `name=value`.
pub(super) fn assignment(node: &Node) -> Option<(String, ShellWord)> {
    let ShellWord(mut parts) = word(node);
    let Some(WordPart::Text(first)) = parts.first_mut() else {
        return None;
    };
    let (name, rest) = first.split_once('=')?;
    let (name, rest) = (name.to_owned(), rest.to_owned());
    if rest.starts_with('(') {
        return Some((name, ShellWord(vec![WordPart::Unknown])));
    }
    *first = rest;
    if parts.len() > 1 {
        parts.retain(|part| *part != WordPart::Text(String::new()));
    }
    Some((name, ShellWord(parts)))
}

/// The text of a word without expansions; else empty.
pub(super) fn literal(node: &Node) -> String {
    word(node).literal().unwrap_or_default()
}

/// The words of a node: several where it has a list in braces, as in `/srv/{in,out}`.
pub(super) fn words(node: &Node) -> Vec<ShellWord> {
    let NodeKind::Word { parts, .. } = &node.kind else {
        return vec![word(node)];
    };
    let lists = parts.iter().filter_map(|part| match &part.kind {
        NodeKind::BraceExpansion { content } => Some(content.as_str()),
        _ => None,
    });
    let lists: Vec<_> = lists.collect();
    let [content] = lists.as_slice() else {
        return vec![word(node)];
    };
    let inner = content.trim_start_matches('{').trim_end_matches('}');
    if !inner.contains(',') || inner.contains(['{', '}', '$', '"', '\'', '`', '\\', '*', '?']) {
        return vec![word(node)];
    }
    let with_item = |item: &str| {
        let mut reader = WordReader::default();
        for part in parts {
            match &part.kind {
                NodeKind::BraceExpansion { .. } => reader.text.push_str(item),
                _ => reader.part(part),
            }
        }
        reader.finish()
    };
    inner.split(',').map(with_item).collect()
}

#[derive(Default)]
struct WordReader {
    parts: Vec<WordPart>,
    text: String,
    quote: Option<char>,
    /// Whether the word has any text or quotes.
    is_written: bool,
}

impl WordReader {
    fn part(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::WordLiteral { value } => self.literal(value),
            NodeKind::AnsiCQuote { decoded, .. } => self.text.push_str(decoded),
            NodeKind::ParamExpansion { param, op, arg } => {
                let is_quoted = self.quote.is_some();
                let part = variable(param, op.as_deref(), arg.as_deref(), is_quoted);
                self.push(part);
            }
            NodeKind::CommandSubstitution { command, .. } => {
                self.push(substituted(command));
            }
            _ => self.push(WordPart::Unknown),
        }
    }

    fn push(&mut self, part: WordPart) {
        self.end_text();
        self.parts.push(part);
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts
                .push(WordPart::Text(std::mem::take(&mut self.text)));
        }
    }

    /// Removes the quotes of a part; they may continue in the next one.
    fn literal(&mut self, value: &str) {
        self.is_written = true;
        if self.quote.is_none()
            && self.parts.is_empty()
            && self.text.is_empty()
            && value.starts_with('~')
        {
            self.parts.push(WordPart::Unknown);
        }
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match (self.quote, c) {
                (Some(open), _) if open == c => self.quote = None,
                (None, '"' | '\'') => self.quote = Some(c),
                (Some('\''), _) => self.text.push(c),
                (None, '\\') => match chars.next() {
                    Some('\n') | None => {}
                    Some(next) => self.text.push(next),
                },
                (Some(_), '\\') => self.escaped(chars.next()),
                (None, _) if PATTERN.contains(&c) => self.push(WordPart::Unknown),
                (_, _) => self.text.push(c),
            }
        }
    }

    /// A character after a backslash in double quotes.
    fn escaped(&mut self, next: Option<char>) {
        match next {
            Some('\n') | None => {}
            Some(c @ ('"' | '\\' | '$' | '`')) => self.text.push(c),
            Some(c) => self.text.extend(['\\', c]),
        }
    }

    fn finish(mut self) -> ShellWord {
        self.end_text();
        if self.parts.is_empty() && self.is_written {
            self.parts.push(WordPart::Text(String::new()));
        }
        ShellWord(self.parts)
    }
}

/// `$NAME`, `${NAME}` or `${NAME:-default}`.
fn variable(name: &str, op: Option<&str>, arg: Option<&str>, is_quoted: bool) -> WordPart {
    let is_plain = |text: &str| !text.contains(['$', '`', '"', '\'', '\\']);
    let default = match (op, arg) {
        (Some(":-" | "-" | ":=" | "="), arg) if arg.is_none_or(is_plain) => {
            Some(arg.unwrap_or_default().to_owned())
        }
        // It only refuses an unset variable, as a parameter without a default does.
        (None | Some(":?" | "?"), _) => None,
        _ => return WordPart::Unknown,
    };
    if !name.chars().all(is_identifier) {
        return WordPart::Unknown;
    }
    WordPart::Variable {
        name: name.to_owned(),
        default,
        is_quoted,
    }
}

/// What a command prints, where that is known.
fn substituted(command: &Node) -> WordPart {
    if is_hostname(command) {
        return WordPart::HostName;
    }
    if let NodeKind::Pipeline { commands, .. } = &command.kind
        && let [
            NodeKind::Command { words: echo, .. },
            NodeKind::Command { words: base64, .. },
        ] = [&commands[0].kind, &commands[commands.len() - 1].kind]
        && let ([program, flag, text], Some(encoder)) = (echo.as_slice(), base64.first())
    {
        let is = |node: &Node, wanted: &str| word(node).literal().as_deref() == Some(wanted);
        let is_echo =
            is(program, "echo") && is(flag, "-n") || is(program, "printf") && is(flag, "%s");
        if commands.len() == 2 && is_echo && is(encoder, "base64") {
            return WordPart::Base64(word(text));
        }
    }
    WordPart::Unknown
}

/// Whether a command prints the name of the machine.
fn is_hostname(command: &Node) -> bool {
    let NodeKind::Command { words, .. } = &command.kind else {
        return false;
    };
    let words: Vec<_> = words.iter().map(|node| word(node).literal()).collect();
    let words: Vec<_> = words
        .iter()
        .map(|text| text.as_deref().unwrap_or("?"))
        .collect();
    matches!(
        words.as_slice(),
        ["hostname"] | ["hostname", "-f" | "--fqdn" | "-s"] | ["uname", "-n"]
    )
}

/// The text of a here-document; without quotes around its end, `$NAME` and `${NAME}` are variables.
pub(super) fn here_document(content: &str, is_quoted: bool) -> ShellWord {
    let mut parts = Vec::new();
    let mut rest = content;
    while let Some(at) = rest.find(['$', '`', '\\']).filter(|_| !is_quoted) {
        if at > 0 {
            parts.push(WordPart::Text(rest[..at].to_owned()));
        }
        let (part, length) = expansion(&rest[at..]);
        parts.push(part);
        rest = &rest[at + length..];
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(WordPart::Text(rest.to_owned()));
    }
    ShellWord(parts)
}

/// The expansion at the start of a text, and its length.
fn expansion(text: &str) -> (WordPart, usize) {
    let mut chars = text.chars();
    let (sign, next) = (chars.next(), chars.next());
    match (sign, next) {
        (Some('\\'), Some('\n')) => return (WordPart::Text(String::new()), 2),
        (Some('\\'), Some(c @ ('$' | '`' | '\\'))) => return (WordPart::Text(c.to_string()), 2),
        (Some('\\'), _) => return (WordPart::Text("\\".to_owned()), 1),
        (Some('$'), None) => return (WordPart::Text("$".to_owned()), 1),
        (Some('$'), Some(c)) if c.is_whitespace() || "\"',.;:/)]}|%^&=+".contains(c) => {
            return (WordPart::Text("$".to_owned()), 1);
        }
        _ => {}
    }
    let is_braced = text.starts_with("${");
    let inner = &text[if is_braced { 2 } else { 1 }..];
    let is_digit = inner.starts_with(|c: char| c.is_ascii_digit());
    let end = match inner.find(|c| !is_identifier(c)) {
        // `$10` is `${1}0`.
        _ if is_digit && !is_braced => 1,
        Some(end) => end,
        None => inner.len(),
    };
    let name = &inner[..end];
    let is_closed = !is_braced || inner[end..].starts_with('}');
    if !text.starts_with('$') || name.is_empty() || !is_closed {
        return (WordPart::Unknown, 1);
    }
    let length = name.len() + if is_braced { 3 } else { 1 };
    (variable(name, None, None, true), length)
}
