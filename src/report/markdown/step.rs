//! One step as markdown.

use std::fmt::Write as _;

use crate::step::{Step, StepKind};

use super::super::{changes, clean, notes, phrases};

/// Of a step longer than this, only the heading is shown.
pub(super) const LENGTH_LIMIT: usize = 8_000;

/// The step with its changes and commands.
pub(super) fn whole(number: usize, step: &Step, main: &str) -> String {
    let mut out = heading(number, step, main);
    parts(step, &mut out);
    out.push_str(&console(&command_text(step)));
    if step.kind == StepKind::Manual {
        for note in notes::distinct_notes(step) {
            out.push_str("\nBy hand: ");
            clean::prose(&clean::line(&note.text), &mut out);
            out.push('\n');
        }
    }
    out
}

/// The heading of a step that is not shown.
pub(super) fn too_long(number: usize, step: &Step, main: &str) -> String {
    let mut out = heading(number, step, main);
    out.push_str("\nToo long for a comment, and left out.\n");
    out
}

/// Its title, and its location in the script.
pub(super) fn title_and_location(step: &Step, main: &str) -> String {
    with_location(&phrases::title(step), step, main)
}

fn with_location(title: &str, step: &Step, main: &str) -> String {
    let mut out = String::new();
    clean::inline(&clean::clipped(title, 300), &mut out);
    let location = phrases::location(step, main);
    if !location.is_empty() {
        out.push_str(" — ");
        clean::inline(&clean::clipped(&location, 200), &mut out);
    }
    out
}

fn heading(number: usize, step: &Step, main: &str) -> String {
    heading_of(&number.to_string(), &phrases::title(step), step, main)
}

/// The heading of a step or a group, with the sign and the location of that step.
pub(super) fn heading_of(numbers: &str, title: &str, step: &Step, main: &str) -> String {
    let sign = phrases::sign(step);
    let title = with_location(title, step, main);
    format!("\n##### {numbers} `{sign}` {title}\n")
}

fn parts(step: &Step, out: &mut String) {
    let title = changes::title(&step.changes);
    let mut is_first = true;
    for change in &step.changes {
        let owner = changes::owner(&change.subject);
        for part in changes::changed_parts(change) {
            out.push_str(if is_first { "\n- " } else { "- " });
            is_first = false;
            if owner != title {
                clean::inline(&owner, out);
                out.push_str(": ");
            }
            clean::inline(&part.name, out);
            out.push_str(": ");
            match (&part.before, &part.after) {
                (Some(before), Some(after)) => {
                    value(before, out);
                    out.push_str(" → ");
                    value(after, out);
                }
                (Some(only), None) | (None, Some(only)) => value(only, out),
                (None, None) => {}
            }
            out.push('\n');
        }
    }
}

fn value(value: &str, out: &mut String) {
    match value {
        changes::ABSENT => out.push_str(value),
        _ => clean::inline(value, out),
    }
}

/// The lines of its commands.
pub(super) fn command_text(step: &Step) -> String {
    let mut text = String::new();
    for command in &step.commands {
        let lines = phrases::command_lines(command);
        let leads = ["$ "].into_iter().chain(std::iter::repeat(""));
        for (lead, line) in leads.zip(lines) {
            let _ = writeln!(text, "{lead}{line}");
        }
    }
    text
}

/// Commands in a block.
pub(super) fn console(commands: &str) -> String {
    if commands.is_empty() {
        return String::new();
    }
    let fence = clean::fence(commands);
    format!("\n{fence}console\n{commands}{fence}\n")
}
