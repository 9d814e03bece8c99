//! The colors and the width of a report. Without color, no meaning is lost.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style as Ansi};

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

/// Breaks `text` at blanks into lines of at most `first`, then `rest` columns.
pub fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns_left = first;
    for word in text.split(' ') {
        let length = word.chars().count();
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
