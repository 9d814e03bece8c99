//! A step as text: its heading, its changes and commands, its notes.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::step::{Advisory, Command, Level, Step, StepKind};

use super::style::{Role, wrap};
use super::{Style, changes, clean, notes, phrases};

/// The indentation of what belongs to a step.
pub(super) const INDENT: &str = "        ";

/// The column at which the location of a step ends, if the report is as wide.
const LOCATION_END: usize = 76;

/// How the steps of a report are written.
pub(super) struct StepWriter<'a> {
    /// The width of their numbers.
    pub(super) digits: usize,
    /// The name of the script; without one, no location is shown.
    pub(super) script: Option<&'a str>,
    /// The notes that are shown elsewhere.
    pub(super) hidden_notes: HashSet<&'a str>,
    pub(super) style: Style,
}

/// Some steps of a run; the first has that number.
pub fn render(steps: &[Step], first: usize, style: Style) -> String {
    let writer = StepWriter {
        digits: digits(first + steps.len()),
        script: None,
        hidden_notes: HashSet::new(),
        style,
    };
    let mut out = String::new();
    for (number, step) in (first..).zip(steps) {
        writer.write(number, step, &mut out);
    }
    out
}

/// A step of a live run of so many steps, in a line.
pub fn line(number: usize, total: usize, step: &Step, style: Style) -> String {
    let writer = StepWriter {
        digits: digits(total),
        script: None,
        hidden_notes: HashSet::new(),
        style,
    };
    let remark = match step.kind {
        StepKind::Settled => phrases::settled(step),
        StepKind::Change | StepKind::Act | StepKind::Manual => "done",
    };
    let mut out = String::new();
    writer.heading(number, step, &format!("  {remark}"), &mut out);
    out
}

/// Notes that belong to no step.
pub fn note_lines<'a>(advisories: impl IntoIterator<Item = &'a Advisory>, style: Style) -> String {
    let mut out = String::new();
    for advisory in advisories {
        note(advisory, "", style, &mut out);
    }
    out
}

/// The width of a number of steps.
pub(super) fn digits(count: usize) -> usize {
    count.to_string().len().max(2)
}

/// What the heading of a step or a group says behind the title.
pub(super) fn remark(step: &Step) -> String {
    match step.kind {
        StepKind::Settled => format!("  {}", phrases::settled(step)),
        StepKind::Change | StepKind::Act | StepKind::Manual => String::new(),
    }
}

impl StepWriter<'_> {
    /// The whole step.
    pub(super) fn write(&self, number: usize, step: &Step, out: &mut String) {
        self.heading(number, step, &remark(step), out);
        self.body(step, out);
    }

    /// The line with the number, the sign, the title, a remark and the location.
    pub(super) fn heading(&self, number: usize, step: &Step, remark: &str, out: &mut String) {
        let title = phrases::title(step);
        self.head(&number.to_string(), step, &title, remark, out);
    }

    /// The same of a step or a group.
    pub(super) fn head(
        &self,
        numbers: &str,
        step: &Step,
        title: &str,
        remark: &str,
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
        let digits = self.digits;
        let _ = write!(out, "{numbers:>digits$}  ");
        self.style.put(role, sign.encode_utf8(&mut [0; 4]), out);
        out.extend([" ", title, remark]);
        let location = self.script.map(|main| phrases::location(step, main));
        if let Some(location) = location.filter(|location| !location.is_empty()) {
            let title = title.chars().count() + remark.chars().count();
            let digits = digits.max(numbers.chars().count());
            let used = digits + 4 + title + location.chars().count();
            let end = self.style.width.min(LOCATION_END);
            out.push_str(&" ".repeat(end.saturating_sub(used).max(2)));
            self.style.put(Role::Faint, &location, out);
        }
        out.push('\n');
    }

    /// What it changes and runs, and its notes.
    pub(super) fn body(&self, step: &Step, out: &mut String) {
        for change in &step.changes {
            let prefix = changes::prefix(change, &step.changes);
            for part in changes::changed_parts(change) {
                out.extend([INDENT, &prefix]);
                part.write(out);
                out.push('\n');
            }
        }
        self.commands(step, out);
        self.notes(step, out);
    }

    /// The notes that are not shown elsewhere.
    pub(super) fn notes(&self, step: &Step, out: &mut String) {
        for advisory in self.shown_notes(step) {
            note(advisory, "", self.style, out);
        }
    }

    /// The notes of a step that are not shown elsewhere.
    pub(super) fn shown_notes<'s>(&self, step: &'s Step) -> impl Iterator<Item = &'s Advisory> {
        notes::distinct_notes(step).filter(|note| {
            step.kind == StepKind::Manual || !self.hidden_notes.contains(&*note.text)
        })
    }

    /// The commands it runs.
    pub(super) fn commands(&self, step: &Step, out: &mut String) {
        for command in &step.commands {
            self.command(command, out);
        }
    }

    fn command(&self, command: &Command, out: &mut String) {
        for (index, line) in phrases::command_lines(command).iter().enumerate() {
            out.push_str(INDENT);
            if index == 0 {
                self.style.put(Role::Faint, "$", out);
                out.push(' ');
            }
            out.extend([line, "\n"]);
        }
    }
}

/// A note, and who has it.
pub(super) fn note(advisory: &Advisory, concerned: &str, style: Style, out: &mut String) {
    let (word, role) = match advisory.level {
        Level::Note => ("note", Role::Faint),
        Level::Caution => ("caution", Role::Changed),
        Level::Danger => ("danger", Role::Danger),
    };
    let mut text = clean::line(&advisory.text);
    if !concerned.is_empty() {
        let _ = write!(text.to_mut(), " ({concerned})");
    }
    if let Some(source) = advisory.source.as_deref().filter(|_| style.verbose) {
        let _ = write!(text.to_mut(), " [{}]", clean::line(source));
    }
    labeled(word, role, &text, style, out);
}

/// A word and a text, wrapped and indented like what belongs to a step.
pub(super) fn labeled(word: &str, role: Role, text: &str, style: Style, out: &mut String) {
    let width = style.width.clamp(40, 100) - INDENT.len();
    let first = width.saturating_sub(word.len() + 2);
    if text.len() <= first {
        out.push_str(INDENT);
        style.put(role, word, out);
        out.extend([": ", text, "\n"]);
        return;
    }
    let mut lead = style.paint(role, word);
    lead.push_str(": ");
    for line in wrap(text, first, width - 2) {
        let _ = writeln!(out, "{INDENT}{lead}{line}");
        "  ".clone_into(&mut lead);
    }
}
