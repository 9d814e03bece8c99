//! The words that every form of a report shares: what a step is called, where
//! it stands, how many there are.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::bindings::Value;
use crate::run::DocumentKind;
use crate::state::Platform;
use crate::step::{Advisory, Command, Level, Piece, Stdin, Step, StepKind};

use super::{Report, changes, clean};

/// How many of something: `4 already as wanted`.
pub(super) struct Count {
    pub(super) number: usize,
    pub(super) what: &'static str,
}

/// A note that several steps may share.
pub(super) struct Shared<'a> {
    pub(super) advisory: &'a Advisory,
    /// The numbers of the steps; none where it belongs to the whole run.
    pub(super) steps: Vec<usize>,
}

/// `4 steps`, `1 step`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// As the vendor writes it.
pub(super) fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "macOS",
        Platform::Linux => "Linux",
    }
}

/// How the run ended, in a clause.
pub(super) fn done(report: &Report<'_>) -> &'static str {
    match (report.run.kind, report.run.fault.is_some()) {
        (DocumentKind::Preview, _) => "preview, nothing was changed",
        (DocumentKind::Plan, _) => "plan, nothing was changed",
        (DocumentKind::Receipt, false) => "done, and read back",
        (DocumentKind::Receipt, true) => "stopped",
    }
}

/// How the run ended, in a sentence for who reads nothing else.
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

/// The kinds of steps that there are, and how many.
pub(super) fn counts(report: &Report<'_>) -> Vec<Count> {
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
    some.map(|(number, what)| Count { number, what }).collect()
}

/// `+ ~ -` for what comes, changes or goes; `!` runs, `?` a person does, `=`
/// is so already.
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
        StepKind::Settled | StepKind::Act => clean::line(&step.binding).into_owned(),
        StepKind::Manual => "by hand".to_owned(),
        StepKind::Change => changes::title(&step.changes),
    }
}

/// Where the step stands in the script; `main` is not named.
pub(super) fn place(step: &Step, main: &str) -> String {
    match &step.at {
        Some(at) if &*at.file == main => format!("line {}", at.line),
        Some(at) => format!("{}:{}", clean::line(&at.file), at.line),
        None => String::new(),
    }
}

/// The line a person would type, and what the program is told besides.
pub(super) fn spoken(command: &Command) -> Vec<String> {
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
            let told = text.lines().filter(|line| !line.is_empty());
            lines.extend(told.map(|line| format!("  {}", clean::line(line))));
        }
    }
    lines
}

/// The value of a parameter.
pub(super) fn param(value: &Value) -> String {
    if matches!(value, Value::Unit) {
        return "not set".to_owned();
    }
    serde_json::to_value(value).map_or_else(|_| String::new(), |json| changes::shown(&json))
}

/// The notes of a step. Two of its subjects may earn the same; it reads once.
pub(super) fn notes(step: &Step) -> impl Iterator<Item = &Advisory> {
    let all = &step.advisories;
    let is_said = |index: usize| all[..index].iter().any(|said| said.text == all[index].text);
    (0..all.len())
        .filter(move |index| !is_said(*index))
        .map(move |index| &all[index])
}

/// All notes of that weight, each once, with the steps it belongs to.
pub(super) fn shared<'a>(report: &Report<'a>, level: Level) -> Vec<Shared<'a>> {
    let steps = report.run.steps.iter().enumerate();
    let of_steps = steps.flat_map(|(index, step)| notes(step).map(move |note| (index + 1, note)));
    let of_run = report.run.advisories.iter().map(|note| (0, note));
    let mut found: Vec<Shared<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (number, advisory) in of_steps.chain(of_run).filter(|(_, a)| a.level == level) {
        let index = *known.entry(&advisory.text).or_insert(found.len());
        if index == found.len() {
            found.push(Shared {
                advisory,
                steps: Vec::new(),
            });
        }
        found[index].steps.extend((number > 0).then_some(number));
    }
    found
}

/// `step 4`, `steps 1–3, 7`; the first few where there are many.
pub(super) fn steps(numbers: &[usize]) -> String {
    const SHOWN: usize = 6;
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
    for (index, (first, last)) in ranges.iter().take(SHOWN).enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        let _ = write!(text, "{first}");
        if first != last {
            let _ = write!(text, "–{last}");
        }
    }
    let more: usize = ranges.iter().skip(SHOWN).map(|(a, b)| b - a + 1).sum();
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
        assert_eq!(steps(&[4]), "step 4");
        assert_eq!(steps(&[1, 2, 3, 7]), "steps 1–3, 7");
        let odd: Vec<_> = (0..20).map(|number| number * 2 + 1).collect();
        assert_eq!(steps(&odd), "steps 1, 3, 5, 7, 9, 11 and 14 more");
    }
}
