//! The golden file of a preview, and how a new preview differs from it.

use std::fmt::Write as _;

use similar::TextDiff;

use crate::run::RunRecord;

use super::super::{clean, text};
use super::{PLAIN, report};

/// Equal lines before and after a difference.
const CONTEXT: usize = 2;

/// The text of a golden file. It depends neither on the terminal nor on the
/// lines of the script. Sites keep such files, so the phrases of the text report
/// must not change.
pub fn golden_text(preview: &RunRecord) -> String {
    let mut run = preview.clone();
    for step in &mut run.steps {
        step.at = None;
        step.from = None;
    }
    let mut out = text::render(&report(&run), PLAIN).to_string();
    if let Some(fault) = &run.fault {
        let _ = writeln!(out, "\nstopped: {}", clean::line(fault.message()));
    }
    let lines = out.lines().flat_map(|line| [line.trim_end(), "\n"]);
    lines.collect()
}

/// The lines of a unified diff of two texts; none if they are the same.
pub fn differing_lines(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let hunks = diff.unified_diff().context_radius(CONTEXT).to_string();
    hunks.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_that_differs_is_a_hunk() {
        assert!(differing_lines("a\nb\n", "a\nb\n").is_empty());
        let (before, after) = ("a\nb\nc\nd\ne\nf\ng\nh\ni\n", "x\nb\nc\nd\ne\nf\ng\nh\ny\n");
        let lines = [
            "@@ -1,3 +1,3 @@",
            "-a",
            "+x",
            " b",
            " c",
            "@@ -7,3 +7,3 @@",
            " g",
            " h",
            "-i",
            "+y",
        ];
        assert_eq!(differing_lines(before, after), lines);
    }
}
