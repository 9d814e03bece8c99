//! The steps of a call in a loop, which a report shows as a table: what they share once, and what
//! differs in rows.

use std::borrow::Cow;

use crate::fault::Location;
use crate::state::FastIndexMap;
use crate::step::{Step, StepKind};

use super::changes::{self, ChangedPart};
use super::timeline::StartedStep;
use super::{Report, loops, phrases};

/// The least number of steps that are a group: fewer are as short one by one.
const LEAST: usize = 5;

/// What is shown in one piece.
pub(super) enum Entry<'a> {
    /// One step.
    Single(StartedStep<'a>),
    /// Several that are alike.
    Group(StepGroup<'a>),
    /// A line before the groups and steps of a loop, which run in turn.
    InTurn(InTurn),
}

/// The first and the last step of a loop.
pub(super) struct InTurn {
    first: usize,
    last: usize,
}

/// Steps of one call that change the same settings.
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

/// The steps in their order, those of a loop in groups of at most `longest`.
pub(super) fn entries<'a>(
    steps: impl Iterator<Item = StartedStep<'a>>,
    longest: usize,
) -> Vec<Entry<'a>> {
    if longest < LEAST {
        return steps.map(Entry::Single).collect();
    }
    let steps: Vec<_> = steps.collect();
    let lengths = loops::part_lengths(&steps);
    let mut steps = steps.into_iter();
    let mut entries = Vec::new();
    for length in lengths {
        let part: Vec<_> = steps.by_ref().take(length).collect();
        entries.extend(part_entries(part, longest));
    }
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

/// The steps of one loop. Where the numbers of groups overlap, a line says so first.
fn part_entries(steps: Vec<StartedStep<'_>>, longest: usize) -> Vec<Entry<'_>> {
    let count = steps.len();
    if count < LEAST {
        return steps.into_iter().map(Entry::Single).collect();
    }
    let mut entries = Vec::new();
    let mut steps = by_shape(steps).into_iter().peekable();
    while let Some((class, first)) = steps.next() {
        let mut alike = vec![first];
        while alike.len() < longest
            && let Some((_, next)) = steps.next_if(|(other, _)| *other == class)
        {
            alike.push(next);
        }
        close(alike, &mut entries);
    }
    entries.sort_by_key(Entry::first);
    let ends = entries.iter().scan(0, |last, entry| {
        *last = entry.last().max(*last);
        Some(*last)
    });
    let ends: Vec<_> = ends.collect();
    let mut starts = entries.iter().skip(1).map(Entry::first);
    if ends
        .iter()
        .any(|end| starts.next().is_some_and(|start| start < *end))
    {
        let (first, last) = (entries[0].first(), ends[ends.len() - 1]);
        entries.insert(0, Entry::InTurn(InTurn { first, last }));
    }
    entries
}

/// The steps with the number of their shape. Those of one shape are together, unless most steps
/// have a shape of their own and so are hardly of a loop.
fn by_shape(steps: Vec<StartedStep<'_>>) -> Vec<(usize, StartedStep<'_>)> {
    let mut counts: FastIndexMap<Shape<'_>, usize> = FastIndexMap::default();
    let count = steps.len();
    let classes = steps.into_iter().map(|started| {
        let known = counts.entry(Shape::of(started.step));
        let class = known.index();
        *known.or_default() += 1;
        (class, started)
    });
    let mut classes: Vec<_> = classes.collect();
    let groups = counts.into_values().filter(|length| *length >= LEAST);
    if groups.sum::<usize>() * 2 >= count {
        classes.sort_by_key(|(class, _)| *class);
    }
    classes
}

fn close<'a>(alike: Vec<StartedStep<'a>>, entries: &mut Vec<Entry<'a>>) {
    if alike.len() < LEAST {
        entries.extend(alike.into_iter().map(Entry::Single));
        return;
    }
    let steps = alike.into_iter();
    let steps = steps.map(|started| (started.number, started.step));
    entries.push(Entry::Group(StepGroup {
        steps: steps.collect(),
    }));
}

/// What steps of a group have in common: the call that makes them, and what they change.
#[derive(PartialEq, Eq, Hash)]
struct Shape<'a> {
    call: [Option<&'a Location>; 2],
    binding: &'a str,
    sign: char,
    commands: usize,
    parts: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Shape<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            call: [step.at.as_ref(), step.from.as_ref()],
            binding: &step.binding,
            sign: phrases::sign(step),
            commands: step.commands.len(),
            parts: parts(step)
                .into_iter()
                .map(|(prefix, part)| (prefix, part.name))
                .collect(),
        }
    }
}

/// What a step changes. Of one that only runs commands, those: nothing else tells rows apart.
fn parts(step: &Step) -> Vec<(String, ChangedPart<'_>)> {
    if step.kind == StepKind::Act {
        let commands = step.commands.iter();
        let commands = commands.map(|command| ChangedPart {
            name: "command".into(),
            before: None,
            after: Some(phrases::command_lines(command).join(" ").into()),
        });
        return commands.map(|part| (String::new(), part)).collect();
    }
    let title = phrases::title(step);
    let name = &title[title.rfind('/').map_or(0, |slash| slash + 1)..];
    let all = step.changes.iter().flat_map(|change| {
        let mut prefix = changes::prefix(change, &step.changes);
        // The row says the name: `dir//home/anna: ` is the same for every user.
        if !prefix.is_empty() && !name.is_empty() {
            prefix = prefix.replace(name, "…");
        }
        let parts = changes::changed_parts(change).into_iter();
        parts.map(move |part| (prefix.clone(), part))
    });
    all.collect()
}

/// What cells say of a part. Of a new thing, nothing was there before.
fn cell(part: &ChangedPart<'_>, is_new: bool) -> String {
    match (&part.before, &part.after) {
        (Some(before), Some(after)) if !is_new || before != changes::ABSENT => {
            format!("{before} → {after}")
        }
        (_, Some(only)) | (Some(only), None) => only.to_string(),
        (None, None) => String::new(),
    }
}

/// The length of what all titles start with, up to a slash or a blank; of equal titles, nothing.
fn common_length(titles: &[String]) -> usize {
    let (first, rest) = titles.split_first().map_or(("", titles), |(a, b)| (a, b));
    let mut length = first.rfind(['/', ' ']).map_or(0, |end| end + 1);
    for title in rest {
        while !title.starts_with(&first[..length]) {
            let shorter = &first[..length - 1];
            length = shorter.rfind(['/', ' ']).map_or(0, |end| end + 1);
        }
    }
    length
}

impl InTurn {
    /// `Steps 1–100 run in turn, in the order of their numbers`.
    pub(super) fn sentence(&self) -> String {
        let Self { first, last } = self;
        format!("Steps {first}–{last} run in turn, in the order of their numbers")
    }
}

impl Entry<'_> {
    /// The number of its first step.
    pub(super) fn first(&self) -> usize {
        match self {
            Self::Single(started) => started.number,
            Self::Group(group) => group.steps[0].0,
            Self::InTurn(steps) => steps.first,
        }
    }

    fn last(&self) -> usize {
        match self {
            Self::Single(started) => started.number,
            Self::Group(group) => group.steps[group.steps.len() - 1].0,
            Self::InTurn(steps) => steps.last,
        }
    }

    /// How many steps it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Single(_) => 1,
            Self::Group(group) => group.steps.len(),
            Self::InTurn(_) => 0,
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

    /// Whether a table says all that its commands do.
    pub(super) fn is_of_commands(&self) -> bool {
        self.example().kind == StepKind::Act
    }

    /// `1–50`; `1…99` where other steps are between them.
    pub(super) fn numbers(&self) -> String {
        let (first, last) = (self.steps[0].0, self.steps[self.steps.len() - 1].0);
        let is_whole = last - first + 1 == self.steps.len();
        format!("{first}{}{last}", if is_whole { '–' } else { '…' })
    }

    fn titles(&self) -> Vec<String> {
        let steps = self.steps.iter();
        steps.map(|(_, step)| phrases::title(step)).collect()
    }

    /// `50 × conf/user/…`.
    pub(super) fn title(&self) -> String {
        let (count, titles) = (self.steps.len(), self.titles());
        if titles.iter().all(|title| *title == titles[0]) {
            return format!("{count} × {}", titles[0]);
        }
        format!("{count} × {}…", &titles[0][..common_length(&titles)])
    }

    /// What its steps share and how they differ.
    pub(super) fn table(&self) -> GroupTable<'a> {
        let is_new = phrases::sign(self.example()) == '+';
        let titles = self.titles();
        let common = common_length(&titles);
        let all: Vec<_> = self.steps().map(|(_, step)| parts(step)).collect();
        let line = |row: usize, index: usize| {
            let (prefix, part): &(String, ChangedPart<'_>) = &all[row][index];
            format!("{prefix}{}", part.line())
        };
        let is_shared = |index: &usize| {
            let first = line(0, *index);
            (1..all.len()).all(|row| line(row, *index) == first)
        };
        let (shared, differing): (Vec<_>, Vec<_>) = (0..all[0].len()).partition(is_shared);
        let columns = differing.iter().map(|index| {
            let (prefix, part) = &all[0][*index];
            format!("{prefix}{}", part.name)
        });
        let rows = self.steps().zip(titles.iter().zip(&all));
        let rows = rows.map(|((number, step), (title, parts))| GroupRow {
            number,
            step,
            name: title[common..].to_owned(),
            cells: differing
                .iter()
                .map(|index| cell(&parts[*index].1, is_new))
                .collect(),
        });
        GroupTable {
            columns: columns.collect(),
            rows: rows.collect(),
            shared: shared.into_iter().map(|index| line(0, index)).collect(),
        }
    }
}
