//! A group of steps as markdown.

use std::fmt::Write as _;

use super::super::clean;
use super::super::groups::{GroupTable, StepGroup};
use super::{folded, step};

/// The most steps of one table, so that a comment can leave out the last tables.
pub(super) const LONGEST: usize = 50;

/// What the steps share, a row for each, and their commands folded. `None` where a value cannot
/// stand in a table, or the group is too long.
pub(super) fn whole(group: &StepGroup<'_>, main: &str) -> Option<String> {
    let table = group.table();
    // Renderers do not agree on how a cell escapes it behind a backslash.
    if table_texts(&table).any(|text| text.contains('|')) {
        return None;
    }
    let mut out = step::heading_of(&group.numbers(), &group.title(), group.example(), main);
    for (index, line) in table.shared.iter().enumerate() {
        out.push_str(if index == 0 { "\n- " } else { "- " });
        clean::inline(line, &mut out);
        out.push('\n');
    }
    rows(&table, &mut out);
    if !group.is_of_commands() {
        let commands = group.steps().map(|(_, one)| step::command_text(one));
        let commands: String = commands.collect();
        out.push_str(&folded("Commands", &step::console(&commands)));
    }
    (out.len() <= step::LENGTH_LIMIT).then_some(out)
}

fn table_texts<'t>(table: &'t GroupTable<'_>) -> impl Iterator<Item = &'t String> {
    let rows = table.rows.iter();
    let cells = rows.flat_map(|row| row.cells.iter().chain([&row.name]));
    cells.chain(&table.columns)
}

fn rows(table: &GroupTable<'_>, out: &mut String) {
    out.push_str("\n| Step | Name |");
    for name in &table.columns {
        cell(name, out);
    }
    out.push_str("\n| ---: | --- |");
    out.push_str(&" --- |".repeat(table.columns.len()));
    for row in &table.rows {
        let _ = write!(out, "\n| {} |", row.number);
        for text in [&row.name].into_iter().chain(&row.cells) {
            cell(text, out);
        }
    }
    out.push('\n');
}

fn cell(text: &str, out: &mut String) {
    out.push(' ');
    clean::inline(text, out);
    out.push_str(" |");
}
