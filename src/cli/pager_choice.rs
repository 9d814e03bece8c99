//! Which pager the user has chosen, and whether a text needs one.

use crate::report;

/// Exits at once if everything fits, passes colors through, and leaves the text
/// on the screen.
const DEFAULT_PAGER: &str = "less -FRX";

/// The environment variables that choose a pager, the first one set wins.
const VARIABLES: [&str; 2] = ["ASCRIPT_PAGER", "PAGER"];

/// The size of a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct TerminalSize {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl TerminalSize {
    /// Whether all of `text` fits, with the prompt below it.
    pub(super) fn fits(self, text: &str) -> bool {
        let rows = |line| visible_width(line).div_ceil(self.columns).max(1);
        text.lines().map(rows).sum::<usize>() < self.rows
    }
}

/// The pager to use; none if the user wants none.
pub(super) fn chosen_pager() -> Option<String> {
    let mut choices = VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    pager(choices.next())
}

fn pager(choice: Option<String>) -> Option<String> {
    let pager = choice.unwrap_or_else(|| DEFAULT_PAGER.to_owned());
    let is_none = matches!(pager.trim(), "" | "cat");
    (!is_none).then_some(pager)
}

/// The width of a line without its color codes.
fn visible_width(line: &str) -> usize {
    let mut parts = line.split('\u{1b}');
    let first = report::columns(parts.next().unwrap_or_default());
    let others = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    first + others.map(report::columns).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_takes_several_rows() {
        let size = TerminalSize {
            columns: 10,
            rows: 4,
        };
        assert!(size.fits("one\n\nthree\n"));
        assert!(!size.fits("one\n\nthree\nfour\n"));
        assert!(size.fits(&"x".repeat(30)));
        assert!(!size.fits(&"x".repeat(31)));
        assert!(size.fits(&format!("\u{1b}[32m{}\u{1b}[0m", "ü".repeat(30))));
        assert!(size.fits(&"漢".repeat(15)) && !size.fits(&"漢".repeat(16)));
    }

    #[test]
    fn an_empty_choice_and_cat_mean_no_pager() {
        let chosen = |choice: &str| pager(Some(choice.to_owned()));
        assert_eq!(pager(None).as_deref(), Some("less -FRX"));
        assert_eq!(chosen("more").as_deref(), Some("more"));
        assert_eq!(
            (chosen(""), chosen("cat"), chosen(" cat ")),
            (None, None, None)
        );
    }
}
