//! The golden file of a preview, and how a new preview differs from it.

use std::fmt::Write as _;

use crate::run::RunRecord;

use super::super::{clean, text};
use super::{PLAIN, report};

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

/// The lines in which two texts differ, removed ones first.
pub fn differing_lines(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(&after).take_while(same).count();
    let rest = (&before[head..], &after[head..]);
    let tail = rest.0.iter().rev().zip(rest.1.iter().rev());
    let tail = tail.take_while(same).count();
    let gone = &before[head..before.len() - tail];
    let come = &after[head..after.len() - tail];
    let gone = gone.iter().map(|line| format!("- {line}"));
    gone.chain(come.iter().map(|line| format!("+ {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_differ_are_listed() {
        assert!(differing_lines("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(
            differing_lines("a\nb\nc\n", "a\nx\ny\nc\n"),
            ["- b", "+ x", "+ y"]
        );
        assert_eq!(differing_lines("a\n", "a\na\n"), ["+ a"]);
    }
}
