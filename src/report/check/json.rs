//! Findings for programs: one document, no path of the machine.

use serde::Serialize;

use crate::fault::Severity;
use crate::finding::{Checked, Finding};

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    kind: &'static str,
    tool: Tool,
    scripts: Vec<&'a str>,
    findings: Vec<Shown<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: &'static str,
    severity: Severity,
    message: &'a str,
    hints: &'a [String],
    at: At<'a>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

/// The document.
pub fn render(checked: &[Checked]) -> String {
    let findings = checked.iter().flat_map(|script| {
        let findings = script.findings.iter();
        findings.map(|finding| shown(finding, script))
    });
    let (errors, warnings) = super::counts(checked);
    let document = Document {
        format: 1,
        kind: "check",
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        scripts: checked.iter().map(|script| &*script.name).collect(),
        findings: findings.collect(),
        summary: Summary { errors, warnings },
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn shown<'a>(finding: &'a Finding, script: &'a Checked) -> Shown<'a> {
    let (line, column) = script.line_column(finding.span.start);
    let (end_line, end_column) = script.line_column(finding.span.end);
    let fix = finding.fix.as_ref().map(|fix| Fix {
        title: &fix.title,
        safe: fix.is_safe,
        edits: fix
            .edits
            .iter()
            .map(|edit| Edit {
                start: edit.span.start,
                end: edit.span.end,
                text: &edit.text,
            })
            .collect(),
    });
    Shown {
        id: finding.rule.id(),
        severity: finding.severity(),
        message: &finding.message,
        hints: &finding.hints,
        at: At {
            file: &script.name,
            line,
            column,
            end_line,
            end_column,
        },
        fix,
    }
}
