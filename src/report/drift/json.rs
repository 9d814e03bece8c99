//! Drift as one JSON document.

use serde::Serialize;

use crate::fault::Fault;
use crate::plan::{DriftedSubject, LeavingRun};
use crate::state::{Node, State, Subject, WantedState};

use super::super::document;
use super::{DriftReport, secrets};

#[derive(Serialize)]
struct DriftDocument<'a> {
    node: &'a Node,
    left_by: Vec<LeavingRunEntry<'a>>,
    summary: DriftSummary,
    drifted: Vec<DriftEntry<'a>>,
    not_compared: Vec<NotComparedEntry<'a>>,
    unknown: Vec<UnknownEntry<'a>>,
    unread_runs: Vec<UnreadRun<'a>>,
}

#[derive(Serialize)]
struct LeavingRunEntry<'a> {
    run: Option<u32>,
    script: &'a str,
}

#[derive(Serialize)]
struct DriftSummary {
    drifted: usize,
    same: usize,
    not_compared: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct DriftEntry<'a> {
    subject: &'a Subject,
    left: Option<&'a WantedState>,
    is: &'a State,
    run: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    later_run: Option<u32>,
}

#[derive(Serialize)]
struct NotComparedEntry<'a> {
    subject: &'a Subject,
    secrets: Vec<String>,
    run: Option<u32>,
}

#[derive(Serialize)]
struct UnknownEntry<'a> {
    subject: &'a Subject,
    fault: &'a Fault,
    run: Option<u32>,
}

#[derive(Serialize)]
struct UnreadRun<'a> {
    run: u32,
    fault: &'a Fault,
}

/// The report as JSON.
pub fn render(report: &DriftReport<'_>) -> String {
    let expected = report.expected;
    let drifted = report.other().map(|(subject, is)| DriftEntry {
        subject: subject.subject,
        left: subject.expected.left.as_ref(),
        is,
        run: run(subject),
        later_run: expected.later.get(subject.subject).copied(),
    });
    let not_compared = report.not_compared().map(|subject| NotComparedEntry {
        subject: subject.subject,
        secrets: secrets(subject),
        run: run(subject),
    });
    let unknown = report.unknown().map(|(subject, fault)| UnknownEntry {
        subject: subject.subject,
        fault,
        run: run(subject),
    });
    let unread = expected.unread.iter();
    let content = DriftDocument {
        node: report.node,
        left_by: expected.runs.iter().map(|run| entry(run)).collect(),
        summary: DriftSummary {
            drifted: report.other().count(),
            same: report.same(),
            not_compared: report.not_compared().count(),
            unknown: report.unknown().count() + expected.unread.len(),
        },
        drifted: drifted.collect(),
        not_compared: not_compared.collect(),
        unknown: unknown.collect(),
        unread_runs: unread
            .map(|(run, fault)| UnreadRun { run: *run, fault })
            .collect(),
    };
    document::render("drift", &content)
}

fn run(subject: &DriftedSubject<'_>) -> Option<u32> {
    subject.expected.run.number
}

fn entry(run: &LeavingRun) -> LeavingRunEntry<'_> {
    LeavingRunEntry {
        run: run.number,
        script: &run.script,
    }
}
