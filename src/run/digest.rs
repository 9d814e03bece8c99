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

/// What the digest of the changes covers.
#[derive(Serialize)]
struct ChangeMeaning<'a> {
    changes: Vec<&'a Change>,
    acts: Vec<&'a Command>,
    manual: Vec<&'a str>,
}

impl RunRecord {
    /// The digest over the changes alone, to group the plans of many nodes: equal
    /// where the same subjects change in the same way, the same commands run and
    /// a person has the same to do. The node's own name counts as a placeholder.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn change_digest(&self) -> String {
        let of_kind = |kind| self.steps.iter().filter(move |step| step.kind == kind);
        let notes = of_kind(StepKind::Manual).flat_map(|step| &step.advisories);
        let meaning = ChangeMeaning {
            changes: self.steps.iter().flat_map(|step| &step.changes).collect(),
            acts: of_kind(StepKind::Act)
                .flat_map(|step| &step.commands)
                .collect(),
            manual: notes.map(|note| &*note.text).collect(),
        };
        let text = serde_json::to_string(&meaning).expect("every key is a text");
        let name = serde_json::to_string(&self.node.name).expect("a text is JSON");
        sha256(text.replace(&name, "{node.name}").as_bytes())
    }
}

/// The digest of some bytes, as documents write it: `sha256:` and hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use crate::state::{Node, NodeSource, Platform, State, Subject};
    use crate::step::{Step, StepKind, StepSubjects};

    use super::*;

    /// A run on the node of that name, which sets its server's name to `value`.
    fn run(name: &str, value: &str, before: State) -> RunRecord {
        let subject = Subject::parse("conf/server/server_name").unwrap();
        let mut run = RunRecord::new(Node {
            name: name.into(),
            platform: Platform::Linux,
            source: NodeSource::Folder,
        });
        run.steps.push(Step {
            binding: "conf.set_server".into(),
            at: None,
            kind: StepKind::Change,
            from: None,
            subjects: StepSubjects::Changed,
            changes: vec![Change {
                subject,
                before,
                after: State::Text(value.into()).into(),
            }],
            commands: vec![Command::new("asconfigurator")],
            advisories: Vec::new(),
        });
        run
    }

    #[test]
    fn equal_changes_of_two_nodes_have_one_digest() {
        let (a, b) = (run("a", "a", State::Absent), run("b", "b", State::Absent));
        assert_eq!(a.change_digest(), b.change_digest());
        assert_ne!(a.digest(), b.digest());
        let other = run("a", "c", State::Absent);
        assert_ne!(a.change_digest(), other.change_digest());
        let other = run("a", "a", State::Text("old".into()));
        assert_ne!(a.change_digest(), other.change_digest());
    }

    #[test]
    fn subjects_of_steps_do_not_count() {
        let mut run = run("a", "a", State::Absent);
        let digest = run.digest();
        run.steps[0].subjects = StepSubjects::Unknown;
        assert_eq!(run.digest(), digest);
    }
}
