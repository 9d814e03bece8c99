//! A run as text: each step with its changes and commands, then the counts, then
//! the diff of aspera.conf.

use std::fmt::{self, Write as _};

use crate::step::{Advisory, Command, Level, Step, StepKind};

use super::style::{Role, wrap};
use super::{Report, Style, changes, clean, diff, phrases};

/// The indentation of what belongs to a step.
const INDENT: &str = "        ";

/// The column at which the location of a step ends, if the report is as wide.
const LOCATION_END: usize = 76;

/// The whole report. It is written step by step, so that memory does not grow
/// with its length.
pub fn render<'a>(report: &'a Report<'a>, style: Style) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        let steps = &report.run.steps;
        let digits = steps.len().to_string().len().max(2);
        let is_shown = |(_, step): &(usize, &Step)| !style.quiet || step.kind != StepKind::Settled;
        let mut shown = (1..).zip(steps).filter(is_shown).peekable();
        let is_bare = shown.peek().is_none() && report.run.advisories.is_empty();
        let mut buffer = String::with_capacity(1024);
        headline(report, style, &mut buffer);
        for (number, step) in shown {
            heading(
                number,
                digits,
                step,
                Some(&report.run.script.name),
                style,
                &mut buffer,
            );
            body(step, style, &mut buffer);
            f.write_str(&buffer)?;
            buffer.clear();
        }
        notes(report, style, &mut buffer);
        if !is_bare {
            buffer.push('\n');
        }
        summary(report, style, &mut buffer);
        f.write_str(&buffer)?;
        if report.run.conf_diff.is_empty() || style.quiet {
            return Ok(());
        }
        f.write_str("\n")?;
        diff::render(&report.run.conf_diff, style, f)
    })
}

/// Some steps of a run; the first has that number.
pub fn steps(steps: &[Step], first: usize, style: Style) -> String {
    let mut out = String::new();
    let digits = (first + steps.len()).to_string().len().max(2);
    for (number, step) in (first..).zip(steps) {
        heading(number, digits, step, None, style, &mut out);
        body(step, style, &mut out);
    }
    out
}

fn headline(report: &Report<'_>, style: Style, out: &mut String) {
    let node = &report.run.node;
    let what = match report.remark {
        Some(remark) => format!("on {}", clean::line(remark)),
        None => format!(
            "on {} ({})",
            clean::line(&node.name),
            phrases::platform_name(node.platform)
        ),
    };
    let status = phrases::status(report);
    let script = style.paint(Role::Strong, &clean::line(&report.run.script.name));
    let _ = writeln!(out, "{script} {what} · {status}");
    if let Some(site) = phrases::site(report).filter(|_| !style.quiet) {
        let _ = writeln!(out, "{}", clean::line(site));
    }
    out.push('\n');
}

fn heading(
    number: usize,
    digits: usize,
    step: &Step,
    main: Option<&str>,
    style: Style,
    out: &mut String,
) {
    let sign = phrases::sign(step);
    let role = match sign {
        '=' => Role::Faint,
        '?' | '!' => Role::Act,
        '+' => Role::Added,
        '-' => Role::Removed,
        _ => Role::Changed,
    };
    let mut title = phrases::title(step);
    if step.kind == StepKind::Settled {
        title.push_str("  already as wanted");
    }
    let _ = write!(out, "{number:>digits$}  ");
    style.put(role, sign.encode_utf8(&mut [0; 4]), out);
    out.extend([" ", &title]);
    let location = main.map_or_else(String::new, |main| phrases::location(step, main));
    if !location.is_empty() {
        let used = digits + 4 + title.chars().count() + location.chars().count();
        let gap = style.width.min(LOCATION_END).saturating_sub(used).max(2);
        out.push_str(&" ".repeat(gap));
        style.put(Role::Faint, &location, out);
    }
    out.push('\n');
}

fn body(step: &Step, style: Style, out: &mut String) {
    for part in step.changes.iter().flat_map(changes::changed_parts) {
        out.push_str(INDENT);
        part.write(out);
        out.push('\n');
    }
    for command in &step.commands {
        write_command(command, style, out);
    }
    for advisory in phrases::distinct_notes(step) {
        note(advisory, style, out);
    }
}

fn write_command(command: &Command, style: Style, out: &mut String) {
    for (index, line) in phrases::command_lines(command).iter().enumerate() {
        out.push_str(INDENT);
        if index == 0 {
            style.put(Role::Faint, "$", out);
            out.push(' ');
        }
        out.extend([line, "\n"]);
    }
}

fn note(advisory: &Advisory, style: Style, out: &mut String) {
    let (word, role) = match advisory.level {
        Level::Note => ("note", Role::Faint),
        Level::Caution => ("caution", Role::Changed),
        Level::Danger => ("danger", Role::Danger),
    };
    let mut text = clean::line(&advisory.text);
    if let Some(source) = advisory.source.as_deref().filter(|_| style.verbose) {
        let _ = write!(text.to_mut(), " [{}]", clean::line(source));
    }
    let width = style.width.clamp(40, 100) - INDENT.len();
    let first = width.saturating_sub(word.len() + 2);
    if text.len() <= first {
        out.push_str(INDENT);
        style.put(role, word, out);
        out.extend([": ", &text, "\n"]);
        return;
    }
    let mut lead = style.paint(role, word);
    lead.push_str(": ");
    for line in wrap(&text, first, width - 2) {
        let _ = writeln!(out, "{INDENT}{lead}{line}");
        "  ".clone_into(&mut lead);
    }
}

fn notes(report: &Report<'_>, style: Style, out: &mut String) {
    if report.run.advisories.is_empty() {
        return;
    }
    out.push_str("\nnotes\n");
    for advisory in &report.run.advisories {
        note(advisory, style, out);
    }
}

fn summary(report: &Report<'_>, style: Style, out: &mut String) {
    let mut parts = vec![phrases::count(report.run.steps.len(), "step")];
    for count in phrases::kind_counts(report) {
        parts.push(format!("{} {}", count.number, count.what));
    }
    let dangers = phrases::shared_advisories(report, Level::Danger).len();
    if dangers > 0 {
        parts.push(style.paint(Role::Danger, &phrases::count(dangers, "danger")));
    }
    let premises = phrases::count(report.run.observations.len(), "fact");
    parts.push(format!("premises: {premises}"));
    let _ = writeln!(out, "{}", parts.join(" · "));
}
