//! A run as text: each step with its changes and commands, then the counts, then
//! the diff of aspera.conf.

use std::fmt::{self, Write as _};

use crate::fault::Fault;
use crate::step::{Level, StepKind};

use super::groups::{self, Entry};
use super::notes::SharedAdvisory;
use super::step_text::{StepWriter, digits, labeled, note};
use super::style::{Role, wrap};
use super::timeline::{self, StartedStep};
use super::{Report, Style, clean, diff, hand_over, notes, phrases};

/// The whole report. It is written step by step, so that memory does not grow
/// with its length.
pub fn render<'a>(report: &'a Report<'a>, style: Style) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        let run = report.run;
        let writer = writer(report, style);
        let is_shown = |started: &StartedStep<'_>| {
            !style.quiet || started.step.kind != StepKind::Settled || started.fault.is_some()
        };
        let longest = if style.verbose { 1 } else { usize::MAX };
        let shown = groups::entries(timeline::started(run).filter(is_shown), longest);
        let mut below = notes::shown_below(report);
        below.retain(|note| note.advisory.details.is_none());
        let is_bare = shown.is_empty() && below.is_empty();
        let mut buffer = String::with_capacity(1024);
        headline(report, style, &mut buffer);
        for entry in shown {
            match entry {
                Entry::Single(started) => step(&started, &writer, &mut buffer),
                Entry::Group(group) => writer.group(&group, &mut buffer),
                Entry::InTurn(steps) => writer.in_turn(&steps, &mut buffer),
            }
            f.write_str(&buffer)?;
            buffer.clear();
        }
        not_reached(report, &writer, &mut buffer);
        shared_notes(report, &below, style, &mut buffer);
        if !is_bare {
            buffer.push('\n');
        }
        counts(report, style, &mut buffer);
        f.write_str(&buffer)?;
        if !run.conf_diff.is_empty() && !style.quiet {
            f.write_str("\n")?;
            diff::render(&run.conf_diff, style, f)?;
        }
        for file in run.file_diffs.iter().filter(|_| !style.quiet) {
            f.write_str("\n")?;
            diff::render(&file.diff, style, f)?;
        }
        f.write_str(&hand_over::render(run, style))
    })
}

/// What failed and what was not reached, for a reader who has seen the other steps, and who reads
/// the fault of the run elsewhere.
pub fn unfinished(report: &Report<'_>, style: Style) -> String {
    let writer = writer(report, style);
    let mut out = String::new();
    let last = report.run.fault.as_ref().map(Fault::message);
    for started in timeline::started(report.run) {
        let Some(fault) = started.fault else {
            continue;
        };
        failed(&started, &writer, &mut out);
        if last != Some(fault.message()) {
            reason(fault, style, &mut out);
        }
    }
    not_reached(report, &writer, &mut out);
    out
}

pub(super) fn writer<'a>(report: &'a Report<'a>, style: Style) -> StepWriter<'a> {
    let run = report.run;
    let count = run.steps.len() + run.failed.len() + run.not_reached.len();
    StepWriter {
        digits: digits(count),
        script: Some(&run.script.name),
        hidden_notes: notes::repeated_texts(report),
        style,
    }
}

pub(super) fn headline(report: &Report<'_>, style: Style, out: &mut String) {
    let node = &report.run.node;
    let what = match report.remark {
        Some(remark) => format!("on {}", clean::line(remark)),
        None => format!(
            "on {} ({})",
            clean::line(&node.name),
            phrases::system_name(node)
        ),
    };
    let status = phrases::status(report);
    let script = clean::line(&report.run.script.name);
    let room = style.width.saturating_sub(script.chars().count() + 1);
    let rest = wrap(&format!("{what} · {status}"), room, style.width).join("\n");
    let _ = writeln!(out, "{} {rest}", style.paint(Role::Strong, &script));
    if let Some(site) = phrases::site(report).filter(|_| !style.quiet) {
        let _ = writeln!(out, "{}", clean::line(site));
    }
    out.push('\n');
}

pub(super) fn step(started: &StartedStep<'_>, writer: &StepWriter<'_>, out: &mut String) {
    match started.fault {
        None => writer.write(started.number, started.step, out),
        Some(fault) => {
            failed(started, writer, out);
            reason(fault, writer.style, out);
        }
    }
}

/// A step that was not completed, with all that it gave to its programs.
fn failed(started: &StartedStep<'_>, writer: &StepWriter<'_>, out: &mut String) {
    writer.heading(started.number, started.step, "  FAILED", out);
    writer.body(started.step, out);
}

fn reason(fault: &Fault, style: Style, out: &mut String) {
    let message = clean::line(fault.message());
    labeled("error", Role::Danger, &message, style, out);
    for hint in fault.hints() {
        labeled("help", Role::Faint, &clean::line(hint), style, out);
    }
}

pub(super) fn not_reached(report: &Report<'_>, writer: &StepWriter<'_>, out: &mut String) {
    let mut steps = report.run.unreached().peekable();
    if steps.peek().is_some() {
        out.push_str("\nnot reached\n");
    }
    for (number, step) in steps {
        writer.heading(number, step, "", out);
    }
}

pub(super) fn shared_notes(
    report: &Report<'_>,
    notes: &[SharedAdvisory<'_>],
    style: Style,
    out: &mut String,
) {
    if !notes.is_empty() {
        out.push_str("\nnotes\n");
    }
    for shared in notes {
        note(shared.advisory, &shared.concerned(report.run), style, out);
    }
}

pub(super) fn counts(report: &Report<'_>, style: Style, out: &mut String) {
    let run = report.run;
    let mut parts = vec![phrases::count(run.steps.len(), "step")];
    for count in phrases::kind_counts(report) {
        parts.push(format!("{} {}", count.number, count.what));
    }
    if !run.failed.is_empty() {
        let failed = format!("{} failed", run.failed.len());
        parts.push(style.paint(Role::Danger, &failed));
    }
    let not_reached = run.unreached().count();
    if not_reached > 0 {
        parts.push(format!("{not_reached} not reached"));
    }
    let dangers = notes::shared_advisories(report, Level::Danger).len();
    if dangers > 0 {
        parts.push(style.paint(Role::Danger, &phrases::count(dangers, "danger")));
    }
    let premises = phrases::count(run.observations.len(), "fact");
    parts.push(format!("premises: {premises}"));
    let _ = writeln!(out, "{}", parts.join(" · "));
}
