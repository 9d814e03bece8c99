//! A group of steps on the page.

use std::fmt::Write as _;

use super::super::Report;
use super::super::clean::{Html, HtmlProse};
use super::super::groups::{self, Entry, GroupTable, StepGroup};
use super::step::{StepCardWriter, open_card};

impl StepCardWriter<'_> {
    /// The steps that are not settled.
    pub(in super::super) fn pending(&mut self, report: &Report<'_>, out: &mut String) {
        for entry in groups::pending(report, usize::MAX) {
            match entry {
                Entry::Single(started) => self.write(started.number, started.step, out),
                Entry::Group(group) => self.group(&group, out),
                Entry::InTurn(steps) => {
                    let sentence = steps.sentence();
                    let _ = writeln!(out, "<p class=\"at\">{}:</p>", HtmlProse(&sentence));
                }
            }
        }
    }

    /// What the steps share, a row for each, and each step folded.
    fn group(&mut self, group: &StepGroup<'_>, out: &mut String) {
        let example = group.example();
        open_card("", &group.numbers(), &group.title(), example, out);
        self.location(example, out);
        let table = group.table();
        if !table.shared.is_empty() {
            out.push_str("<ul class=\"shared\">\n");
            for line in &table.shared {
                let _ = writeln!(out, "<li><code>{}</code></li>", Html(line));
            }
            out.push_str("</ul>\n");
        }
        self.rows(&table, out);
        out.push_str("<details>\n<summary>Each step with its commands</summary>\n");
        for (number, step) in group.steps() {
            self.write(number, step, out);
        }
        out.push_str("</details>\n</article>\n");
    }

    fn rows(&self, table: &GroupTable<'_>, out: &mut String) {
        let count = table.rows.len();
        let _ = writeln!(
            out,
            "<details open=\"open\">\n<summary>{count} rows</summary>"
        );
        out.push_str(
            "<table class=\"changes\">\n<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Name</th>",
        );
        for name in &table.columns {
            let _ = write!(out, "<th scope=\"col\"><code>{}</code></th>", Html(name));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            let number = row.number;
            let _ = write!(
                out,
                "<tr><td><a href=\"#{}step-{number}\">{number}</a></td><td><code>{}</code>",
                self.prefix,
                Html(&row.name)
            );
            self.notes(row.step, out);
            out.push_str("</td>");
            for cell in &row.cells {
                let _ = write!(out, "<td><code>{}</code></td>", Html(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</details>\n");
    }
}
