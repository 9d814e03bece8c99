//! A group of steps as text: its heading, what all share, a row for each step.

use super::groups::{GroupTable, StepGroup};
use super::step_text::{INDENT, StepWriter};
use super::style::{Role, columns};

/// No column is padded further, so that one long value does not move all others.
const WIDEST: usize = 40;

impl StepWriter<'_> {
    /// The group. Of the commands it shows those of the first step.
    pub(super) fn group(&self, group: &StepGroup<'_>, out: &mut String) {
        let example = group.example();
        self.head(&group.numbers(), example, &group.title(), "", out);
        let table = group.table();
        for line in &table.shared {
            out.extend([INDENT, line, "\n"]);
        }
        self.commands(example, out);
        if !example.commands.is_empty() {
            let words = "and so for each row; -v shows every command";
            out.push_str(INDENT);
            self.style.put(Role::Faint, words, out);
            out.push('\n');
        }
        self.rows(&table, out);
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
