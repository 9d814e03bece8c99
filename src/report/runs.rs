//! The live runs of a node as one JSON document.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;

use crate::fault::{Fault, Result};
use crate::plan::Receipt;
use crate::run::{ScriptId, Summary};

use super::document;

/// A live run to list.
pub struct ListedRun {
    /// Its number.
    pub number: u32,
    /// Its receipt, unless that cannot be read.
    pub receipt: Result<Receipt>,
    /// The file of the receipt.
    pub path: PathBuf,
    /// Whether it was undone.
    pub is_undone: bool,
    /// The number of the run that it undid.
    pub undoes: Option<u32>,
}

#[derive(Serialize)]
struct RunsDocument<'a> {
    runs: Vec<RunEntry<'a>>,
}

#[derive(Serialize)]
struct RunEntry<'a> {
    run: u32,
    receipt: &'a Path,
    undone: bool,
    undoes: Option<u32>,
    #[serde(flatten)]
    content: ReceiptContent<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ReceiptContent<'a> {
    Read {
        written: String,
        script: &'a ScriptId,
        summary: Summary,
        digest: String,
        /// The digest of the plan, or of the preview, that the run performed.
        #[serde(skip_serializing_if = "Option::is_none")]
        plan: Option<&'a str>,
        fault: Option<&'a Fault>,
    },
    Unreadable {
        unreadable: &'a Fault,
    },
}

/// All runs, as JSON.
pub fn json(runs: &[ListedRun]) -> String {
    let runs = runs.iter().map(|run| RunEntry {
        run: run.number,
        receipt: &run.path,
        undone: run.is_undone,
        undoes: run.undoes,
        content: content(&run.receipt),
    });
    let runs = runs.collect();
    document::render("runs", &RunsDocument { runs })
}

/// A time in UTC, as `2026-01-31T09:30:00Z`.
fn in_seconds(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).unwrap_or_default();
    format!("{time:.0}")
}

fn content(receipt: &Result<Receipt>) -> ReceiptContent<'_> {
    match receipt {
        Ok(Receipt { run, written, .. }) => ReceiptContent::Read {
            written: in_seconds(*written),
            script: &run.script,
            summary: run.summary(),
            digest: run.digest(),
            plan: run.plan.as_deref(),
            fault: run.fault.as_ref(),
        },
        Err(unreadable) => ReceiptContent::Unreadable { unreadable },
    }
}
