//! The digest over the meaning of a run.

use crate::state::{ScriptFile, ServiceManager, sha256};
use crate::step::{Act, Advisory, Change, Command, Params, Step, StepKind};
use serde::Serialize;

use super::{DocumentKind, FileDiff, OLDEST_FORMAT, Observation, RunRecord, ScriptId, params};

/// What the digest of a run covers: all but the program's version, the kind of the
/// document and what only a receipt has.
#[derive(Serialize)]
struct Meaning<'a> {
    node: Vec<&'a str>,
    script: &'a ScriptId,
    #[serde(serialize_with = "params::serialize")]
    params: &'a Params,
    #[serde(skip_serializing_if = "<[ScriptFile]>::is_empty")]
    data: &'a [ScriptFile],
    observations: &'a [Observation],
    steps: &'a [Step],
    advisories: Vec<&'a Advisory>,
    conf_diff: &'a str,
    #[serde(skip_serializing_if = "<[FileDiff]>::is_empty")]
    file_diffs: &'a [FileDiff],
}

/// What it covers in documents of format 1.
#[derive(Serialize)]
struct FirstMeaning<'a> {
    node: Vec<&'a str>,
    observations: &'a [Observation],
    steps: Vec<(StepKind, &'a str, &'a [Change], &'a [Command])>,
}

impl RunRecord {
    /// The digest over all that a reader sees and the node gets.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn digest(&self) -> String {
        let mut node = vec![&*self.node.name, self.node.platform.name()];
        node.extend(self.node.services.map(ServiceManager::name));
        if self.format > OLDEST_FORMAT {
            return of_json(&Meaning {
                node,
                script: &self.script,
                params: &self.params,
                data: &self.data,
                observations: &self.observations,
                steps: &self.steps,
                advisories: self.covered_advisories().collect(),
                conf_diff: &self.conf_diff,
                file_diffs: &self.file_diffs,
            });
        }
        let steps = self.steps.iter().map(|step| {
            let (changes, commands) = (&step.changes[..], &step.commands[..]);
            (step.kind, &*step.binding, changes, commands)
        });
        of_json(&FirstMeaning {
            node,
            observations: &self.observations,
            steps: steps.collect(),
        })
    }

    /// All notes; of a preview, which cannot be applied, only those that its plan has
    /// too.
    fn covered_advisories(&self) -> impl Iterator<Item = &Advisory> {
        let covers_all = self.kind != DocumentKind::Preview;
        let advisories = self.advisories.iter();
        advisories.filter(move |note| covers_all || !note.is_about_this_machine())
    }

    /// Whether it reads and does the same as another run, wherever that comes from.
    pub fn does_the_same_as(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Step, &Step)| {
            (a.kind, &a.binding, &a.changes, &a.act) == (b.kind, &b.binding, &b.changes, &b.act)
        };
        self.observations == other.observations
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(is_same)
    }
}

fn of_json(meaning: &impl Serialize) -> String {
    sha256(&serde_json::to_vec(meaning).expect("every key is a text"))
}

/// What the digest of the changes covers.
#[derive(Serialize)]
struct ChangeMeaning<'a> {
    changes: Vec<&'a Change>,
    acts: Vec<&'a Act>,
    manual: Vec<&'a str>,
}

impl RunRecord {
    /// The digest over the changes alone, to group the plans of many nodes: equal
    /// where the same subjects change in the same way, the same acts are performed
    /// and a person has the same to do. The node's own name counts as a placeholder.
    ///
    /// # Panics
    ///
    /// Never: every key is a text.
    pub fn change_digest(&self) -> String {
        let steps = self.steps.iter();
        let manual = steps.filter(|step| step.kind == StepKind::Manual);
        let notes = manual.flat_map(|step| &step.advisories);
        let meaning = ChangeMeaning {
            changes: self.steps.iter().flat_map(|step| &step.changes).collect(),
            acts: self
                .steps
                .iter()
                .filter_map(|step| step.act.as_deref())
                .collect(),
            manual: notes.map(|note| &*note.text).collect(),
        };
        let text = serde_json::to_string(&meaning).expect("every key is a text");
        let name = serde_json::to_string(&self.node.name).expect("a text is JSON");
        sha256(text.replace(&name, "{node.name}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use crate::state::{Node, NodeSource, Platform, State, Subject};
    use crate::step::{Level, StepSubjects};

    use super::*;

    /// A run on the node of that name, which sets its server's name to `value`.
    fn run(name: &str, value: &str, before: State) -> RunRecord {
        let subject = Subject::parse("conf/server/server_name").unwrap();
        let mut run = RunRecord::new(Node {
            name: name.into(),
            platform: Platform::Linux,
            source: NodeSource::Folder,
            services: None,
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
            act: None,
            commands: vec![Command::new("asconfigurator")],
            advisories: vec![Advisory::new(Level::Note, "a", "b")],
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

    /// One edit of all that a reader sees, at each of its places.
    #[test]
    fn the_digest_covers_all_that_a_reader_sees() {
        let edits: [fn(&mut RunRecord); 11] = [
            |run| run.script.name.push('x'),
            |run| run.script.digest.push('x'),
            |run| run.params.push(("x".into(), "y".into())),
            |run| {
                let (source, digest) = ("a.csv".to_owned(), "x".to_owned());
                run.data.push(ScriptFile { source, digest });
            },
            |run| run.conf_diff.push('x'),
            |run| run.file_diffs.push(FileDiff::default()),
            |run| run.advisories.push(Advisory::new(Level::Note, "x", "y")),
            |run| run.steps[0].advisories[0].text = "x".into(),
            |run| run.steps[0].kind = StepKind::Manual,
            |run| run.steps[0].subjects = StepSubjects::Unknown,
            |run| run.steps[0].commands.clear(),
        ];
        let whole = run("a", "a", State::Absent);
        for (number, edit) in edits.iter().enumerate() {
            let mut edited = whole.clone();
            edit(&mut edited);
            assert_ne!(edited.digest(), whole.digest(), "edit {number}");
        }
    }

    #[test]
    fn versions_and_kinds_of_documents_do_not_count() {
        let mut run = run("a", "a", State::Absent);
        let digest = run.digest();
        run.tool.version.push('x');
        run.kind = DocumentKind::Receipt;
        run.number = Some(7);
        assert_eq!(run.digest(), digest);
    }
}
