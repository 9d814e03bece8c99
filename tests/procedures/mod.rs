//! Both documented procedures, sentence by sentence: whatever a procedure asks for, warns of or
//! recommends has an answer that a reader of the bundled script sees.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::transcript::shell;

/// A procedure, as data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Procedure {
    /// Command lines, by name. What one exits with does not matter.
    shown_by: BTreeMap<String, String>,
    sentence: Vec<Sentence>,
}

/// What the procedure says, and where its answer is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    /// The step of the procedure.
    step: String,
    /// What it asks for, warns of or recommends, in our own words.
    says: String,
    /// The command that shows the answer.
    shown_by: String,
    /// The words of the answer; all of them appear.
    words: Vec<String>,
}

/// What a command line prints, with every run of white space as one blank.
fn output(command_line: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = shell(command_line, folder.path());
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences without an answer.
fn unanswered(procedure: &Procedure) -> Vec<String> {
    let outputs: BTreeMap<_, _> = procedure
        .shown_by
        .iter()
        .map(|(name, command_line)| (name, output(command_line)))
        .collect();
    let mut unanswered = Vec::new();
    for sentence in &procedure.sentence {
        let Sentence {
            step,
            says,
            shown_by,
            words,
        } = sentence;
        assert!(!words.is_empty(), "step {step} has no answer: {says}");
        let output = &outputs[shown_by];
        for missing in words.iter().filter(|words| !output.contains(*words)) {
            unanswered.push(format!(
                "step {step}, {says}: no `{missing}` in the output of {shown_by}"
            ));
        }
    }
    unanswered
}

#[test]
fn every_sentence_of_both_procedures_has_an_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/procedures");
    let mut wrong = Vec::new();
    for (file, sentences) in [("faspex-node-macos.toml", 30), ("sync-access-key.toml", 10)] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let procedure: Procedure = toml::from_str(&text).unwrap();
        assert!(procedure.sentence.len() >= sentences, "{file} is cut short");
        wrong.extend(unanswered(&procedure));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
