//! The notes of a run, each text once, with the steps that have it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::run::RunRecord;
use crate::step::{Advisory, Level, Step, StepKind};

use super::{Report, changes, phrases};

/// A note, and the steps that have it.
pub(super) struct SharedAdvisory<'a> {
    pub(super) advisory: &'a Advisory,
    /// The numbers of the steps; empty for a note of the whole run.
    pub(super) steps: Vec<usize>,
}

impl SharedAdvisory<'_> {
    /// Who has it: `12 steps: conf/user/anna, conf/user/ben, …`. Nothing for a note of
    /// the whole run.
    pub(super) fn concerned(&self, run: &RunRecord) -> String {
        if self.steps.is_empty() {
            return String::new();
        }
        let count = phrases::count(self.steps.len(), "step");
        match subjects(run, &self.steps) {
            subjects if subjects.is_empty() => count,
            subjects => format!("{count}: {subjects}"),
        }
    }
}

/// The first few things that steps are about: `conf/user/anna, conf/user/ben, …`.
pub(super) fn subjects(run: &RunRecord, numbers: &[usize]) -> String {
    const SHOWN: usize = 4;
    let mut owners: Vec<String> = Vec::new();
    for number in numbers {
        let subject = run.steps[number - 1].main_subject();
        let owner = subject.map(changes::owner);
        let Some(owner) = owner.filter(|owner| !owners.contains(owner)) else {
            continue;
        };
        if owners.len() == SHOWN {
            owners.push("…".to_owned());
            break;
        }
        owners.push(owner);
    }
    owners.join(", ")
}

/// The notes with values for another system, which are shown last.
pub(super) fn hand_overs(run: &RunRecord) -> impl Iterator<Item = &Advisory> {
    let notes = run.advisories.iter();
    notes.filter(|note| note.details.is_some())
}

/// The text of a note, with its values for another system.
pub(super) fn whole_text(advisory: &Advisory) -> Cow<'_, str> {
    let Some(details) = &advisory.details else {
        return Cow::Borrowed(&advisory.text);
    };
    let rows = details
        .iter()
        .map(|(name, value)| format!("{name} {value}"));
    let rows: Vec<_> = rows.collect();
    Cow::Owned(format!("{} {}", advisory.text, rows.join(", ")))
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
    // What is settled comes last: a note of each row would hide those of changes.
    let is_settled = |number: &usize| report.run.steps[number - 1].kind == StepKind::Settled;
    found.sort_by_key(|note| !note.steps.is_empty() && note.steps.iter().all(is_settled));
    found
}

/// The texts of notes that several steps have. What a person has to do stays with
/// its step.
pub(super) fn repeated_texts<'a>(report: &Report<'a>) -> HashSet<&'a str> {
    let steps = report.run.steps.iter();
    let automatic = steps.filter(|step| step.kind != StepKind::Manual);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for note in automatic.flat_map(distinct_notes) {
        *counts.entry(&note.text).or_default() += 1;
    }
    let repeated = counts.into_iter().filter(|(_, count)| *count > 1);
    repeated.map(|(text, _)| text).collect()
}

/// The notes that are shown below all steps, the most serious first: those of the
/// whole run and of several steps.
pub(super) fn shown_below<'a>(report: &Report<'a>) -> Vec<SharedAdvisory<'a>> {
    let levels = [Level::Danger, Level::Caution, Level::Note];
    let mut notes: Vec<_> = levels
        .into_iter()
        .flat_map(|level| shared_advisories(report, level))
        .collect();
    let is_manual = |number: &usize| report.run.steps[number - 1].kind == StepKind::Manual;
    notes.retain(|note| note.steps.len() != 1 && !note.steps.iter().any(is_manual));
    notes
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
