//! Colours of a line while it is written. They change no letter of it.

use anstyle::{AnsiColor, Style};

use crate::reference::{EntryKind, Reference};
use crate::repl::scan::{self, Span, TokenKind};

/// Words of the language.
const WORDS: &[&str] = &[
    "break", "catch", "const", "continue", "do", "else", "fn", "for", "if", "import", "as", "in",
    "let", "loop", "private", "return", "switch", "throw", "true", "false", "try", "until",
    "while",
];

/// The line in colours; the bracket at `partner` stands out.
pub(super) fn line(line: &str, partner: Option<usize>, reference: &Reference) -> String {
    let mut painted = String::with_capacity(line.len() * 2);
    let mut end = 0;
    for span in scan::spans(line) {
        painted.push_str(&line[end..span.start]);
        end = span.end();
        let is_partner = partner.is_some_and(|at| (span.start..end).contains(&at));
        let style = style(&span, is_partner, reference);
        painted.push_str(&paint(style, span.text));
    }
    painted.push_str(&line[end..]);
    painted
}

/// The text in that style.
pub(super) fn paint(style: Style, text: &str) -> String {
    if style == Style::new() {
        return text.to_owned();
    }
    format!("{style}{text}{style:#}")
}

fn style(span: &Span<'_>, is_partner: bool, reference: &Reference) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match span.kind {
        TokenKind::Word if WORDS.contains(&span.text) => color(AnsiColor::Magenta),
        TokenKind::Word if is_namespace(span.text, reference) => color(AnsiColor::Blue),
        TokenKind::Text => color(AnsiColor::Green),
        TokenKind::OpenText => color(AnsiColor::Yellow),
        TokenKind::Number => color(AnsiColor::Cyan),
        TokenKind::Comment | TokenKind::OpenComment => Style::new().dimmed(),
        TokenKind::Open | TokenKind::Close if is_partner => color(AnsiColor::Blue).bold(),
        TokenKind::Word | TokenKind::Sign | TokenKind::Open | TokenKind::Close => Style::new(),
    }
}

fn is_namespace(word: &str, reference: &Reference) -> bool {
    let mut namespaces = reference.of_kind(EntryKind::Namespace);
    namespaces.any(|entry| entry.name == word) || matches!(word, "params" | "host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_no_letter() {
        let reference = Reference::new([]);
        for text in [
            "conf.set_user(\"é\", #{ a: 1 }) // x",
            "`a ${b} c",
            "let x = /* ",
            "",
        ] {
            let painted = line(text, Some(0), &reference);
            let mut parts = painted.split('\u{1b}');
            let mut plain = parts.next().unwrap().to_owned();
            plain.extend(parts.map(|part| part.split_once('m').unwrap().1));
            assert_eq!(plain, text);
        }
    }
}
