//! A part of the document of a run, for programs that need less than the whole. It cannot be
//! applied: it has no seal.

use serde::Serialize;

use crate::fault::Fault;
use crate::run::{
    DocumentKind, FailedStep, FileDiff, OLDEST_FORMAT, RunRecord, ScriptId, Summary, ToolVersion,
};
use crate::state::Node;
use crate::step::{Advisory, Step};

/// How much of the document of a run is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excerpt {
    /// The node, the digests, the counts, the notes on the whole run, and what stopped it.
    Summary,
    /// The same, the steps and the diffs.
    Steps,
}

/// The keys of both; those of [`Excerpt::Steps`] alone are in [`StepKeys`].
#[derive(Serialize)]
struct ExcerptJson<'a> {
    format: u32,
    kind: DocumentKind,
    tool: &'a ToolVersion,
    want: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a str>,
    node: &'a Node,
    script: &'a ScriptId,
    #[serde(flatten)]
    steps: Option<StepKeys<'a>>,
    advisories: &'a [Advisory],
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_digest: Option<String>,
    summary: Summary,
    exit: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a Fault>,
}

#[derive(Serialize)]
struct StepKeys<'a> {
    steps: &'a [Step],
    #[serde(skip_serializing_if = "<[FailedStep]>::is_empty")]
    failed: &'a [FailedStep],
    #[serde(skip_serializing_if = "<[Step]>::is_empty")]
    not_reached: &'a [Step],
    conf_diff: &'a str,
    #[serde(skip_serializing_if = "<[FileDiff]>::is_empty")]
    file_diffs: &'a [FileDiff],
}

/// The part of a run's document, with a final newline.
///
/// # Panics
///
/// Never: every key is a text.
pub fn render(run: &RunRecord, excerpt: Excerpt) -> String {
    let steps = StepKeys {
        steps: &run.steps,
        failed: &run.failed,
        not_reached: &run.not_reached,
        conf_diff: &run.conf_diff,
        file_diffs: &run.file_diffs,
    };
    let (want, steps) = match excerpt {
        Excerpt::Summary => ("summary", None),
        Excerpt::Steps => ("steps", Some(steps)),
    };
    let document = ExcerptJson {
        format: run.format,
        kind: run.kind,
        tool: &run.tool,
        want,
        run: run.number,
        plan: run.plan.as_deref(),
        node: &run.node,
        script: &run.script,
        steps,
        advisories: &run.advisories,
        digest: run.digest(),
        change_digest: (run.format > OLDEST_FORMAT).then(|| run.change_digest()),
        summary: run.summary(),
        exit: run.exit_code(),
        fault: run.fault.as_ref(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("every key is a text");
    text.push('\n');
    text
}
