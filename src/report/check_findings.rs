//! The findings of `check`: as text with source snippets, and as JSON.

use std::fmt::Write as _;
use std::rc::Rc;

use annotate_snippets::{AnnotationKind, Level};
use serde::Serialize;

use crate::fault::{Fault, Severity};
use crate::finding::{CheckedScript, Finding};
use crate::source::SourceText;

use super::fault::{clean_lines, line_snippet, render_group};
use super::plain_secrets::redact;
use super::{Style, clean, document};

/// Up to that many findings are shown as text; the other formats have all.
const MAX_SHOWN: usize = 100;

/// Renders findings, each with the line it is about.
pub fn check(checked: &[CheckedScript], style: Style) -> String {
    let mut text = String::new();
    let mut room = MAX_SHOWN;
    for script in checked.iter().filter(|script| !script.findings.is_empty()) {
        let shown = &script.findings[..room.min(script.findings.len())];
        room -= shown.len();
        if shown.is_empty() {
            continue;
        }
        let redacted = redact(&script.source.text).into_owned();
        let source = SourceText::new(Rc::clone(&script.source.name), redacted);
        for finding in shown {
            text.push_str(&with_snippet(finding, &source, style));
            text.push('\n');
        }
    }
    let count: usize = checked.iter().map(|script| script.findings.len()).sum();
    if count > MAX_SHOWN {
        let more = count - MAX_SHOWN;
        let _ = writeln!(
            text,
            "{more} more are not shown; `--format json` lists them"
        );
    }
    text
}

fn with_snippet(finding: &Finding, source: &SourceText, style: Style) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = clean::line(&finding.message);
    let title = level.primary_title(&*message).id(finding.rule.id());
    let snippet = line_snippet(source, finding.span.clone(), |span| {
        AnnotationKind::Primary.span(span)
    });
    let hints = clean_lines(&finding.hints);
    render_group(title, [snippet], &[], &hints, style)
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
