//! A run as a procedure, in Markdown, for a person who has no `ascript`: numbered steps with their
//! commands, what to type, and how to check each.

mod check;
mod command;
mod secrets;

use std::fmt::Write as _;

use crate::run::DocumentKind;
use crate::step::{Level, Step, StepKind};

use super::{Report, changes, clean, notes, phrases};

/// The procedure, with a final newline.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    head(report, &mut out);
    secrets::list(report.run, &mut out);
    warnings(report, &mut out);
    let mut number = 0;
    for step in &report.run.steps {
        if step.kind != StepKind::Settled {
            number += 1;
            write_step(number, step, report, &mut out);
        }
    }
    if number == 0 {
        out.push_str("\nThere is nothing to do.\n");
    }
    settled(report, &mut out);
    hand_overs(report, &mut out);
    out
}

fn head(report: &Report<'_>, out: &mut String) {
    let run = report.run;
    out.push_str("# Runbook: ");
    clean::inline(&clean::line(&run.script.name), out);
    out.push_str(" on ");
    clean::inline(&clean::line(&run.node.name), out);
    let _ = write!(out, " ({})\n\n", phrases::system_name(&run.node));
    out.push_str(match run.kind {
        DocumentKind::Preview | DocumentKind::Plan => {
            "Perform the steps in their order, as root on the node. Check each before the next, and stop where a check shows something else.\n"
        }
        DocumentKind::Receipt => "These steps were done. To do them by hand, perform them in their order, as root on the node.\n",
    });
    out.push_str("The states before were read when this was made; if a step shows another one, make it again.\n");
    if let Some(fault) = &run.fault {
        out.push_str("\n**Not complete:** it stopped, since ");
        clean::prose(&clean::line(fault.message()), out);
        out.push('\n');
    }
    let _ = writeln!(out, "\nDigest: `{}`", run.digest());
}

/// The dangers and cautions of the run.
fn warnings(report: &Report<'_>, out: &mut String) {
    let levels = [Level::Danger, Level::Caution].into_iter();
    let shared: Vec<_> = levels
        .flat_map(|level| notes::shared_advisories(report, level))
        .collect();
    if shared.is_empty() {
        return;
    }
    out.push_str("\n## Beware\n\n");
    for note in shared {
        out.push_str("- ");
        let about = note.concerned(report.run);
        if !about.is_empty() {
            clean::inline(&about, out);
            out.push_str(": ");
        }
        clean::prose(&clean::line(&notes::whole_text(note.advisory)), out);
        out.push('\n');
    }
}

fn write_step(number: usize, step: &Step, report: &Report<'_>, out: &mut String) {
    let _ = write!(out, "\n## {number}. ");
    clean::inline(&phrases::title(step), out);
    out.push('\n');
    let mut lines = String::new();
    for change in &step.changes {
        let parts = changes::changed_parts(change).into_iter();
        // The content of a file is below.
        for part in parts.filter(|part| part.name != "content") {
            lines.push_str("- ");
            clean::inline(&part.line(), &mut lines);
            lines.push('\n');
        }
    }
    if !lines.is_empty() {
        let _ = write!(out, "\n{lines}");
    }
    if step.kind == StepKind::Manual {
        for note in notes::distinct_notes(step) {
            out.push_str("\nBy hand: ");
            clean::prose(&clean::line(&note.text), out);
            out.push('\n');
        }
    }
    let platform = report.run.node.platform;
    for command in &step.commands {
        command::write(command, platform, out);
    }
    check::write(step, report.run.node.system(), out);
}

/// What is as wanted already, and the questions to the node that the run asks of it.
fn settled(report: &Report<'_>, out: &mut String) {
    let steps = report.run.steps.iter();
    let settled = steps.filter(|step| step.kind == StepKind::Settled);
    let settled: Vec<_> = settled.collect();
    if settled.is_empty() {
        return;
    }
    out.push_str("\n## As wanted already\n\nNothing to do for these.\n\n");
    for step in &settled {
        out.push_str("- ");
        clean::inline(&phrases::title(step), out);
        out.push('\n');
    }
    for command in settled.iter().flat_map(|step| &step.commands) {
        command::write(command, report.run.node.platform, out);
    }
}

/// What a person enters in another system afterwards.
fn hand_overs(report: &Report<'_>, out: &mut String) {
    for note in notes::hand_overs(report.run) {
        out.push_str("\n## Afterwards\n\n");
        clean::prose(&clean::line(&note.text), out);
        out.push_str("\n\n");
        for (name, value) in note.details.iter().flat_map(|details| details.iter()) {
            out.push_str("- ");
            clean::inline(&clean::line(name), out);
            out.push_str(": ");
            clean::inline(&clean::line(value), out);
            out.push('\n');
        }
    }
}
