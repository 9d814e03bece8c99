//! What of a node is no longer as it was left.

mod json;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::fault::Fault;
use crate::plan::{DriftedSubject, ExpectedStates, Found, LeavingRun};
use crate::state::{Node, Secret, State, WantedState};
use crate::step::Change;

use super::changes::ChangedPart;
use super::style::Role;
use super::{Style, changes, clean, phrases};

pub use json::render as json;

/// The subjects of a node that drifted, or of which that is not known.
pub struct DriftReport<'a> {
    /// The node.
    pub node: &'a Node,
    /// What was left.
    pub expected: &'a ExpectedStates,
    /// What is not certain to be as it was left.
    pub subjects: &'a [DriftedSubject<'a>],
}

impl<'a> DriftReport<'a> {
    /// Those in another state, each with it.
    pub fn other(&self) -> impl Iterator<Item = (&'a DriftedSubject<'a>, &'a State)> {
        self.subjects.iter().filter_map(|subject| {
            let Found::Other(is) = &subject.found else {
                return None;
            };
            Some((subject, is))
        })
    }

    /// Those whose state is not known, each with the reason.
    pub fn unknown(&self) -> impl Iterator<Item = (&'a DriftedSubject<'a>, &'a Fault)> {
        self.subjects.iter().filter_map(|subject| {
            let Found::Unknown(fault) = &subject.found else {
                return None;
            };
            Some((subject, fault))
        })
    }

    /// Those whose secret was not compared.
    fn not_compared(&self) -> impl Iterator<Item = &'a DriftedSubject<'a>> {
        let subjects = self.subjects.iter();
        subjects.filter(|subject| matches!(subject.found, Found::NotCompared))
    }

    /// How many are as they were left.
    fn same(&self) -> usize {
        self.expected.states.len() - self.subjects.len()
    }
}

/// The report for a terminal.
pub fn text(report: &DriftReport<'_>, style: Style) -> String {
    let mut out = String::new();
    headline(report, style, &mut out);
    let mut owners: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (subject, is) in report.other() {
        let owner = changes::owner(subject.subject);
        owners.entry(owner).or_default().push((subject, is));
    }
    for (owner, subjects) in owners {
        drifted(&owner, &subjects, report.expected, style, &mut out);
    }
    unknown(report, style, &mut out);
    not_compared(report, &mut out);
    counts(report, style, &mut out);
    out
}

fn headline(report: &DriftReport<'_>, style: Style, out: &mut String) {
    let name = format!(
        "{} ({})",
        clean::line(&report.node.name),
        phrases::system_name(report.node)
    );
    let what = match &report.expected.runs[..] {
        [] => "no live run left anything here".to_owned(),
        [only] => format!("compared with what {} left", run_name(only)),
        runs => format!("compared with what {} live runs left", runs.len()),
    };
    let _ = writeln!(out, "{} · {what}", style.paint(Role::Strong, &name));
}

/// `run 3 (site.rhai)`, or the name of a script whose plan it is.
fn run_name(run: &LeavingRun) -> String {
    let script = clean::line(&run.script);
    match run.number {
        Some(number) => format!("run {number} ({script})"),
        None => format!("the plan of {script}"),
    }
}

/// What is in another state, of one owner.
fn drifted(
    owner: &str,
    subjects: &[(&DriftedSubject<'_>, &State)],
    expected: &ExpectedStates,
    style: Style,
    out: &mut String,
) {
    let changes: Vec<_> = subjects
        .iter()
        .filter_map(|it| change(it.0, it.1))
        .collect();
    let sign = changes::sign(&changes);
    let role = match sign {
        '+' => Role::Added,
        '-' => Role::Removed,
        _ => Role::Changed,
    };
    let mut runs: Vec<_> = subjects
        .iter()
        .map(|it| run_name(&it.0.expected.run))
        .collect();
    runs.dedup();
    let head = style.paint(role, &format!("{sign} {owner}"));
    let left_by = style.paint(Role::Faint, &format!("left by {}", runs.join(", ")));
    let _ = writeln!(out, "\n{head}  {left_by}");
    for change in &changes {
        let prefix = changes::prefix(change, &changes);
        // Of a secret, a reading shows only that it is set.
        if change.before == change.after.state {
            let name = clean::line_of(change.subject.leaf().into_owned());
            let _ = writeln!(out, "    {prefix}{name}: is another secret");
        } else {
            for line in lines(change) {
                let _ = writeln!(out, "    {prefix}{line}");
            }
        }
        if let Some(run) = expected.later.get(&change.subject) {
            let _ = writeln!(out, "    {prefix}run {run} changed it later");
        }
    }
}

/// From what was left to what is now.
fn change(subject: &DriftedSubject<'_>, is: &State) -> Option<Change> {
    Some(Change {
        subject: subject.subject.clone(),
        before: subject.expected.left.as_ref()?.state.clone(),
        after: is.clone().into(),
    })
}

/// What differs of what was left. A reading has more, such as the group of a file.
fn lines(change: &Change) -> Vec<String> {
    let left = change.before.parts();
    let is_left = |part: &ChangedPart<'_>| left.is_empty() || left.contains_key(&*part.name);
    let parts = changes::changed_parts(change).into_iter();
    let mut lines: Vec<_> = parts.filter(is_left).map(|part| part.line()).collect();
    if let (State::File(left), State::File(is)) = (&change.before, &change.after.state)
        && left.digest != is.digest
    {
        lines.push("content: is another one".to_owned());
    }
    lines
}

/// What could not be read: each reason once.
fn unknown(report: &DriftReport<'_>, style: Style, out: &mut String) {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (subject, fault) in report.unknown() {
        let subjects = reasons
            .entry(clean::line_of(fault.to_string()))
            .or_default();
        subjects.push(clean::line_of(subject.subject.to_string()));
    }
    for (number, fault) in &report.expected.unread {
        let subjects = reasons
            .entry(clean::line_of(fault.to_string()))
            .or_default();
        subjects.push(format!("what run {number} left"));
    }
    for (reason, subjects) in reasons {
        let head = style.paint(Role::Danger, "? not known");
        let _ = writeln!(out, "\n{head}: {reason}");
        for subject in subjects {
            let _ = writeln!(out, "    {subject}");
        }
    }
}

fn not_compared(report: &DriftReport<'_>, out: &mut String) {
    let mut subjects = report.not_compared().peekable();
    if subjects.peek().is_none() {
        return;
    }
    let _ = writeln!(
        out,
        "\nset, but not compared, since the secret is not known here:"
    );
    for subject in subjects {
        let path = clean::line_of(subject.subject.to_string());
        let secrets = secrets(subject);
        let secrets = match &secrets[..] {
            [] => String::new(),
            secrets => format!(" ({})", secrets.join(", ")),
        };
        let _ = writeln!(out, "    {path}{secrets}");
    }
}

/// The secrets that the state was left with, by their references.
fn secrets(subject: &DriftedSubject<'_>) -> Vec<String> {
    let left = subject.expected.left.as_ref();
    let secrets = left.into_iter().flat_map(WantedState::secrets);
    secrets.map(Secret::to_string).collect()
}

fn counts(report: &DriftReport<'_>, style: Style, out: &mut String) {
    let unknown = report.unknown().count() + report.expected.unread.len();
    let counts = [
        (report.other().count(), "drifted"),
        (report.same(), "as they were left"),
        (report.not_compared().count(), "not compared"),
        (unknown, "not known"),
    ];
    let shown = counts.iter().enumerate();
    let shown = shown.filter(|(index, (count, _))| *index < 2 || *count > 0);
    let words: Vec<_> = shown
        .map(|(_, (count, what))| format!("{count} {what}"))
        .collect();
    let _ = writeln!(out, "\n{}", style.paint(Role::Strong, &words.join(" · ")));
}
