//! What was found wrong with scripts: for people here, for programs below.

mod json;
mod sarif;

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Snippet};

use crate::fault::Severity;
use crate::finding::{Checked, Finding};

use super::blank::blanked;
use super::fault::{cleaned, drawn};
use super::{Style, clean};

pub use json::render as check_json;
pub use sarif::render as sarif;

/// Every finding with the lines it is about, in the order of the texts.
pub fn check(checked: &[Checked], style: Style) -> String {
    let mut text = String::new();
    for script in checked.iter().filter(|script| !script.findings.is_empty()) {
        let source = blanked(&script.text);
        for finding in &script.findings {
            text.push_str(&one(finding, &source, style));
            text.push('\n');
        }
    }
    text
}

fn one(finding: &Finding, source: &str, style: Style) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = clean::line(&finding.message);
    let title = level.primary_title(&*message).id(finding.rule.id());
    let snippet = Snippet::source(source)
        .path(&*finding.place.file)
        .annotation(AnnotationKind::Primary.span(shown(finding, source)));
    drawn(title, [snippet], &[], &cleaned(&finding.hints), style)
}

/// What is underlined: one line of it.
fn shown(finding: &Finding, source: &str) -> std::ops::Range<usize> {
    let span = finding.span.clone();
    let line = source[span.clone()].lines().next().unwrap_or_default();
    span.start..span.start + line.len()
}

/// How much was found, in a line.
pub fn check_summary(checked: &[Checked]) -> String {
    let (errors, warnings) = counts(checked);
    let mut text = plural(checked.len(), "script");
    if errors + warnings == 0 {
        text.push_str(" checked, nothing found");
        return text;
    }
    text.push_str(" checked");
    for (count, word) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            let _ = write!(text, ", {}", plural(count, word));
        }
    }
    let findings = checked.iter().flat_map(|script| &script.findings);
    let fixable = findings
        .filter(|finding| finding.safe_fix().is_some())
        .count();
    if fixable > 0 {
        let _ = write!(text, "; --fix mends {fixable}");
    }
    text
}

/// How many errors there are, and how many warnings.
fn counts(checked: &[Checked]) -> (usize, usize) {
    let findings = || checked.iter().flat_map(|script| &script.findings);
    let is_error = |finding: &&Finding| finding.severity() == Severity::Error;
    let errors = findings().filter(is_error).count();
    (errors, findings().count() - errors)
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        n => format!("{n} {word}s"),
    }
}
