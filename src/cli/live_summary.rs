//! The question before a live run, and the line after it.

use std::collections::HashSet;

use crate::fault::FaultKind;
use crate::run::{RunRecord, Summary};
use crate::step::{API_NOT_VERIFIED, Command, Level};

/// Asks whether to perform a preview, with what it would do: `9 changes, 1 danger. Perform
/// them?`
pub(super) fn question(preview: &RunRecord) -> String {
    let Summary {
        change,
        act,
        manual,
        ..
    } = preview.summary();
    let dangers = preview.all_advisories();
    let dangers = dangers.filter(|note| note.level == Level::Danger);
    // A text that several steps have is shown once.
    let dangers: HashSet<_> = dangers.map(|note| &note.text).collect();
    let counts = [
        counted(change, "change", "changes"),
        counted(act, "command to run", "commands to run"),
        counted(manual, "manual step", "manual steps"),
        counted(dangers.len(), "danger", "dangers"),
    ];
    let them = if change + act + manual == 1 {
        "it"
    } else {
        "them"
    };
    format!("{}. Perform {them}?", joined(counts))
}

/// What a live run did: `done: 9 changed, run 3; ascript undo 3 takes it back`. `node` is the
/// argument that named the node.
pub(super) fn last_line(run: &RunRecord, node: Option<&str>) -> String {
    let Some(fault) = &run.fault else {
        let mut notes = run.all_advisories();
        let unverified = notes.find(|note| note.id == API_NOT_VERIFIED);
        let done = done(run, node);
        return match unverified {
            Some(unverified) => format!("{done}; {}", unverified.text),
            None => done,
        };
    };
    let is_failure = matches!(fault.kind(), FaultKind::Node | FaultKind::Contradicted);
    let word = if is_failure { "failed" } else { "stopped" };
    if run.is_untouched() {
        return format!("{word}: nothing was done");
    }
    let counts = counts(run);
    let Some(number) = run.number else {
        return format!("{word}: {counts}");
    };
    let again = run.unreached().next().is_some();
    let again = again.then(|| "run it again to finish".to_owned());
    let next = [again, taken_back(run, &undo_command(number, node))];
    let next: Vec<_> = next.into_iter().flatten().collect();
    let next = next.join(", or ");
    let separator = if next.is_empty() { "" } else { "; " };
    format!("{word}: {counts}, run {number}{separator}{next}")
}

/// What an undo of a run that failed takes back; none if nothing was changed.
fn taken_back(run: &RunRecord, undo: &str) -> Option<String> {
    if run.summary().change > 0 {
        return Some(format!("{undo} takes it back"));
    }
    let mut failed = run.failed.iter().map(|failed| &failed.step);
    // A program that failed may have changed something before.
    let may_be_changed = failed.any(|step| !step.changes.is_empty());
    may_be_changed.then(|| format!("{undo} takes back what the failed step changed"))
}

/// What a live run did, and what it did not: `2 changed, 1 failed, 6 not done`.
pub(super) fn counts(run: &RunRecord) -> String {
    let parts = completed(run).into_iter();
    let parts = parts.chain([
        stated(run.failed.len(), "failed"),
        stated(run.unreached().count(), "not done"),
    ]);
    match joined(parts) {
        none if none.is_empty() => "nothing changed".to_owned(),
        counts => counts,
    }
}

/// The command that undoes a run, to be pasted.
pub(super) fn undo_command(number: u32, node: Option<&str>) -> String {
    let command = Command::new("ascript").args(["undo".to_owned(), number.to_string()]);
    let node = node.map(|node| ["--node".to_owned(), node.to_owned()]);
    command.args(node.into_iter().flatten()).shell()
}

fn done(run: &RunRecord, node: Option<&str>) -> String {
    let Some(number) = run.number else {
        return "done: nothing to change".to_owned();
    };
    let is_other = run
        .advisories
        .iter()
        .any(|note| note.id == "not-as-previewed");
    let how = if is_other {
        ", but not as previewed"
    } else {
        ""
    };
    let counts = counts(run);
    // Commands and manual steps have no reverse.
    let undo = match run.summary().change {
        0 => "undo cannot take it back".to_owned(),
        _ => format!("{} takes it back", undo_command(number, node)),
    };
    format!("done{how}: {counts}, run {number}; {undo}")
}

fn completed(run: &RunRecord) -> Vec<String> {
    let Summary {
        change,
        act,
        manual,
        ..
    } = run.summary();
    let counts = [
        stated(change, "changed"),
        counted(act, "command run", "commands run"),
        stated(manual, "by hand"),
    ];
    counts.into()
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn counted(number: usize, one: &str, many: &str) -> String {
    stated(number, if number == 1 { one } else { many })
}

/// A count; empty for none.
fn stated(number: usize, what: &str) -> String {
    if number == 0 {
        return String::new();
    }
    format!("{number} {what}")
}
