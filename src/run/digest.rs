//! Digests of bytes, and the digest over the meaning of a run.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::step::{Change, Command, StepKind};

use super::{Observation, RunRecord};

/// What the digest of a run covers. Words, locations and versions do not count.
#[derive(Serialize)]
struct Meaning<'a> {
    node: (&'a str, &'a str),
    observations: &'a [Observation],
    steps: Vec<(StepKind, &'a str, &'a [Change], &'a [Command])>,
}

impl RunRecord {
    /// The digest over its meaning: which node, what was read, what is done.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn digest(&self) -> String {
        let steps = self.steps.iter().map(|step| {
            let (changes, commands) = (&step.changes[..], &step.commands[..]);
            (step.kind, &*step.binding, changes, commands)
        });
        let meaning = Meaning {
            node: (&self.node.name, self.node.platform.name()),
            observations: &self.observations,
            steps: steps.collect(),
        };
        sha256(&serde_json::to_vec(&meaning).expect("every key is a text"))
    }
}

/// The digest of some bytes, as documents write it: `sha256:` and hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
