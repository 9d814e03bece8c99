//! Which pager a person has chosen, and whether a text needs one. It starts
//! nothing.

/// Ends at once where all fits, keeps colours, leaves the text on the screen.
const USUAL: &str = "less -FRX";

/// Where a choice is looked for, first to last.
const VARIABLES: [&str; 2] = ["ASCRIPT_PAGER", "PAGER"];

/// The size of a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Screen {
    /// Whether all of `text` can be seen at once, with the prompt below it.
    pub(super) fn holds(self, text: &str) -> bool {
        let needed = |line| visible(line).div_ceil(self.columns).max(1);
        text.lines().map(needed).sum::<usize>() < self.rows
    }
}

/// The pager to use; nothing where none is wanted.
pub(super) fn chosen() -> Option<String> {
    let mut choices = VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    wanted(choices.next())
}

fn wanted(choice: Option<String>) -> Option<String> {
    let pager = choice.unwrap_or_else(|| USUAL.to_owned());
    let is_none = matches!(pager.trim(), "" | "cat");
    (!is_none).then_some(pager)
}

/// How many columns a line takes; colours take none.
fn visible(line: &str) -> usize {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().chars().count();
    let others = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    first + others.map(|text| text.chars().count()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_takes_several_rows() {
        let screen = Screen {
            columns: 10,
            rows: 4,
        };
        assert!(screen.holds("one\n\nthree\n"));
        assert!(!screen.holds("one\n\nthree\nfour\n"));
        assert!(screen.holds(&"x".repeat(30)));
        assert!(!screen.holds(&"x".repeat(31)));
        assert!(screen.holds(&format!("\u{1b}[32m{}\u{1b}[0m", "ü".repeat(30))));
    }

    #[test]
    fn nothing_and_cat_mean_no_pager() {
        let of = |choice: &str| wanted(Some(choice.to_owned()));
        assert_eq!(wanted(None).as_deref(), Some("less -FRX"));
        assert_eq!(of("more").as_deref(), Some("more"));
        assert_eq!((of(""), of("cat"), of(" cat ")), (None, None, None));
    }
}
