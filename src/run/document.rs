//! The JSON of a run: keys in a fixed order, no clock, no path of this machine.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fault::Fault;
use crate::state::{Node, ScriptFile};
use crate::step::{Advisory, Params, Step};

use super::{
    DocumentKind, FailedStep, FileDiff, Observation, RunRecord, ScriptId, Summary, ToolVersion,
    params,
};

/// The number that says how to read a document.
pub const FORMAT: u32 = 2;

/// The format of version 0.1, whose documents can be shown and undone.
pub const OLDEST_FORMAT: u32 = 1;

// Both directions come from this one list. Its doc comments are the descriptions
// in `docs/plan.schema.json`.
#[derive(Serialize, Deserialize)]
#[serde(remote = "RunRecord", deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RunJson {
    /// The format; a program that does not know it must stop.
    format: u32,
    /// The kind of document.
    kind: DocumentKind,
    /// The program that wrote it.
    tool: ToolVersion,
    /// In a receipt: the number of the live run.
    #[serde(default, rename = "run", skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    /// In a receipt: the digest of the plan, or of the preview, that the run performed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// The node.
    node: Node,
    /// The script it came from.
    script: ScriptId,
    /// The parameters of the script.
    #[serde(with = "params")]
    #[cfg_attr(test, schemars(with = "params::ParamsSchema"))]
    params: Params,
    /// The files of data beside the script that it read, each with its digest. Without one the key
    /// is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    data: Vec<ScriptFile>,
    /// Every state that was read, as it was before any step: the premises.
    observations: Vec<Observation>,
    /// The steps, in order.
    steps: Vec<Step>,
    /// In a receipt: steps that were started and not completed. Parts of them
    /// may be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedStep>,
    /// In a receipt: steps of the preview that the run did not come to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_reached: Vec<Step>,
    /// Notes that belong to no single step.
    advisories: Vec<Advisory>,
    /// aspera.conf before and after, as a unified diff.
    conf_diff: String,
    /// The contents of the files that steps write, before and after. Without one the key is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    file_diffs: Vec<FileDiff>,
    /// sha256 over all that a reader sees and the node gets: node, script,
    /// parameters, premises, steps, notes and diff; not over the program's version.
    /// In format 1 it covers node, premises, changes and commands only.
    #[serde(getter = "RunRecord::digest")]
    digest: String,
    /// sha256 over the changes alone: equal for nodes on which the same subjects
    /// change in the same way.
    #[serde(
        default,
        getter = "change_digest",
        skip_serializing_if = "Option::is_none"
    )]
    change_digest: Option<String>,
    /// How many steps there are of each kind.
    #[serde(getter = "RunRecord::summary")]
    summary: Summary,
    /// What stopped the run, where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

fn change_digest(run: &RunRecord) -> Option<String> {
    (run.format > OLDEST_FORMAT).then(|| run.change_digest())
}

impl From<RunJson> for RunRecord {
    fn from(document: RunJson) -> Self {
        Self {
            kind: document.kind,
            tool: document.tool,
            number: document.number,
            plan: document.plan,
            node: document.node,
            script: document.script,
            params: document.params,
            data: document.data,
            observations: document.observations,
            steps: document.steps,
            failed: document.failed,
            not_reached: document.not_reached,
            advisories: document.advisories,
            conf_diff: document.conf_diff,
            file_diffs: document.file_diffs,
            format: document.format,
            fault: document.fault,
        }
    }
}

impl Serialize for RunRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RunJson::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for RunRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RunJson::deserialize(deserializer)
    }
}
