//! The calls that no test reached.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::trial::Coverage;

use super::super::style::Role;
use super::super::{Style, clean};

/// Each text with the lines of its calls that no test reached. Bundled modules
/// are listed only with `--verbose`.
pub(super) fn render(all: &[Coverage], style: Style, out: &mut String) {
    let is_listed = |covered: &&Coverage| style.verbose || !covered.is_bundled_module();
    let listed: Vec<_> = all.iter().filter(is_listed).collect();
    out.push_str("\ncoverage, by calls of bindings\n");
    for covered in &listed {
        let name = style.paint(Role::Strong, &clean::line(&covered.source));
        let reached = covered.calls - covered.missed.len();
        let _ = writeln!(out, "  {name}: {reached} of {} reached", covered.calls);
        missed(covered, style, out);
    }
    if listed.is_empty() {
        out.push_str("  no calls\n");
    }
}

fn missed(covered: &Coverage, style: Style, out: &mut String) {
    let numbers: BTreeSet<_> = covered.missed.iter().map(|spot| spot.line).collect();
    let lines: Vec<_> = covered.text.lines().collect();
    for number in numbers {
        let line = lines.get(number as usize - 1).copied().unwrap_or_default();
        let line = clean::line(line.trim_end());
        let number = style.paint(Role::Faint, &format!("{number:>6} |"));
        let _ = writeln!(out, "{number} {line}");
    }
}
