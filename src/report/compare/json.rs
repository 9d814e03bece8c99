//! The comparison of two runs as one JSON document.

use serde::Serialize;

use crate::run::{DocumentKind, ScriptId};
use crate::state::Node;

use super::super::document;
use super::{Difference, Report, keeps_the_order, pair_steps, parts};

#[derive(Serialize)]
struct ComparisonDocument<'a> {
    old: ComparedRun<'a>,
    new: ComparedRun<'a>,
    /// Whether the steps that both have are in the same order.
    same_order: bool,
    differences: Vec<DifferenceEntry>,
}

#[derive(Serialize)]
struct ComparedRun<'a> {
    kind: DocumentKind,
    node: &'a Node,
    script: &'a ScriptId,
    digest: String,
}

#[derive(Serialize)]
struct DifferenceEntry {
    part: &'static str,
    change: &'static str,
    title: String,
    removed: Vec<String>,
    added: Vec<String>,
}

/// The comparison as JSON.
pub fn render(old: &Report<'_>, new: &Report<'_>) -> String {
    let differences = parts(old, new).into_iter().flat_map(|group| {
        let part = group.key;
        let differences = group.differences.into_iter();
        differences.map(move |difference| entry(part, difference))
    });
    let comparison = ComparisonDocument {
        old: compared(old),
        new: compared(new),
        same_order: keeps_the_order(&pair_steps(old.run, new.run)),
        differences: differences.collect(),
    };
    document::render("comparison", &comparison)
}

fn compared<'a>(report: &Report<'a>) -> ComparedRun<'a> {
    ComparedRun {
        kind: report.run.kind,
        node: &report.run.node,
        script: &report.run.script,
        digest: report.run.digest(),
    }
}

fn entry(part: &'static str, difference: Difference) -> DifferenceEntry {
    let lines = difference.lines.into_iter();
    let (removed, added): (Vec<_>, Vec<_>) = lines.partition(|(sign, _)| *sign == '-');
    let texts = |lines: Vec<(char, String)>| lines.into_iter().map(|(_, line)| line).collect();
    DifferenceEntry {
        part,
        change: match difference.sign {
            '+' => "added",
            '-' => "removed",
            _ => "changed",
        },
        title: difference.title,
        removed: texts(removed),
        added: texts(added),
    }
}
