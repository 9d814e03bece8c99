//! The one JSON document of previews, plans and receipts: keys in a fixed
//! order, no clock, no path of this machine. What is kept carries a seal, so
//! that a changed byte is noticed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bindings::Params;
use crate::facts::Node;
use crate::fault::{Fault, FaultKind, Result};
use crate::journal::{Journal, Observation, Summary};
use crate::step::{self, Advisory, Change, Command, Step};

use super::params::{Read, Written};

/// The number that says how to read a document.
const FORMAT: u32 = 1;

/// What stands before the seal, which is the last thing in a document.
const SEAL: &str = ",\n  \"seal\": \"";

/// What a document tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum DocumentKind {
    /// What would be done.
    Preview,
    /// What would be done, kept to be done later.
    Plan,
    /// What was done.
    Receipt,
}

/// A kept run: a plan or a receipt.
#[derive(Debug)]
pub struct Plan {
    /// What it tells.
    pub kind: DocumentKind,
    /// What wrote it.
    pub tool: Tool,
    /// The node.
    pub node: Node,
    /// The script it came from.
    pub script: ScriptName,
    /// The parameters.
    pub params: Params,
    /// What was seen, and what is to be done or was done.
    pub journal: Journal,
    /// aspera.conf before and after, as a unified diff.
    pub conf_diff: String,
    /// What stopped the run.
    pub fault: Option<Fault>,
}

/// Which script it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScriptName {
    /// Its name, without a folder.
    pub name: String,
    /// The digest of its text.
    pub digest: String,
}

/// Which program wrote a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn own() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct Document<'a> {
    /// How to read this; a program that meets another number stops.
    format: u32,
    /// What it tells.
    kind: DocumentKind,
    /// What wrote it.
    tool: &'a Tool,
    /// The node.
    node: &'a Node,
    /// The script it came from.
    script: &'a ScriptName,
    /// The parameters of the script.
    params: Written<'a>,
    /// Every fact read before something moved it: the premises.
    observations: &'a [Observation],
    /// What is done, in that order.
    steps: &'a [Step],
    /// Notes that belong to no single step.
    advisories: &'a [Advisory],
    /// aspera.conf before and after, as a unified diff.
    conf_diff: &'a str,
    /// sha256 over meaning: node, premises and steps; not over words, places
    /// and versions.
    digest: String,
    /// How many steps there are of each kind.
    summary: Summary,
    /// What stopped the run, where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(rename = "format")]
    _format: u32,
    kind: DocumentKind,
    tool: Tool,
    node: Node,
    script: ScriptName,
    params: Read,
    observations: Vec<Observation>,
    steps: Vec<Step>,
    advisories: Vec<Advisory>,
    conf_diff: String,
    digest: String,
    summary: Summary,
    fault: Option<Fault>,
}

/// A run as one document, with a line end; sealed unless it is a preview.
///
/// # Panics
///
/// Never: every key is a text.
pub fn render(plan: &Plan) -> String {
    let document = Document {
        format: FORMAT,
        kind: plan.kind,
        tool: &plan.tool,
        node: &plan.node,
        script: &plan.script,
        params: Written(&plan.params),
        observations: &plan.journal.observations,
        steps: &plan.journal.steps,
        advisories: &plan.journal.advisories,
        conf_diff: &plan.conf_diff,
        digest: digest(&plan.node, &plan.journal),
        summary: Summary::of(&plan.journal),
        fault: plan.fault.as_ref(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("every key is a text");
    if plan.kind != DocumentKind::Preview {
        text.truncate(text.trim_end_matches("\n}").len());
        let seal = sha256(text.as_bytes());
        text.push_str(SEAL);
        text.push_str(&seal);
        text.push_str("\"\n}");
    }
    text.push('\n');
    text
}

/// The digest over meaning: which node, what was read, what is done. Words,
/// places and versions do not count.
///
/// # Panics
///
/// Never: a hash takes every byte.
pub fn digest(node: &Node, journal: &Journal) -> String {
    #[derive(Serialize)]
    struct Meaning<'a> {
        node: (&'a str, &'a str),
        observations: &'a [Observation],
        steps: Vec<(step::StepKind, &'a str, &'a [Change], &'a [Command])>,
    }
    let meaning = Meaning {
        node: (&node.name, node.platform.word()),
        observations: &journal.observations,
        steps: journal
            .steps
            .iter()
            .map(|step| {
                (
                    step.kind,
                    &*step.binding,
                    &step.changes[..],
                    &step.commands[..],
                )
            })
            .collect(),
    };
    let text = serde_json::to_vec(&meaning).expect("every key is a text");
    sha256(&text)
}

/// The digest of some bytes, as documents write it: `sha256:` and hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().fold("sha256:".to_owned(), |mut hex, byte| {
        let _ = std::fmt::Write::write_fmt(&mut hex, format_args!("{byte:02x}"));
        hex
    })
}

impl Plan {
    /// Reads a document, or says why it cannot be trusted. Nothing vouches for
    /// a preview but its digest; all else is sealed.
    pub fn load(text: &str) -> Result<Self> {
        let head: Head = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        if head.format != u64::from(FORMAT) {
            return Err(foreign(format!(
                "this is a document of format {}, and only format {FORMAT} is known here",
                head.format
            ))
            .hint("use the version of ascript that wrote it, or plan again"));
        }
        let kept: Kept = match head.kind.as_str() {
            "preview" => serde_json::from_str(text),
            "plan" | "receipt" => serde_json::from_str(&unseal(text)?),
            other => return Err(foreign(format!("this is a {other}, not a plan or receipt"))),
        }
        .map_err(|error| unreadable(&error))?;
        let plan = Self {
            kind: kept.kind,
            tool: kept.tool,
            node: kept.node,
            script: kept.script,
            params: kept.params.0,
            journal: Journal::kept(kept.observations, kept.steps, kept.advisories),
            conf_diff: kept.conf_diff,
            fault: kept.fault,
        };
        let is_whole = plan.digest() == kept.digest && Summary::of(&plan.journal) == kept.summary;
        if is_whole { Ok(plan) } else { Err(changed()) }
    }

    /// The digest over its meaning.
    pub fn digest(&self) -> String {
        digest(&self.node, &self.journal)
    }
}

#[derive(Deserialize)]
struct Head {
    format: u64,
    kind: String,
}

/// The document without its seal, if that fits.
fn unseal(text: &str) -> Result<String> {
    if text.contains('\r') {
        return Err(changed()
            .hint("its line ends were converted: for git, say `*.json -text` in .gitattributes"));
    }
    let (body, rest) = text.rsplit_once(SEAL).ok_or_else(changed)?;
    let seal = rest.strip_suffix("\"\n}\n").ok_or_else(changed)?;
    if seal != sha256(body.as_bytes()) {
        return Err(changed());
    }
    Ok(format!("{body}\n}}\n"))
}

fn changed() -> Fault {
    foreign("the file was changed after it was made").hint("plan again, and review that")
}

fn unreadable(error: &serde_json::Error) -> Fault {
    foreign(format!("this is no plan or receipt: {error}"))
}

fn foreign(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Stale, message)
}
