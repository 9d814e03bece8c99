//! Compares two runs: what the new one adds, drops or changes.

mod json;
mod pairs;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::run::RunRecord;
use crate::state::State;
use crate::step::{Change, Level, Step, StepKind};

use self::pairs::pair_steps;

pub use json::render as json;

use super::markdown::{COMMENT_LIMIT, fill};
use super::style::Role;
use super::{Report, Style, changes, clean, notes, phrases};

/// One difference.
struct Difference {
    /// `+ - ~`
    sign: char,
    title: String,
    /// Its details, each line with `+` or `-`.
    lines: Vec<(char, String)>,
}

/// Differences of one kind.
struct DifferenceGroup {
    /// Its name in documents.
    key: &'static str,
    title: &'static str,
    differences: Vec<Difference>,
}

/// The comparison for a terminal.
pub fn text(old: &Report<'_>, new: &Report<'_>, style: Style) -> String {
    let mut out = format!("{}\n", headline(old, new));
    for part in parts(old, new) {
        let _ = writeln!(out, "\n{}", style.paint(Role::Strong, part.title));
        for line in part.differences.iter().flat_map(Difference::lines) {
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
    let mut limit = COMMENT_LIMIT - out.len();
    for part in parts(old, new) {
        let lines = |difference: &Difference| {
            difference
                .lines()
                .map(|line| line + "\n")
                .collect::<String>()
        };
        let longest = part
            .differences
            .iter()
            .map(|difference| clean::fence(&lines(difference)));
        let fence = longest.max().unwrap_or_default();
        let frame = part.title.len() + 2 * fence.len() + 100;
        let (shown, left) = fill(&part.differences, limit.saturating_sub(frame), lines);
        let mut text = format!("\n#### {}\n", part.title);
        if !shown.is_empty() {
            let _ = write!(text, "\n{fence}diff\n{shown}{fence}\n");
        }
        if left > 0 {
            let _ = writeln!(text, "\n**{left} left out**, for a comment holds no more.");
        }
        if text.len() > limit {
            break;
        }
        limit -= text.len();
        out.push_str(&text);
    }
    out
}

impl Difference {
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
    let pairs = pair_steps(old.run, new.run);
    let differences = steps(old.run, new.run, &pairs);
    let number = |sign| {
        differences
            .iter()
            .filter(|difference| difference.sign == sign)
            .count()
    };
    let (added, dropped, changed) = (number('+'), number('-'), number('~'));
    let mut clauses = Vec::new();
    for (verb, number) in [("adds", added), ("drops", dropped), ("changes", changed)] {
        match (clauses.is_empty(), number) {
            (_, 0) => {}
            (true, _) => clauses.push(format!("{verb} {}", phrases::count(number, "step"))),
            (false, _) => clauses.push(format!("{verb} {number}")),
        }
    }
    if keeps_the_order(&pairs) {
        if clauses.is_empty() {
            clauses.push("takes the same steps".to_owned());
        }
    } else {
        clauses.push("takes steps in another order".to_owned());
    }
    let settled = [old, new].map(|report| report.run.summary().settled);
    let mut line = format!("The new run {}.", clauses.join(", "));
    if settled[0] != settled[1] {
        let _ = write!(
            line,
            " Already as wanted: {}, then {}.",
            settled[0], settled[1]
        );
    }
    line
}

fn parts(old: &Report<'_>, new: &Report<'_>) -> Vec<DifferenceGroup> {
    let pairs = pair_steps(old.run, new.run);
    let all = [
        ("run", "Run", run(old, new)),
        ("dangers", "Dangers", notes(old, new, Level::Danger)),
        ("steps", "Steps", steps(old.run, new.run, &pairs)),
        ("cautions", "Cautions", notes(old, new, Level::Caution)),
        ("notes", "Notes", notes(old, new, Level::Note)),
        ("premises", "What was read", premises(old.run, new.run)),
    ];
    let groups = all.map(|(key, title, differences)| DifferenceGroup {
        key,
        title,
        differences,
    });
    let mut groups = Vec::from(groups);
    groups.retain(|group| !group.differences.is_empty());
    groups
}

/// Whether the new run differs from the old one in nothing, not even in the order of
/// its steps.
pub fn are_alike(old: &Report<'_>, new: &Report<'_>) -> bool {
    keeps_the_order(&pair_steps(old.run, new.run)) && parts(old, new).is_empty()
}

fn keeps_the_order(pairs: &[(usize, usize)]) -> bool {
    pairs.is_sorted_by_key(|(old, _)| old)
}

/// Differences of node, script and parameters.
fn run(old: &Report<'_>, new: &Report<'_>) -> Vec<Difference> {
    let identity = |report: &Report<'_>| {
        let platform = phrases::platform_name(report.run.node.platform);
        let mut rows = vec![
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
        let params = report.run.params.iter();
        let params = params.flat_map(|(param, value)| phrases::param_rows(param, value));
        rows.extend(params.map(|(param, value)| (name(&param), value)));
        rows
    };
    differing(&identity(old), &identity(new))
}

fn premises(old: &RunRecord, new: &RunRecord) -> Vec<Difference> {
    let premises = |run: &RunRecord| -> Vec<_> {
        let rows = run.observations.iter().map(|observation| {
            let subject = observation.subject.to_string();
            (
                clean::line(&subject).into_owned(),
                changes::value(&observation.value).into_owned(),
            )
        });
        rows.collect()
    };
    differing(&premises(old), &premises(new))
}

/// Named values that differ: those of the new run first.
fn differing(old: &[(String, String)], new: &[(String, String)]) -> Vec<Difference> {
    let known: HashMap<_, _> = old.iter().map(|(name, value)| (name, value)).collect();
    let names: HashSet<_> = new.iter().map(|(name, _)| name).collect();
    let mut differences = Vec::new();
    for (name, value) in new {
        match known.get(name) {
            Some(before) if *before == value => {}
            Some(before) => {
                differences.push(Difference::bare('~', format!("{name}: {before} → {value}")));
            }
            None => differences.push(Difference::bare('+', format!("{name}: {value}"))),
        }
    }
    let removed = old.iter().filter(|(name, _)| !names.contains(name));
    differences
        .extend(removed.map(|(name, value)| Difference::bare('-', format!("{name}: {value}"))));
    differences
}

fn notes(old: &Report<'_>, new: &Report<'_>, level: Level) -> Vec<Difference> {
    let (old, new) = (
        notes::shared_advisories(old, level),
        notes::shared_advisories(new, level),
    );
    let texts = |notes: &[notes::SharedAdvisory<'_>]| -> HashSet<String> {
        notes
            .iter()
            .map(|note| note.advisory.text.to_string())
            .collect()
    };
    let only = |sign, notes: &[notes::SharedAdvisory<'_>], others: &HashSet<String>| {
        let only = notes
            .iter()
            .filter(|note| !others.contains(&*note.advisory.text));
        let difference = |note: &notes::SharedAdvisory<'_>| {
            Difference::bare(sign, clean::line(&note.advisory.text).into_owned())
        };
        only.map(difference).collect::<Vec<_>>()
    };
    let mut differences = only('+', &new, &texts(&old));
    differences.extend(only('-', &old, &texts(&new)));
    differences
}

/// Differences of steps in the order of the new run, then removed steps.
fn steps(old: &RunRecord, new: &RunRecord, pairs: &[(usize, usize)]) -> Vec<Difference> {
    let partner: HashMap<_, _> = pairs.iter().map(|(old, new)| (*new, *old)).collect();
    let paired: HashSet<_> = pairs.iter().map(|(old, _)| *old).collect();
    let mut differences = Vec::new();
    for (index, step) in new.steps.iter().enumerate() {
        match partner.get(&index) {
            Some(before) => {
                differences.extend(changed((*before, &old.steps[*before]), (index, step)));
            }
            None => differences.extend(only('+', index, step)),
        }
    }
    let removed = old.steps.iter().enumerate();
    let removed = removed.filter(|(index, _)| !paired.contains(index));
    differences.extend(removed.filter_map(|(index, step)| only('-', index, step)));
    differences
}

fn only(sign: char, index: usize, step: &Step) -> Option<Difference> {
    (step.kind != StepKind::Settled).then(|| Difference {
        sign,
        title: format!("{}, step {}", phrases::title(step), index + 1),
        lines: step_lines(step)
            .into_iter()
            .map(|line| (sign, line))
            .collect(),
    })
}

fn changed(old: (usize, &Step), new: (usize, &Step)) -> Option<Difference> {
    let (before, after) = (step_lines(old.1), step_lines(new.1));
    if before == after {
        return None;
    }
    let (was, is): (HashSet<_>, HashSet<_>) = (before.iter().collect(), after.iter().collect());
    // The same lines in another order are a difference too.
    let is_only_order = was == is;
    let removed = before
        .iter()
        .filter(|line| is_only_order || !is.contains(line));
    let added_lines = after
        .iter()
        .filter(|line| is_only_order || !was.contains(line));
    let lines = removed
        .map(|line| ('-', line.clone()))
        .chain(added_lines.map(|line| ('+', line.clone())));
    let step = if new.1.kind == StepKind::Settled {
        old.1
    } else {
        new.1
    };
    let title = phrases::title(step);
    Some(Difference {
        sign: '~',
        lines: lines.collect(),
        title: match (old.0 + 1, new.0 + 1) {
            (was, is) if was == is => format!("{title}, step {is}"),
            (was, is) => format!("{title}, step {is}, was {was}"),
        },
    })
}

/// All that a step does, line by line.
fn step_lines(step: &Step) -> Vec<String> {
    let title = changes::title(&step.changes);
    let prefix = |change: &Change| match changes::owner(&change.subject) {
        owner if owner == title => String::new(),
        owner => format!("{owner}: "),
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
            lines.push(format!(
                "{}: {before} → {after}",
                changes::owner(&change.subject)
            ));
        }
        let parts = changes::changed_parts(change);
        lines.extend(
            parts
                .iter()
                .map(|part| format!("{}{}", prefix(change), part.line())),
        );
    }
    for command in &step.commands {
        let command_lines = phrases::command_lines(command);
        let leads = ["$ "].into_iter().chain(std::iter::repeat(""));
        lines.extend(
            leads
                .zip(command_lines)
                .map(|(lead, line)| format!("{lead}{line}")),
        );
    }
    match step.kind {
        StepKind::Settled => lines.push(phrases::settled(step).to_owned()),
        StepKind::Manual => {
            lines.extend(
                notes::distinct_notes(step).map(|note| clean::line(&note.text).into_owned()),
            );
        }
        StepKind::Change | StepKind::Act => {}
    }
    lines
}

impl Difference {
    fn bare(sign: char, title: String) -> Self {
        Self {
            sign,
            title,
            lines: Vec::new(),
        }
    }
}
