//! A group of steps on the page.

use std::fmt::Write as _;

use super::super::clean::Html;
use super::super::groups::{GroupTable, StepGroup};
use super::step::{StepCardWriter, open_card};

impl StepCardWriter<'_> {
    /// What the steps share, a row for each, and each step folded.
    pub(super) fn group(&mut self, group: &StepGroup<'_>, out: &mut String) {
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
                "<tr><td><a href=\"#step-{number}\">{number}</a></td><td><code>{}</code>",
                Html(&row.name)
            );
            self.notes(row.step, out);
            out.push_str("</td>");
            for cell in &row.cells {
                let _ = write!(out, "<td><code>{}</code></td>", Html(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
    }
}
