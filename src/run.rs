//! The record of a run: what was read, the steps, the outcome. Previews, plans,
//! receipts, reports and script tests share it, and it is serialized once.

mod difference;
mod digest;
mod document;
mod file_diff;
mod params;
mod recorder;
#[cfg(test)]
mod tests;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::fault::Fault;
use crate::state::{Node, ScriptFile, State, Subject};
use crate::step::{Advisory, Params, Step, StepKind};

pub use document::{FORMAT, OLDEST_FORMAT};
pub use file_diff::unified_file_diff;
pub use recorder::Recorder;

/// One execution of a script, a plan, an undo or a REPL session.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// Whether the steps were performed.
    pub kind: DocumentKind,
    /// The program that recorded it.
    pub tool: ToolVersion,
    /// The number of the live run; only a receipt has one.
    pub number: Option<u32>,
    /// The digest of the plan, or of the preview, that a live run performed.
    pub plan: Option<String>,
    /// The node.
    pub node: Node,
    /// The script it came from.
    pub script: ScriptId,
    /// The parameters of the script.
    pub params: Params,
    /// The files of data that the script read.
    pub data: Vec<ScriptFile>,
    /// What was read, as it was before any step: the premises.
    pub observations: Vec<Observation>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Steps that were started and not completed.
    pub failed: Vec<FailedStep>,
    /// Steps of the preview that a live run did not come to.
    pub not_reached: Vec<Step>,
    /// Notes that belong to no single step.
    pub advisories: Vec<Advisory>,
    /// aspera.conf before and after, as a unified diff.
    pub conf_diff: String,
    /// The files that steps write, before and after.
    pub file_diffs: Vec<FileDiff>,
    /// The format of its document.
    pub format: u32,
    /// What stopped the run.
    pub fault: Option<Fault>,
}

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum DocumentKind {
    /// What would be done.
    Preview,
    /// What would be done, saved to be applied.
    Plan,
    /// What was done.
    Receipt,
}

/// Which script it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "ScriptName"))]
pub struct ScriptId {
    /// Its name, without a folder.
    pub name: String,
    /// The digest of its text.
    pub digest: String,
}

/// Which program wrote a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Tool"))]
pub struct ToolVersion {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A state as it was before any step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Observation {
    /// What was read.
    pub subject: Subject,
    /// Its state.
    pub value: State,
}

/// The content of a file before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileDiff {
    /// Its path.
    pub path: String,
    /// A unified diff, or a remark where the content is not shown.
    pub diff: String,
}

/// A step that was started and not completed: parts of it may be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FailedStep {
    /// Its number among all steps of the run, from 1.
    pub number: usize,
    /// The step.
    pub step: Step,
    /// Why it was not completed.
    pub fault: Fault,
}

/// How many steps there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct Summary {
    /// Steps that change something.
    pub change: usize,
    /// Steps already as wanted.
    pub settled: usize,
    /// Steps whose effect no reading shows.
    pub act: usize,
    /// Steps for a person.
    pub manual: usize,
}

impl Summary {
    /// Counts steps by kind.
    pub fn of(steps: &[Step]) -> Self {
        let mut summary = Self::default();
        for step in steps {
            match step.kind {
                StepKind::Settled => summary.settled += 1,
                StepKind::Change => summary.change += 1,
                StepKind::Act => summary.act += 1,
                StepKind::Manual => summary.manual += 1,
            }
        }
        summary
    }
}

impl RunRecord {
    /// A preview on that node, in which nothing has happened yet.
    pub fn new(node: Node) -> Self {
        Self {
            kind: DocumentKind::Preview,
            tool: ToolVersion::current(),
            number: None,
            plan: None,
            node,
            script: ScriptId::default(),
            params: Params::new(),
            data: Vec::new(),
            observations: Vec::new(),
            steps: Vec::new(),
            failed: Vec::new(),
            not_reached: Vec::new(),
            advisories: Vec::new(),
            conf_diff: String::new(),
            file_diffs: Vec::new(),
            format: FORMAT,
            fault: None,
        }
    }

    /// The steps that were not reached and are not as wanted already, with their numbers.
    pub fn unreached(&self) -> impl Iterator<Item = (usize, &Step)> {
        let first = self.steps.len() + self.failed.len() + 1;
        let steps = (first..).zip(&self.not_reached);
        steps.filter(|(_, step)| step.kind != StepKind::Settled)
    }

    /// Counts the steps by kind.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.steps)
    }

    /// The steps that were started, completed or not, in their order.
    pub fn started_steps(&self) -> Vec<Step> {
        let (mut completed, mut steps) = (self.steps.iter(), Vec::new());
        for failed in &self.failed {
            let missing = failed.number.saturating_sub(steps.len() + 1);
            steps.extend(completed.by_ref().take(missing).cloned());
            steps.push(failed.step.clone());
        }
        steps.extend(completed.cloned());
        steps
    }

    /// Whether a live run would do anything.
    pub fn is_pending(&self) -> bool {
        self.steps.iter().any(|step| step.kind != StepKind::Settled)
    }

    /// Whether a live run did nothing: no step was completed that was not settled, and
    /// none was started.
    pub fn is_untouched(&self) -> bool {
        !self.is_pending() && self.failed.is_empty()
    }

    /// The exit code that says how the run ended. A live run that was stopped after it did something
    /// has one of its own, unless the node was the trouble, which has one already.
    pub fn exit_code(&self) -> u8 {
        /// Stopped part-way.
        const PARTIAL: u8 = 5;
        let is_partial = self.kind == DocumentKind::Receipt && self.is_pending();
        match self.fault.as_ref().map(Fault::kind) {
            None => 0,
            Some(kind) if is_partial && !kind.is_trouble() => PARTIAL,
            Some(kind) => kind.exit_code(),
        }
    }

    /// Every note of the run, including those of its steps.
    pub fn all_advisories(&self) -> impl Iterator<Item = &Advisory> {
        self.steps
            .iter()
            .flat_map(|step| &step.advisories)
            .chain(&self.advisories)
    }

    /// Adds a note, unless it is there.
    pub fn advise(&mut self, advisory: Advisory) {
        if !self.advisories.contains(&advisory) {
            self.advisories.push(advisory);
        }
    }
}

impl ToolVersion {
    /// This program.
    pub fn current() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            subject: Subject,
            value: serde_json::Value,
        }
        let Raw { subject, value } = Raw::deserialize(deserializer)?;
        let value = State::read(&subject, value).map_err(D::Error::custom)?;
        Ok(Self { subject, value })
    }
}
