//! Colours and width. Without colour every report reads the same.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style as Ansi};

/// How a report looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether to leave out all but the essential.
    pub quiet: bool,
    /// Whether to show more than usual.
    pub verbose: bool,
}

/// What a piece of text is.
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
    /// `text` as its role looks.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let mut out = String::new();
        self.put(role, text, &mut out);
        out
    }

    /// Adds `text` as its role looks.
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
