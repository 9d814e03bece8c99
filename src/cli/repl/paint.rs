//! Syntax highlighting of the line that is being typed.

use std::borrow::Cow;
use std::iter::repeat_n;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

use crate::reference::{EntryKind, Reference};
use crate::source::{KEYWORDS, Token, TokenKind, is_hostile, tokens};

/// The line in colors; the bracket at `partner` is highlighted.
pub(super) fn line(line: &str, partner: Option<usize>, reference: &Reference) -> String {
    let painted = tokens(line).map(|token| {
        let is_partner = partner.is_some_and(|at| token.span().contains(&at));
        paint(style(&token, is_partner, reference), token.text)
    });
    painted.collect()
}

/// The line as a terminal may show it: what would steer the terminal, hide or reorder text is left
/// out, or replaced by dots where the line editor counts columns for it.
pub(super) fn harmless(line: &str) -> Cow<'_, str> {
    if !has_hostile_letter(line) {
        return Cow::Borrowed(line);
    }
    let mut shown = String::with_capacity(line.len());
    for letter in line.chars() {
        if is_hostile_letter(letter) {
            shown.extend(repeat_n('·', letter.width().unwrap_or(0)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Whether a line has anything that a terminal must not be shown.
pub(super) fn has_hostile_letter(line: &str) -> bool {
    line.chars().any(is_hostile_letter)
}

fn is_hostile_letter(letter: char) -> bool {
    !matches!(letter, '\n' | '\t') && is_hostile(letter)
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
    fn no_pasted_text_steers_the_terminal() {
        assert_eq!(harmless("a\tb\n→ 日本"), "a\tb\n→ 日本");
        assert_eq!(harmless("a\u{1b}[31m\u{9b}1m\r\u{7f}b"), "a[31m1mb");
        assert_eq!(harmless("a\u{202e}b\u{200b}\u{e0041}c"), "abc");
        assert_eq!(harmless("a\u{115f}b"), "a··b");
    }

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
