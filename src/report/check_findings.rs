//! The findings of `check`: as text with source snippets, and as JSON.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Snippet};
use serde::Serialize;

use crate::fault::{Fault, Severity};
use crate::finding::{CheckedScript, Finding};

use super::fault::{clean_lines, render_group};
use super::plain_secrets::redact;
use super::{Style, clean, document};

/// Renders every finding with the lines it is about.
pub fn check(checked: &[CheckedScript], style: Style) -> String {
    let mut text = String::new();
    for script in checked.iter().filter(|script| !script.findings.is_empty()) {
        let source = redact(&script.source.text);
        for finding in &script.findings {
            text.push_str(&with_snippet(finding, &source, style));
            text.push('\n');
        }
    }
    text
}

fn with_snippet(finding: &Finding, source: &str, style: Style) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = clean::line(&finding.message);
    let title = level.primary_title(&*message).id(finding.rule.id());
    let span = first_line(&finding.span, source);
    let snippet = Snippet::source(source)
        .path(&*finding.region.file)
        .annotation(AnnotationKind::Primary.span(span));
    let hints = clean_lines(&finding.hints);
    render_group(title, [snippet], &[], &hints, style)
}

/// The part of a span that is in its first line.
fn first_line(span: &Range<usize>, source: &str) -> Range<usize> {
    let line = source[span.clone()].lines().next().unwrap_or_default();
    span.start..span.start + line.len()
}

/// Summarizes the findings in one line.
pub fn check_summary(checked: &[CheckedScript]) -> String {
    let FindingCounts { errors, warnings } = FindingCounts::new(checked);
    let mut text = format!("{} checked", plural(checked.len(), "script"));
    if errors + warnings == 0 {
        text.push_str(", no problems found");
        return text;
    }
    for (count, noun) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            let _ = write!(text, ", {}", plural(count, noun));
        }
    }
    let findings = checked.iter().flat_map(|script| &script.findings);
    let fixable = findings.filter(|finding| finding.safe_fix().is_some());
    let fixable = fixable.count();
    if fixable > 0 {
        let _ = write!(text, "; `--fix` can fix {fixable}");
    }
    text
}

fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

#[derive(Serialize)]
struct CheckDocument<'a> {
    scripts: Vec<&'a str>,
    /// Why scripts could not be read.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [Fault],
    findings: Vec<&'a Finding>,
    summary: FindingCounts,
}

#[derive(Serialize)]
struct FindingCounts {
    errors: usize,
    warnings: usize,
}

impl FindingCounts {
    fn new(checked: &[CheckedScript]) -> Self {
        let count = |severity| {
            let findings = checked.iter().flat_map(|script| &script.findings);
            findings
                .filter(|finding| finding.severity() == severity)
                .count()
        };
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
        }
    }
}

/// Renders the findings as one JSON document.
pub fn check_json(checked: &[CheckedScript], unreadable: &[Fault]) -> String {
    let document = CheckDocument {
        scripts: checked.iter().map(|script| &*script.source.name).collect(),
        faults: unreadable,
        findings: checked.iter().flat_map(|script| &script.findings).collect(),
        summary: FindingCounts::new(checked),
    };
    document::render("check", &document)
}
