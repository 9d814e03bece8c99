//! One step on the page.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::step::{Level, Step, StepKind};

use super::super::clean::{Html, HtmlFile, HtmlProse, HtmlWords};
use super::super::{Report, changes, notes, phrases};
use super::source::SourceLines;

/// Writes the steps of a report.
pub(in super::super) struct StepCardWriter<'a> {
    main: &'a str,
    /// The start of the ids of steps, for a page with several runs.
    pub(super) prefix: String,
    lines: SourceLines<'a>,
    /// The notes that several steps have; the page lists them once.
    hidden_notes: HashSet<&'a str>,
}

impl<'a> StepCardWriter<'a> {
    pub(in super::super) fn new(report: &Report<'a>) -> Self {
        Self {
            main: &report.run.script.name,
            prefix: String::new(),
            lines: SourceLines::new(report.sources),
            hidden_notes: notes::repeated_texts(report),
        }
    }

    /// The same for one of several groups on a page.
    pub(in super::super) fn in_group(mut self, number: usize) -> Self {
        self.prefix = format!("group-{number}-");
        self
    }

    /// The step with its line of the script, changes, commands and notes.
    pub(in super::super) fn write(&mut self, number: usize, step: &Step, out: &mut String) {
        heading(&self.prefix, number, step, out);
        self.location(step, out);
        if step.kind == StepKind::Manual {
            for note in notes::distinct_notes(step) {
                let _ = writeln!(out, "<p>{}</p>", HtmlProse(&note.text));
            }
        } else {
            parts(step, out);
            commands(step, out);
            self.notes(step, out);
        }
        out.push_str("</article>\n");
    }

    /// Its location, and the line of the script.
    pub(super) fn location(&mut self, step: &Step, out: &mut String) {
        let line = step.at.as_ref().and_then(|at| self.lines.line(at));
        write_location(&phrases::location(step, self.main), line, out);
    }

    pub(super) fn notes(&self, step: &Step, out: &mut String) {
        let notes = notes::distinct_notes(step);
        let mut shown = notes
            .filter(|note| !self.hidden_notes.contains(&*note.text))
            .peekable();
        if shown.peek().is_none() {
            return;
        }
        out.push_str("<ul class=\"notes\">\n");
        for note in shown {
            let (class, word) = match note.level {
                Level::Danger => ("danger", "Danger"),
                Level::Caution => ("caution", "Caution"),
                Level::Note => ("note", "Note"),
            };
            let _ = write!(
                out,
                "<li class=\"{class}\"><b>{word}</b> {}",
                HtmlProse(&note.text)
            );
            super::origin(note, out);
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
}

fn heading(prefix: &str, number: usize, step: &Step, out: &mut String) {
    let title = phrases::title(step);
    let title = if step.kind == StepKind::Manual {
        "For a person"
    } else {
        &title
    };
    let id = format!(" id=\"{prefix}step-{number}\"");
    open_card(&id, &number.to_string(), title, step, out);
}

/// The start of the card of a step or a group.
pub(super) fn open_card(id: &str, numbers: &str, title: &str, step: &Step, out: &mut String) {
    let sign = phrases::sign(step);
    let (class, word) = match sign {
        '+' => ("add", "new"),
        '-' => ("del", "removed"),
        '!' => ("act", "runs"),
        '?' => ("hand", "by hand"),
        _ => ("mod", "changed"),
    };
    let _ = writeln!(
        out,
        "<article class=\"step {class}\"{id}>\n<h3><span class=\"number\">{numbers}</span> \
         <code>{}</code> <span class=\"tag\">{word}</span></h3>",
        Html(title)
    );
}

/// The location of a call, and the line of the script.
pub(super) fn write_location(location: &str, line: Option<&str>, out: &mut String) {
    if location.is_empty() {
        return;
    }
    let _ = write!(out, "<p class=\"at\"><span>{}</span>", Html(location));
    if let Some(line) = line {
        let _ = write!(out, " <code>{}</code>", HtmlFile(line));
    }
    out.push_str("</p>\n");
}

fn parts(step: &Step, out: &mut String) {
    let title = changes::title(&step.changes);
    let all = step
        .changes
        .iter()
        .map(|change| (change, changes::changed_parts(change)));
    let mut all = all.filter(|(_, parts)| !parts.is_empty()).peekable();
    if all.peek().is_none() {
        return;
    }
    out.push_str(
        "<table class=\"changes\">\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Before</th>\
         <th scope=\"col\">After</th></tr></thead>\n<tbody>\n",
    );
    for (change, parts) in all {
        let owner = changes::owner(&change.subject);
        let prefix = if owner == title {
            String::new()
        } else {
            format!("{owner}: ")
        };
        for part in parts {
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}{}</th>",
                Html(&prefix),
                Html(&part.name)
            );
            write_side("before", part.before.as_deref(), out);
            write_side("after", part.after.as_deref(), out);
            out.push_str("</tr>\n");
        }
    }
    out.push_str("</tbody>\n</table>\n");
}

fn write_side(class: &str, value: Option<&str>, out: &mut String) {
    let _ = match value {
        Some(value) if value != changes::ABSENT => {
            write!(
                out,
                "<td class=\"{class}\"><code>{}</code></td>",
                Html(value)
            )
        }
        _ => write!(out, "<td class=\"{class} none\">{}</td>", changes::ABSENT),
    };
}

fn commands(step: &Step, out: &mut String) {
    if step.commands.is_empty() {
        return;
    }
    out.push_str("<pre class=\"commands\"><code>");
    for command in &step.commands {
        let leads = ["<b>$</b> "].into_iter().chain(std::iter::repeat(""));
        for (lead, line) in leads.zip(phrases::command_lines(command)) {
            let _ = writeln!(out, "{lead}{}", HtmlWords(&line));
        }
    }
    out.truncate(out.trim_end().len());
    out.push_str("</code></pre>\n");
}
