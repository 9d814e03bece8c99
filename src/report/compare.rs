//! What a new run adds, drops or changes against an old one.

mod pairs;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::run::RunRecord;
use crate::state::State;
use crate::step::{Change, Level, Step, StepKind};

use super::markdown::{ROOM, fill};
use super::style::Role;
use super::{Report, Style, changes, clean, words};

/// One thing that differs.
struct Entry {
    /// `+ - ~`
    sign: char,
    title: String,
    /// What it says in detail, each line with `+` or `-`.
    lines: Vec<(char, String)>,
}

/// Things of a kind that differ.
struct Part {
    title: &'static str,
    entries: Vec<Entry>,
}

/// The comparison for a terminal.
pub fn text(old: &Report<'_>, new: &Report<'_>, style: Style) -> String {
    let mut out = format!("{}\n", headline(old, new));
    for part in parts(old, new) {
        let _ = writeln!(out, "\n{}", style.paint(Role::Strong, part.title));
        for line in part.entries.iter().flat_map(Entry::lines) {
            let role = match line.as_bytes().first() {
                Some(b'+') => Role::Added,
                Some(b'-') => Role::Removed,
                _ => Role::Changed,
            };
            let _ = writeln!(out, "  {}", style.paint(role, &line));
        }
    }
    out
}

/// The comparison for a comment, which holds no more than 60,000 bytes.
pub fn markdown(old: &Report<'_>, new: &Report<'_>) -> String {
    let mut out = format!("**{}**\n", headline(old, new));
    let mut room = ROOM - out.len();
    for part in parts(old, new) {
        let lines = |entry: &Entry| entry.lines().map(|line| line + "\n").collect::<String>();
        let longest = part.entries.iter().map(|entry| clean::fence(&lines(entry)));
        let fence = longest.max().unwrap_or_default();
        let frame = part.title.len() + 2 * fence.len() + 100;
        let (shown, left) = fill(&part.entries, room.saturating_sub(frame), lines);
        let mut text = format!("\n#### {}\n", part.title);
        if !shown.is_empty() {
            let _ = write!(text, "\n{fence}diff\n{shown}{fence}\n");
        }
        if left > 0 {
            let _ = writeln!(text, "\n**{left} left out**, for a comment holds no more.");
        }
        if text.len() > room {
            break;
        }
        room -= text.len();
        out.push_str(&text);
    }
    out
}

impl Entry {
    fn lines(&self) -> impl Iterator<Item = String> {
        let head = format!("{} {}", self.sign, self.title);
        let rest = self
            .lines
            .iter()
            .map(|(sign, line)| format!("{sign}     {line}"));
        [head].into_iter().chain(rest)
    }
}

fn headline(old: &Report<'_>, new: &Report<'_>) -> String {
    let pairs = pairs::of(old.run, new.run);
    let entries = steps(old.run, new.run, &pairs);
    let number = |sign| entries.iter().filter(|entry| entry.sign == sign).count();
    let (added, dropped, changed) = (number('+'), number('-'), number('~'));
    let mut said = Vec::new();
    for (verb, number) in [("adds", added), ("drops", dropped), ("changes", changed)] {
        match (said.is_empty(), number) {
            (_, 0) => {}
            (true, _) => said.push(format!("{verb} {}", words::count(number, "step"))),
            (false, _) => said.push(format!("{verb} {number}")),
        }
    }
    if pairs.is_sorted_by_key(|(old, _)| old) {
        if said.is_empty() {
            said.push("takes the same steps".to_owned());
        }
    } else {
        said.push("takes steps in another order".to_owned());
    }
    let settled = [old, new].map(|report| report.run.summary().settled);
    let mut line = format!("The new run {}.", said.join(", "));
    if settled[0] != settled[1] {
        let _ = write!(
            line,
            " Already as wanted: {}, then {}.",
            settled[0], settled[1]
        );
    }
    line
}

fn parts(old: &Report<'_>, new: &Report<'_>) -> Vec<Part> {
    let pairs = pairs::of(old.run, new.run);
    let all = [
        ("Run", run(old, new)),
        ("Dangers", notes(old, new, Level::Danger)),
        ("Steps", steps(old.run, new.run, &pairs)),
        ("Cautions", notes(old, new, Level::Caution)),
        ("Notes", notes(old, new, Level::Note)),
        ("What was read", premises(old.run, new.run)),
    ];
    let some = all.into_iter().filter(|(_, entries)| !entries.is_empty());
    some.map(|(title, entries)| Part { title, entries })
        .collect()
}

/// What the two ran, where and with what.
fn run(old: &Report<'_>, new: &Report<'_>) -> Vec<Entry> {
    let told = |report: &Report<'_>| {
        let platform = words::platform(report.run.node.platform);
        let mut told = vec![
            (
                "node".to_owned(),
                clean::line(&report.run.node.name).into_owned(),
            ),
            ("platform".to_owned(), platform.to_owned()),
            (
                "script".to_owned(),
                clean::line(&report.run.script.name).into_owned(),
            ),
            (
                "text of the script".to_owned(),
                clean::line(&report.run.script.digest).into_owned(),
            ),
        ];
        let name = |name: &str| format!("parameter {}", clean::line(name));
        told.extend(
            report
                .run
                .params
                .iter()
                .map(|(param, value)| (name(param), words::param(value))),
        );
        told
    };
    differing(&told(old), &told(new))
}

fn premises(old: &RunRecord, new: &RunRecord) -> Vec<Entry> {
    let told = |run: &RunRecord| -> Vec<_> {
        let told = run.observations.iter().map(|observation| {
            let subject = observation.subject.to_string();
            (
                clean::line(&subject).into_owned(),
                changes::value(&observation.value),
            )
        });
        told.collect()
    };
    differing(&told(old), &told(new))
}

/// Named values that are not on both sides the same, in the new order first.
fn differing(old: &[(String, String)], new: &[(String, String)]) -> Vec<Entry> {
    let known: HashMap<_, _> = old.iter().map(|(name, value)| (name, value)).collect();
    let names: HashSet<_> = new.iter().map(|(name, _)| name).collect();
    let mut entries = Vec::new();
    for (name, value) in new {
        match known.get(name) {
            Some(before) if *before == value => {}
            Some(before) => entries.push(Entry::bare('~', format!("{name}: {before} → {value}"))),
            None => entries.push(Entry::bare('+', format!("{name}: {value}"))),
        }
    }
    let gone = old.iter().filter(|(name, _)| !names.contains(name));
    entries.extend(gone.map(|(name, value)| Entry::bare('-', format!("{name}: {value}"))));
    entries
}

fn notes(old: &Report<'_>, new: &Report<'_>, level: Level) -> Vec<Entry> {
    let (old, new) = (words::shared(old, level), words::shared(new, level));
    let texts = |notes: &[words::Shared<'_>]| -> HashSet<String> {
        notes
            .iter()
            .map(|note| note.advisory.text.to_string())
            .collect()
    };
    let only = |sign, notes: &[words::Shared<'_>], others: &HashSet<String>| {
        let only = notes
            .iter()
            .filter(|note| !others.contains(&*note.advisory.text));
        let entry = |note: &words::Shared<'_>| {
            Entry::bare(sign, clean::line(&note.advisory.text).into_owned())
        };
        only.map(entry).collect::<Vec<_>>()
    };
    let mut entries = only('+', &new, &texts(&old));
    entries.extend(only('-', &old, &texts(&new)));
    entries
}

/// In the order of the new run; what it drops stands at the end.
fn steps(old: &RunRecord, new: &RunRecord, pairs: &[(usize, usize)]) -> Vec<Entry> {
    let partner: HashMap<_, _> = pairs.iter().map(|(old, new)| (*new, *old)).collect();
    let kept: HashSet<_> = pairs.iter().map(|(old, _)| *old).collect();
    let mut entries = Vec::new();
    for (index, step) in new.steps.iter().enumerate() {
        match partner.get(&index) {
            Some(before) => entries.extend(changed((*before, &old.steps[*before]), (index, step))),
            None => entries.extend(only('+', index, step)),
        }
    }
    let gone = old.steps.iter().enumerate();
    let gone = gone.filter(|(index, _)| !kept.contains(index));
    entries.extend(gone.filter_map(|(index, step)| only('-', index, step)));
    entries
}

fn only(sign: char, index: usize, step: &Step) -> Option<Entry> {
    (step.kind != StepKind::Settled).then(|| Entry {
        sign,
        title: format!("{}, step {}", words::title(step), index + 1),
        lines: told(step).into_iter().map(|line| (sign, line)).collect(),
    })
}

fn changed(old: (usize, &Step), new: (usize, &Step)) -> Option<Entry> {
    let (before, after) = (told(old.1), told(new.1));
    if before == after {
        return None;
    }
    let (was, is): (HashSet<_>, HashSet<_>) = (before.iter().collect(), after.iter().collect());
    // The same lines in another order differ all the same.
    let is_only_order = was == is;
    let gone = before
        .iter()
        .filter(|line| is_only_order || !is.contains(line));
    let come = after
        .iter()
        .filter(|line| is_only_order || !was.contains(line));
    let lines = gone
        .map(|line| ('-', line.clone()))
        .chain(come.map(|line| ('+', line.clone())));
    let step = if new.1.kind == StepKind::Settled {
        old.1
    } else {
        new.1
    };
    let title = words::title(step);
    Some(Entry {
        sign: '~',
        lines: lines.collect(),
        title: match (old.0 + 1, new.0 + 1) {
            (was, is) if was == is => format!("{title}, step {is}"),
            (was, is) => format!("{title}, step {is}, was {was}"),
        },
    })
}

/// All that a step does, line by line.
fn told(step: &Step) -> Vec<String> {
    let title = changes::title(&step.changes);
    let of = |change: &Change| match changes::about(change) {
        about if about == title => String::new(),
        about => format!("{about}: "),
    };
    let mut lines = Vec::new();
    for change in &step.changes {
        if let (State::Present, State::Absent) | (State::Absent, State::Present) =
            (&change.before, &change.after.state)
        {
            let (before, after) = (
                changes::value(&change.before),
                changes::value(&change.after.state),
            );
            lines.push(format!("{}: {before} → {after}", changes::about(change)));
        }
        let parts = changes::parts(change);
        lines.extend(
            parts
                .iter()
                .map(|part| format!("{}{}", of(change), part.line())),
        );
    }
    for command in &step.commands {
        let spoken = words::spoken(command);
        let leads = ["$ "].into_iter().chain(std::iter::repeat(""));
        lines.extend(
            leads
                .zip(spoken)
                .map(|(lead, line)| format!("{lead}{line}")),
        );
    }
    match step.kind {
        StepKind::Settled => lines.push("already as wanted".to_owned()),
        StepKind::Manual => {
            lines.extend(words::notes(step).map(|note| clean::line(&note.text).into_owned()));
        }
        StepKind::Change | StepKind::Act => {}
    }
    lines
}

impl Entry {
    fn bare(sign: char, title: String) -> Self {
        Self {
            sign,
            title,
            lines: Vec::new(),
        }
    }
}
