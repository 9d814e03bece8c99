//! The phrases that all formats of a report share: titles, locations, counts.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::bindings::Value;
use crate::run::DocumentKind;
use crate::state::{Platform, describe_json};
use crate::step::{Advisory, Command, Level, Piece, Stdin, Step, StepKind};

use super::{Report, changes, clean};

/// A number of steps of one kind: `4 already as wanted`.
pub(super) struct KindCount {
    pub(super) number: usize,
    pub(super) what: &'static str,
}

/// A note, and the steps that have it.
pub(super) struct SharedAdvisory<'a> {
    pub(super) advisory: &'a Advisory,
    /// The numbers of the steps; empty for a note of the whole run.
    pub(super) steps: Vec<usize>,
}

/// `4 steps`, `1 step`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// The platform as its vendor writes it.
pub(super) fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "macOS",
        Platform::Linux => "Linux",
    }
}

/// The state of the run in a few words.
pub(super) fn status(report: &Report<'_>) -> &'static str {
    match (report.run.kind, report.run.fault.is_some()) {
        (DocumentKind::Preview, _) => "preview, nothing was changed",
        (DocumentKind::Plan, _) => "plan, nothing was changed",
        (DocumentKind::Receipt, false) => "done, and read back",
        (DocumentKind::Receipt, true) => "stopped",
    }
}

/// Where aspera.conf is and what a live run there requires, before one.
pub(super) fn site<'a>(report: &Report<'a>) -> Option<&'a str> {
    report
        .site
        .filter(|_| report.run.kind != DocumentKind::Receipt)
}

/// The state of the run in a sentence.
pub(super) fn verdict(report: &Report<'_>) -> &'static str {
    let is_pending = report.run.is_pending();
    match (report.run.kind, report.run.fault.is_some(), is_pending) {
        (DocumentKind::Preview | DocumentKind::Plan, true, _) => {
            "Stopped before the end; nothing was changed."
        }
        (DocumentKind::Preview, false, true) => "Nothing was changed yet: this is a preview.",
        (DocumentKind::Plan, false, true) => "Nothing was changed yet: this is a plan.",
        (DocumentKind::Preview | DocumentKind::Plan, false, false) => {
            "Everything is already as wanted."
        }
        (DocumentKind::Receipt, true, _) => "Stopped part-way.",
        (DocumentKind::Receipt, false, true) => "Done, and read back.",
        (DocumentKind::Receipt, false, false) => "Everything was already as wanted.",
    }
}

/// The kinds of steps in the run, and how many there are of each.
pub(super) fn kind_counts(report: &Report<'_>) -> Vec<KindCount> {
    let summary = report.run.summary();
    let (change, act) = match report.run.kind {
        DocumentKind::Preview | DocumentKind::Plan => ("to change", "to run"),
        DocumentKind::Receipt => ("changed", "run"),
    };
    let all = [
        (summary.change, change),
        (summary.act, act),
        (summary.manual, "by hand"),
        (summary.settled, "already as wanted"),
    ];
    let some = all.into_iter().filter(|(number, _)| *number > 0);
    some.map(|(number, what)| KindCount { number, what })
        .collect()
}

/// `+` creates, `~` changes, `-` removes, `!` runs a command, `?` is manual,
/// `=` is settled.
pub(super) fn sign(step: &Step) -> char {
    match step.kind {
        StepKind::Settled => '=',
        StepKind::Manual => '?',
        StepKind::Act => '!',
        StepKind::Change => changes::sign(&step.changes),
    }
}

/// What the step is about.
pub(super) fn title(step: &Step) -> String {
    match step.kind {
        StepKind::Settled => match step.main_subject() {
            Some(subject) => changes::owner(subject),
            None => clean::line(&step.binding).into_owned(),
        },
        StepKind::Act => clean::line(&step.binding).into_owned(),
        StepKind::Manual => "by hand".to_owned(),
        StepKind::Change => changes::title(&step.changes),
    }
}

/// The location of the call, behind the one in the script that led to it; the file is left out if
/// it is `main`.
pub(super) fn location(step: &Step, main: &str) -> String {
    let calls = step.from.iter().chain(&step.at).map(|at| {
        if &*at.file == main {
            format!("line {}", at.line)
        } else {
            format!("{}:{}", clean::line(&at.file), at.line)
        }
    });
    calls.collect::<Vec<_>>().join(" → ")
}

/// The line a person would type, and the standard input.
pub(super) fn command_lines(command: &Command) -> Vec<String> {
    let mut lines = vec![clean::line_of(command.shell())];
    match &command.stdin {
        Stdin::Empty => {}
        Stdin::Terminal(answers) => {
            let answers: Vec<_> = answers.iter().map(Piece::to_string).collect();
            let _ = write!(lines[0], "    typed: {}", clean::line(&answers.join(", ")));
        }
        Stdin::Pipe(pieces) => {
            lines[0].push_str("    reads:");
            let text: String = pieces.iter().map(Piece::to_string).collect();
            let input = text.lines().filter(|line| !line.is_empty());
            lines.extend(input.map(|line| format!("  {}", clean::line(line))));
        }
    }
    lines
}

/// The value of a parameter.
pub(super) fn param_value(value: &Value) -> String {
    if matches!(value, Value::Unit) {
        return "not set".to_owned();
    }
    serde_json::to_value(value).map_or_else(
        |_| String::new(),
        |json| clean::line_of(describe_json(&json)),
    )
}

/// The notes of a step, each text once.
pub(super) fn distinct_notes(step: &Step) -> impl Iterator<Item = &Advisory> {
    let all = &step.advisories;
    let is_repeated = |index: usize| {
        all[..index]
            .iter()
            .any(|other| other.text == all[index].text)
    };
    (0..all.len())
        .filter(move |index| !is_repeated(*index))
        .map(move |index| &all[index])
}

/// All notes of that level, each once, with the steps that have it.
pub(super) fn shared_advisories<'a>(report: &Report<'a>, level: Level) -> Vec<SharedAdvisory<'a>> {
    let steps = report.run.steps.iter().enumerate();
    let of_steps =
        steps.flat_map(|(index, step)| distinct_notes(step).map(move |note| (index + 1, note)));
    let of_run = report.run.advisories.iter().map(|note| (0, note));
    let mut found: Vec<SharedAdvisory<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (number, advisory) in of_steps.chain(of_run).filter(|(_, a)| a.level == level) {
        let index = *known.entry(&advisory.text).or_insert(found.len());
        if index == found.len() {
            found.push(SharedAdvisory {
                advisory,
                steps: Vec::new(),
            });
        }
        found[index].steps.extend((number > 0).then_some(number));
    }
    found
}

/// `step 4`, `steps 1–3, 7`; only the first ranges where there are many.
pub(super) fn step_ranges(numbers: &[usize]) -> String {
    const SHOWN_RANGES: usize = 6;
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let mut text = if numbers.len() == 1 {
        "step "
    } else {
        "steps "
    }
    .to_owned();
    for (index, (first, last)) in ranges.iter().take(SHOWN_RANGES).enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        let _ = write!(text, "{first}");
        if first != last {
            let _ = write!(text, "–{last}");
        }
    }
    let more: usize = ranges
        .iter()
        .skip(SHOWN_RANGES)
        .map(|(a, b)| b - a + 1)
        .sum();
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_read_as_ranges() {
        assert_eq!(step_ranges(&[4]), "step 4");
        assert_eq!(step_ranges(&[1, 2, 3, 7]), "steps 1–3, 7");
        let odd: Vec<_> = (0..20).map(|number| number * 2 + 1).collect();
        assert_eq!(step_ranges(&odd), "steps 1, 3, 5, 7, 9, 11 and 14 more");
    }
}
