//! The findings of `check` as SARIF 2.1.0, which code review tools show beside the lines.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::fault::Rule;
use crate::finding::{CheckedScript, Finding, Fix, Region};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Renders the findings as one SARIF document.
pub fn sarif(checked: &[CheckedScript]) -> String {
    let rules = Rule::all().map(|rule| {
        json!({
            "id": rule.id(),
            "shortDescription": { "text": rule.summary() },
            "defaultConfiguration": { "level": rule.severity().name() },
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

fn result(finding: &Finding, script: &CheckedScript) -> Value {
    let mut message = finding.message.clone();
    for hint in &finding.hints {
        let _ = write!(message, "\n{hint}");
    }
    let mut result = json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": finding.rule.order(),
        "level": finding.severity().name(),
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&script.source.name) },
            "region": region(&finding.region),
        } }],
    });
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_object(fix, script)]);
    }
    result
}

fn fix_object(fix: &Fix, script: &CheckedScript) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        json!({
            "deletedRegion": region(&Region::new(&script.source, &edit.span)),
            "insertedContent": { "text": edit.text },
        })
    });
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&script.source.name) },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

fn region(region: &Region) -> Value {
    json!({
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    })
}

/// A relative reference: a byte that a URI cannot hold as it is becomes `%20` or the like.
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
    fn a_name_becomes_a_relative_reference() {
        assert_eq!(uri("site/a b:é.rhai"), "site/a%20b%3A%C3%A9.rhai");
    }
}
