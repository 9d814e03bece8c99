//! The plans of many nodes as one document, which a reviewer approves by one digest.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, FaultKind, Result};
use crate::run::{RunRecord, Summary, ToolVersion};
use crate::state::sha256;
use crate::step::Level;

/// The format of reviews.
const REVIEW_FORMAT: u32 = 1;

/// The formats of reviews that are read.
pub const REVIEW_FORMATS: [u32; 1] = [REVIEW_FORMAT];

/// The value of `kind` in a review.
const KIND: &str = "review";

/// The plans of many nodes, grouped by equal changes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetReview {
    /// The distinct changes; the one with the most hosts first.
    pub groups: Vec<ChangeGroup>,
    /// The digest of the plan of each host.
    pub hosts: BTreeMap<String, String>,
    /// Hosts without a plan that can be applied, and why.
    pub failed: BTreeMap<String, Fault>,
    /// Hosts that were expected and of which there is nothing.
    pub missing: BTreeSet<String>,
}

/// Hosts on which the same changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeGroup {
    /// The digest of the changes, in which the node's own name is a placeholder.
    pub change_digest: String,
    /// The hosts, by name.
    pub hosts: Vec<String>,
    /// How many steps there are of each kind.
    pub summary: Summary,
    /// The dangers and cautions of all these hosts.
    pub advisories: BTreeSet<GroupNote>,
}

/// A danger or a caution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupNote {
    /// Whether it is a danger.
    pub is_danger: bool,
    /// What it says.
    pub text: String,
}

/// A review as a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewFile {
    format: u32,
    kind: String,
    tool: ToolVersion,
    digest: String,
    groups: Vec<ChangeGroup>,
    hosts: BTreeMap<String, String>,
    failed: BTreeMap<String, Fault>,
    missing: BTreeSet<String>,
}

impl FleetReview {
    /// Adds the plan of a host.
    pub fn add(&mut self, host: String, plan: &RunRecord) {
        self.hosts.insert(host.clone(), plan.digest());
        let change_digest = plan.change_digest();
        let mut groups = self.groups.iter_mut();
        let known = groups.find(|group| group.change_digest == change_digest);
        let notes = serious_notes(plan);
        match known {
            Some(group) => {
                group.hosts.push(host);
                group.advisories.extend(notes);
            }
            None => self.groups.push(ChangeGroup {
                change_digest,
                hosts: vec![host],
                summary: plan.summary(),
                advisories: notes.collect(),
            }),
        }
    }

    /// Sorts what was added, so that the order of the plans does not matter.
    pub fn finish(&mut self) {
        for group in &mut self.groups {
            group.hosts.sort_unstable();
        }
        let order = |group: &ChangeGroup| {
            let count = std::cmp::Reverse(group.hosts.len());
            (count, group.change_digest.clone())
        };
        self.groups.sort_by_cached_key(order);
    }

    /// Whether there is a plan of every host that was expected.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.missing.is_empty()
    }

    /// The digest over all of it: which host has which plan, and which host has none.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn digest(&self) -> String {
        sha256(&serde_json::to_vec(self).expect("every key is a text"))
    }

    /// Refuses a plan that is not the one of a host in this review, and a review that is not the
    /// approved one.
    pub fn check(&self, plan: &RunRecord, approved: &str) -> Result<()> {
        let digest = self.digest();
        if digest != approved {
            let message = format!("the review has the digest {digest}, not the expected one");
            return Err(stale(message).hint("another review was approved"));
        }
        if self.hosts.values().any(|known| *known == plan.digest()) {
            return Ok(());
        }
        let message = format!("the review has no plan with the digest {}", plan.digest());
        Err(stale(message).hint("plan this host again, and review all plans again"))
    }

    /// The document, with a final newline.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn render(&self) -> String {
        let review = self.clone();
        let file = ReviewFile {
            format: REVIEW_FORMAT,
            kind: KIND.to_owned(),
            tool: ToolVersion::current(),
            digest: self.digest(),
            groups: review.groups,
            hosts: review.hosts,
            failed: review.failed,
            missing: review.missing,
        };
        let mut text = serde_json::to_string_pretty(&file).expect("every key is a text");
        text.push('\n');
        text
    }

    /// Reads a document.
    pub fn load(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: u64,
            kind: String,
        }
        let unreadable = |error: serde_json::Error| stale(format!("this is not a review: {error}"));
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.kind != KIND {
            return Err(stale(format!("this is a {}, not a review", head.kind)));
        }
        if head.format != u64::from(REVIEW_FORMAT) {
            let format = head.format;
            return Err(stale(format!(
                "this is a review of format {format}, and only {REVIEW_FORMAT} is known here"
            ))
            .hint("use the version of ascript that wrote it"));
        }
        let file: ReviewFile = serde_json::from_str(text).map_err(unreadable)?;
        let review = Self {
            groups: file.groups,
            hosts: file.hosts,
            failed: file.failed,
            missing: file.missing,
        };
        if review.digest() == file.digest {
            Ok(review)
        } else {
            Err(stale("the review was changed after it was made").hint("review the plans again"))
        }
    }
}

fn serious_notes(plan: &RunRecord) -> impl Iterator<Item = GroupNote> {
    let notes = plan.all_advisories();
    let serious = notes.filter(|note| note.level != Level::Note);
    serious.map(|note| GroupNote {
        is_danger: note.level == Level::Danger,
        text: note.text.to_string(),
    })
}

fn stale(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Stale, message)
}
