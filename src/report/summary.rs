//! A long run in a few lines: its steps by binding, what failed, and the notes.

use std::fmt::Write as _;

use crate::run::RunRecord;
use crate::step::{Level, StepKind};

use super::timeline::{self, StartedStep};
use super::{Report, Style, clean, notes, phrases, text};

/// The steps with the same sign and binding.
struct StepGroup<'a> {
    sign: char,
    binding: &'a str,
    /// Their numbers.
    steps: Vec<usize>,
}

/// The summary of a run. Steps for a person are listed one by one.
pub fn render(report: &Report<'_>, style: Style) -> String {
    let run = report.run;
    let mut out = String::new();
    text::headline(report, style, &mut out);
    for group in groups(run) {
        let (number, binding) = (group.steps.len(), clean::line(group.binding));
        let subjects = notes::subjects(run, &group.steps);
        let line = format!("{number:>6}  {} {binding:24}  {subjects}", group.sign);
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let writer = text::writer(report, style);
    let is_listed = |started: &StartedStep<'_>| {
        started.fault.is_some() || started.step.kind == StepKind::Manual
    };
    let mut listed = timeline::started(run).filter(is_listed).peekable();
    if listed.peek().is_some() {
        out.push('\n');
    }
    for started in listed {
        text::step(&started, &writer, &mut out);
    }
    text::not_reached(report, &writer, &mut out);
    // A note of one step is part of the whole report; what is serious is not left out.
    let shared = notes::shown_below(report);
    let is_shown = |text: &str| shared.iter().any(|note| note.advisory.text == text);
    let mut serious = notes::shared_advisories(report, Level::Danger);
    serious.extend(notes::shared_advisories(report, Level::Caution));
    serious.retain(|note| !is_shown(&note.advisory.text));
    serious.extend(shared);
    serious.sort_by_key(|note| std::cmp::Reverse(note.advisory.level));
    text::shared_notes(report, &serious, style, &mut out);
    out.push('\n');
    text::counts(report, style, &mut out);
    out
}

/// The groups in the order of their first steps.
fn groups(run: &RunRecord) -> Vec<StepGroup<'_>> {
    let mut groups: Vec<StepGroup<'_>> = Vec::new();
    for (number, step) in (1..).zip(&run.steps) {
        let (sign, binding) = (phrases::sign(step), &*step.binding);
        let same = |group: &&mut StepGroup<'_>| (group.sign, group.binding) == (sign, binding);
        match groups.iter_mut().find(same) {
            Some(group) => group.steps.push(number),
            None if step.kind == StepKind::Manual => {}
            None => groups.push(StepGroup {
                sign,
                binding,
                steps: vec![number],
            }),
        }
    }
    groups
}
