//! What the command line says and how it exits: one transcript a file in
//! `tests/cli/`, and what a transcript cannot show.

mod completions;
mod info;
mod machine;
mod man;
mod terminal;

use std::path::Path;

use crate::transcript::Transcript;

#[test]
fn every_transcript_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut paths: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() > 8, "only {} transcripts", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let dir = tempfile::tempdir().unwrap();
        let transcript = Transcript::parse(&std::fs::read_to_string(&path).unwrap());
        assert!(
            !transcript.said.is_empty(),
            "{} says nothing",
            path.display()
        );
        wrong.extend(transcript.differs(dir.path()));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
