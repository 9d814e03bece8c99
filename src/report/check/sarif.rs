//! Findings as SARIF 2.1.0, which code review in CI shows beside the lines.

use std::fmt::Write as _;
use std::ops::Range;

use serde_json::{Value, json};

use crate::fault::{Rule, Severity};
use crate::finding::{Checked, Finding, Fix};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The document.
pub fn render(checked: &[Checked]) -> String {
    let rules = Rule::all().map(|rule| {
        json!({
            "id": rule.id(),
            "shortDescription": { "text": rule.summary() },
            "defaultConfiguration": { "level": level(rule.severity()) },
        })
    });
    let results = checked.iter().flat_map(|script| {
        let findings = script.findings.iter();
        findings.map(|finding| result(finding, script))
    });
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ascript",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn result(finding: &Finding, script: &Checked) -> Value {
    let mut words = finding.message.clone();
    for hint in &finding.hints {
        let _ = write!(words, "\n{hint}");
    }
    let mut result = json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": finding.rule.order(),
        "level": level(finding.severity()),
        "message": { "text": words },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&script.name) },
            "region": region(&finding.span, script),
        } }],
    });
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([shown(fix, script)]);
    }
    result
}

fn shown(fix: &Fix, script: &Checked) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        json!({
            "deletedRegion": region(&edit.span, script),
            "insertedContent": { "text": edit.text },
        })
    });
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&script.name) },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

fn region(span: &Range<usize>, script: &Checked) -> Value {
    let (line, column) = script.line_column(span.start);
    let (end_line, end_column) = script.line_column(span.end);
    json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

/// A relative reference: whatever is no plain letter is written as `%20` is.
fn uri(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    name.bytes().fold(String::new(), |mut uri, byte| {
        if is_plain(byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_relative_reference() {
        assert_eq!(uri("site/a b:é.rhai"), "site/a%20b%3A%C3%A9.rhai");
    }
}
