//! What a person enters in another system after the run, in a block of its own.

use std::fmt::Write as _;

use crate::run::RunRecord;
use crate::step::Advisory;

use super::style::Role;
use super::{Style, clean, notes};

/// The blocks of a run, each behind an empty line.
pub fn render(run: &RunRecord, style: Style) -> String {
    let mut out = String::new();
    for advisory in notes::hand_overs(run) {
        block(advisory, style, &mut out);
    }
    out
}

fn block(advisory: &Advisory, style: Style, out: &mut String) {
    let rows = advisory.details.iter().flat_map(|details| details.iter());
    let width = rows.clone().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let title = clean::line(&advisory.text);
    let _ = writeln!(out, "\n{}", style.paint(Role::Strong, &title));
    for (name, value) in rows {
        let (name, value) = (clean::line(name), clean::line(value));
        let _ = writeln!(out, "  {name:width$}  {value}");
    }
}
