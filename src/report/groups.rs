//! The steps of one call in a loop, which a report shows as a table: what they share once, and
//! what differs in rows.

use std::borrow::Cow;

use crate::step::{Step, StepKind};

use super::changes::{self, ChangedPart};
use super::timeline::StartedStep;
use super::{Report, phrases};

/// The least number of steps that are a group: fewer are as short one by one.
const LEAST: usize = 5;

/// What is shown in one piece.
pub(super) enum Entry<'a> {
    /// One step.
    Single(StartedStep<'a>),
    /// Several that are alike.
    Group(StepGroup<'a>),
}

/// Adjacent steps of one call that change the same settings.
pub(super) struct StepGroup<'a> {
    steps: Vec<(usize, &'a Step)>,
}

/// The steps of a group as a table.
pub(super) struct GroupTable<'a> {
    /// What all steps change alike, each in a line.
    pub(super) shared: Vec<String>,
    /// The names of what differs.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<GroupRow<'a>>,
}

/// A step of a group.
pub(super) struct GroupRow<'a> {
    pub(super) number: usize,
    pub(super) step: &'a Step,
    /// What it is about, without what the title of the group says.
    pub(super) name: String,
    pub(super) cells: Vec<String>,
}

/// The steps in their order, in groups of at most `longest`.
pub(super) fn entries<'a>(
    steps: impl Iterator<Item = StartedStep<'a>>,
    longest: usize,
) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    let mut alike: Vec<StartedStep<'a>> = Vec::new();
    // Of the first of them, once another step is of the same call.
    let mut shape = None;
    for started in steps {
        let is_next = alike.first().is_some_and(|first| {
            are_of_one_call(first, &started)
                && *shape.get_or_insert_with(|| Shape::of(first.step)) == Shape::of(started.step)
        });
        if alike.len() == longest || !is_next {
            close(&mut alike, &mut entries);
            shape = None;
        }
        alike.push(started);
    }
    close(&mut alike, &mut entries);
    entries
}

/// The same of the steps that are not settled.
pub(super) fn pending<'a>(report: &Report<'a>, longest: usize) -> Vec<Entry<'a>> {
    let steps = (1..).zip(&report.run.steps);
    let pending = steps.filter(|(_, step)| step.kind != StepKind::Settled);
    let started = pending.map(|(number, step)| StartedStep {
        number,
        step,
        fault: None,
    });
    entries(started, longest)
}

fn close<'a>(alike: &mut Vec<StartedStep<'a>>, entries: &mut Vec<Entry<'a>>) {
    if alike.len() < LEAST {
        entries.extend(alike.drain(..).map(Entry::Single));
        return;
    }
    let steps = alike.drain(..);
    let steps = steps.map(|started| (started.number, started.step));
    entries.push(Entry::Group(StepGroup {
        steps: steps.collect(),
    }));
}

/// What steps of a group have in common, besides the call that makes them.
#[derive(PartialEq, Eq)]
struct Shape<'a> {
    sign: char,
    category: String,
    commands: usize,
    parts: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Shape<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            sign: phrases::sign(step),
            category: category(&phrases::title(step)).to_owned(),
            commands: step.commands.len(),
            parts: parts(step)
                .map(|(prefix, part)| (prefix, part.name))
                .collect(),
        }
    }
}

fn are_of_one_call(first: &StartedStep<'_>, other: &StartedStep<'_>) -> bool {
    let (a, b) = (first.step, other.step);
    let is_completed_change =
        |it: &StartedStep<'_>| it.fault.is_none() && it.step.kind == StepKind::Change;
    is_completed_change(first)
        && is_completed_change(other)
        && a.at.is_some()
        && (&a.at, &a.from, &a.binding) == (&b.at, &b.from, &b.binding)
}

/// The title of a step up to the name of the one thing: `conf/user/`.
fn category(title: &str) -> &str {
    title.rfind('/').map_or("", |slash| &title[..=slash])
}

fn parts(step: &Step) -> impl Iterator<Item = (String, ChangedPart<'_>)> {
    step.changes.iter().flat_map(|change| {
        let prefix = changes::prefix(change, &step.changes);
        let parts = changes::changed_parts(change).into_iter();
        parts.map(move |part| (prefix.clone(), part))
    })
}

/// What a cell says of a part. Of a new thing, nothing was there before.
fn cell(part: &ChangedPart<'_>, is_new: bool) -> String {
    match (&part.before, &part.after) {
        (Some(before), Some(after)) if !is_new || before != changes::ABSENT => {
            format!("{before} → {after}")
        }
        (_, Some(only)) | (Some(only), None) => only.to_string(),
        (None, None) => String::new(),
    }
}

impl Entry<'_> {
    /// The number of its first step.
    pub(super) fn first(&self) -> usize {
        match self {
            Self::Single(started) => started.number,
            Self::Group(group) => group.steps[0].0,
        }
    }

    /// How many steps it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Single(_) => 1,
            Self::Group(group) => group.steps.len(),
        }
    }
}

impl<'a> StepGroup<'a> {
    /// Its steps and their numbers.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'a Step)> {
        self.steps.iter().copied()
    }

    /// Its first step.
    pub(super) fn example(&self) -> &'a Step {
        self.steps[0].1
    }

    /// `1–50`.
    pub(super) fn numbers(&self) -> String {
        let last = self.steps.len() - 1;
        format!("{}–{}", self.steps[0].0, self.steps[last].0)
    }

    /// `50 × conf/user/…`.
    pub(super) fn title(&self) -> String {
        let first = phrases::title(self.example());
        format!("{} × {}…", self.steps.len(), category(&first))
    }

    /// What its steps share and how they differ.
    pub(super) fn table(&self) -> GroupTable<'a> {
        let is_new = phrases::sign(self.example()) == '+';
        let all: Vec<Vec<_>> = self
            .steps()
            .map(|(_, step)| parts(step).collect())
            .collect();
        let line = |row: usize, index: usize| {
            let (prefix, part): &(String, ChangedPart<'_>) = &all[row][index];
            format!("{prefix}{}", part.line())
        };
        let (shared, differing): (Vec<_>, Vec<_>) = (0..all[0].len())
            .partition(|index| (1..all.len()).all(|row| line(row, *index) == line(0, *index)));
        let columns = differing.iter().map(|index| {
            let (prefix, part) = &all[0][*index];
            format!("{prefix}{}", part.name)
        });
        let rows = self.steps().zip(&all).map(|((number, step), parts)| {
            let title = phrases::title(step);
            GroupRow {
                number,
                step,
                name: title[category(&title).len()..].to_owned(),
                cells: differing
                    .iter()
                    .map(|index| cell(&parts[*index].1, is_new))
                    .collect(),
            }
        });
        GroupTable {
            columns: columns.collect(),
            rows: rows.collect(),
            shared: shared.into_iter().map(|index| line(0, index)).collect(),
        }
    }
}
