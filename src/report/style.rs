//! The colors and the width of a report. Without color, no meaning is lost.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style as Ansi};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The least columns for the words beside a label.
const MIN_WORDS: usize = 24;

/// How a report is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colors.
    pub color: bool,
    /// The number of columns.
    pub width: usize,
    /// Whether to leave out all but the essential.
    pub quiet: bool,
    /// Whether to show more than usual.
    pub verbose: bool,
    /// The characters for marks such as arrows.
    pub charset: Charset,
}

/// The characters that a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// All.
    Utf8,
    /// ASCII, at least for our own marks.
    Ascii,
}

/// What a piece of text is, which decides its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Added,
    Removed,
    Changed,
    Act,
    Faint,
    Strong,
    Danger,
}

impl Style {
    /// `text` in the color of its role.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let mut out = String::new();
        self.put(role, text, &mut out);
        out
    }

    /// Appends `text` in the color of its role.
    pub(super) fn put(self, role: Role, text: &str, out: &mut String) {
        if !self.color || text.is_empty() {
            out.push_str(text);
            return;
        }
        let colored = |color: AnsiColor| Ansi::new().fg_color(Some(Color::Ansi(color)));
        let style = match role {
            Role::Added => colored(AnsiColor::Green),
            Role::Removed => colored(AnsiColor::Red),
            Role::Changed => colored(AnsiColor::Yellow),
            Role::Act => colored(AnsiColor::Cyan),
            Role::Faint => Ansi::new().dimmed(),
            Role::Strong => Ansi::new().bold(),
            Role::Danger => colored(AnsiColor::Red).bold(),
        };
        let _ = write!(out, "{style}{text}{style:#}");
    }
}

/// How many columns a terminal shows a text in: two for each wide character.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// As much of a text as fits into that many columns.
pub fn cut(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let too_far = text.char_indices().find(|(_, letter)| {
        taken += letter.width().unwrap_or_default();
        taken > columns
    });
    &text[..too_far.map_or(text.len(), |(index, _)| index)]
}

/// A label and a text in one line; where that is wider than a terminal, in lines that start below
/// each other, or below the label where it leaves no room.
pub fn labeled(label: &str, text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| columns(label) + columns(text) > *width) else {
        return format!("{label}{text}");
    };
    let taken = columns(label);
    let lines = |indent: usize| {
        let room = width.saturating_sub(indent);
        wrap(text, room, room).join(&format!("\n{:indent$}", ""))
    };
    if taken + MIN_WORDS > width {
        format!("{}\n    {}", label.trim_end(), lines(4))
    } else {
        format!("{label}{}", lines(taken))
    }
}

/// Breaks `text` at blanks into lines of at most `first`, then `rest` columns.
pub fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns_left = first;
    for word in text.split(' ') {
        let length = columns(word);
        if !line.is_empty() && length + 1 > columns_left {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
            columns_left = rest.saturating_sub(length);
            continue;
        }
        let blank = usize::from(!line.is_empty());
        if blank > 0 {
            line.push(' ');
        }
        line.push_str(word);
        columns_left = columns_left.saturating_sub(length + blank);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(
            (columns("a漢字"), columns("ü"), columns("e\u{301}")),
            (5, 1, 1)
        );
        assert_eq!(
            (cut("a漢字", 4), cut("a漢字", 5), cut("ab", 0)),
            ("a漢", "a漢字", "")
        );
        assert_eq!(wrap("漢字 漢字 a", 7, 7), ["漢字", "漢字 a"]);
    }

    #[test]
    fn a_text_beside_a_label_breaks_no_word_in_a_narrow_terminal() {
        let text = "Sets up this Linux host as a transfer node for Faspex.";
        for label in ["   1  ", "faspex-node-linux  "] {
            for width in 40..=79 {
                let shown = labeled(label, text, Some(width));
                let words = shown.split_whitespace();
                assert!(
                    words.eq(format!("{label}{text}").split_whitespace()),
                    "{shown}"
                );
                let widest = shown.lines().map(columns).max();
                assert!(widest <= Some(width), "{width}: {shown}");
            }
            assert_eq!(labeled(label, text, None), format!("{label}{text}"));
        }
        let narrow = labeled("faspex-node-linux  ", text, Some(40));
        assert!(
            narrow.starts_with("faspex-node-linux\n    Sets up this"),
            "{narrow}"
        );
        let wide = labeled("faspex-node-linux  ", text, Some(60));
        assert!(wide.contains("\n                   "), "{wide}");
    }
}
