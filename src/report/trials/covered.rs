//! What tests did not reach, line by line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::trial::Covered;

use super::super::style::Role;
use super::super::{Style, clean};

/// Each text with the lines of it that hold a call which no test reached. The
/// binary's own modules are told of only where more is wanted.
pub(super) fn render(all: &[Covered], style: Style, out: &mut String) {
    let is_told = |covered: &&Covered| style.verbose || !covered.is_bundled_module();
    let told: Vec<_> = all.iter().filter(is_told).collect();
    out.push_str("\ncoverage, by calls of bindings\n");
    for covered in &told {
        let name = style.paint(Role::Strong, &clean::line(&covered.source));
        let reached = covered.calls - covered.missed.len();
        let _ = writeln!(out, "  {name}: {reached} of {} reached", covered.calls);
        missed(covered, style, out);
    }
    if told.is_empty() {
        out.push_str("  no calls\n");
    }
}

fn missed(covered: &Covered, style: Style, out: &mut String) {
    let numbers: BTreeSet<_> = covered.missed.iter().map(|spot| spot.line).collect();
    let lines: Vec<_> = covered.text.lines().collect();
    for number in numbers {
        let line = lines.get(number as usize - 1).copied().unwrap_or_default();
        let line = clean::line(line.trim_end());
        let number = style.paint(Role::Faint, &format!("{number:>6} |"));
        let _ = writeln!(out, "{number} {line}");
    }
}
