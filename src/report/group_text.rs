//! A group of steps as text: its heading, what all share, a row for each step.

use crate::step::{Level, StepKind};

use super::groups::{GroupTable, InTurn, StepGroup};
use super::phrases;
use super::step_text::{INDENT, StepWriter, note, remark};
use super::style::{Role, columns};

/// No column is padded further, so that one long value does not move all others.
const WIDEST: usize = 40;

impl StepWriter<'_> {
    /// The group. Of the commands it shows those of the first step.
    pub(super) fn group(&self, group: &StepGroup<'_>, out: &mut String) {
        let example = group.example();
        let remark = remark(example);
        self.head(&group.numbers(), example, &group.title(), &remark, out);
        if example.kind == StepKind::Settled {
            self.notes_of_settled(group, out);
            return;
        }
        let table = group.table();
        for line in &table.shared {
            out.extend([INDENT, line, "\n"]);
        }
        if !group.is_of_commands() && !example.commands.is_empty() {
            self.commands(example, out);
            self.faint("and so for each row; -v shows every command", out);
        }
        self.rows(&table, out);
    }

    /// The line before the steps of a loop.
    pub(super) fn in_turn(&self, steps: &InTurn, out: &mut String) {
        let sentence = steps.sentence();
        self.style.put(Role::Faint, &sentence, out);
        out.push_str(":\n");
    }

    /// Only what is serious: a note of each row would hide the steps that change something.
    fn notes_of_settled(&self, group: &StepGroup<'_>, out: &mut String) {
        let mut hidden = 0;
        for (number, step) in group.steps() {
            for advisory in self.shown_notes(step) {
                if advisory.level == Level::Note {
                    hidden += 1;
                } else {
                    note(advisory, &format!("step {number}"), self.style, out);
                }
            }
        }
        if hidden > 0 {
            let noun = phrases::count(hidden, "note");
            self.faint(&format!("{noun}; -v shows them"), out);
        }
    }

    fn faint(&self, words: &str, out: &mut String) {
        out.push_str(INDENT);
        self.style.put(Role::Faint, words, out);
        out.push('\n');
    }

    fn rows(&self, table: &GroupTable<'_>, out: &mut String) {
        let mut names = vec!["step".to_owned(), String::new()];
        names.extend(table.columns.iter().cloned());
        let rows = table.rows.iter().map(|row| {
            let mut cells = vec![row.number.to_string(), row.name.clone()];
            cells.extend(row.cells.iter().cloned());
            cells
        });
        let rows: Vec<_> = rows.collect();
        let widths: Vec<_> = (0..names.len())
            .map(|index| {
                let cells = rows.iter().chain([&names]).map(|row| columns(&row[index]));
                cells.max().unwrap_or_default().min(WIDEST)
            })
            .collect();
        let head = row_line(&names, &widths);
        out.push_str(INDENT);
        self.style.put(Role::Faint, &head, out);
        out.push('\n');
        for (cells, row) in rows.iter().zip(&table.rows) {
            out.extend([INDENT, &row_line(cells, &widths), "\n"]);
            self.notes(row.step, out);
        }
    }
}

/// The cells below each other; the number of the step at the right of its column.
fn row_line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width.saturating_sub(columns(cell)));
        match index {
            0 => line.extend([&padding, cell.as_str()]),
            _ => line.extend(["  ", cell, &padding]),
        }
    }
    line.truncate(line.trim_end().len());
    line
}
