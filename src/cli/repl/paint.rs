//! Syntax highlighting of the line that is being typed.

use anstyle::{AnsiColor, Style};

use crate::reference::{EntryKind, Reference};
use crate::source::{KEYWORDS, Token, TokenKind, tokens};

/// The line in colors; the bracket at `partner` is highlighted.
pub(super) fn line(line: &str, partner: Option<usize>, reference: &Reference) -> String {
    let painted = tokens(line).map(|token| {
        let is_partner = partner.is_some_and(|at| token.span().contains(&at));
        paint(style(&token, is_partner, reference), token.text)
    });
    painted.collect()
}

/// The text in a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    if style == Style::new() {
        return text.to_owned();
    }
    format!("{style}{text}{style:#}")
}

fn style(token: &Token<'_>, is_partner: bool, reference: &Reference) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match token.kind {
        TokenKind::Word if KEYWORDS.contains(&token.text) => color(AnsiColor::Magenta),
        TokenKind::Word if is_namespace(token.text, reference) => color(AnsiColor::Blue),
        TokenKind::String => color(AnsiColor::Green),
        TokenKind::UnfinishedString => color(AnsiColor::Yellow),
        TokenKind::Number => color(AnsiColor::Cyan),
        TokenKind::Comment | TokenKind::UnfinishedComment => Style::new().dimmed(),
        TokenKind::Open | TokenKind::Close if is_partner => color(AnsiColor::Blue).bold(),
        TokenKind::Whitespace
        | TokenKind::Word
        | TokenKind::Symbol
        | TokenKind::Open
        | TokenKind::Close => Style::new(),
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
    fn colors_change_no_character() {
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
