//! A preview that is kept beside a test, and how a new one differs from it.

use std::fmt::Write as _;

use crate::journal::Journal;
use crate::step::Step;
use crate::trial::Preview;

use super::super::{Report, clean, text};
use super::{PLAIN, report};

/// A preview as it is kept for a test: nothing in it hangs on a terminal, or on
/// the lines that the script's calls stand on.
pub fn kept(preview: &Preview<'_>) -> String {
    let steps = preview.journal.steps.iter().cloned();
    let steps = steps.map(|step| Step { at: None, ..step });
    let journal = Journal::kept(
        preview.journal.observations.clone(),
        steps.collect(),
        preview.journal.advisories.clone(),
    );
    let report = Report {
        journal: &journal,
        ..report(preview)
    };
    let mut out = text::render(&report, PLAIN).to_string();
    if let Some(fault) = preview.fault {
        let _ = writeln!(out, "\nstopped: {}", clean::line(fault.message()));
    }
    let lines = out.lines().flat_map(|line| [line.trim_end(), "\n"]);
    lines.collect()
}

/// The lines in which two texts differ, those that are gone first.
pub fn lines(before: &str, after: &str) -> Vec<String> {
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
    fn only_the_lines_that_differ_are_told() {
        assert!(lines("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(lines("a\nb\nc\n", "a\nx\ny\nc\n"), ["- b", "+ x", "+ y"]);
        assert_eq!(lines("a\n", "a\na\n"), ["+ a"]);
    }
}
