//! The output and exit codes of the command line: a transcript in each text file of `tests/cli/`,
//! and tests of what a transcript cannot show.

mod certificate;
mod completions;
mod info;
mod live_run;
mod machine;
mod man;
mod other_user;
mod terminal;

use std::path::Path;

use crate::transcript::{Transcript, shell};

/// The subcommands that `ascript --help` lists.
fn subcommands() -> Vec<String> {
    let help = shell("ascript --help", Path::new("/")).stdout;
    let help = String::from_utf8(help).unwrap();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_subcommand_is_run_by_a_transcript_or_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = include_str!("../../README.md").to_owned();
    for entry in std::fs::read_dir(root.join("tests/cli")).unwrap() {
        text += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let commands = subcommands();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let call = format!("ascript {command}");
        assert!(text.contains(&call), "no transcript runs `{call}`");
    }
}

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
            !transcript.exchanges.is_empty(),
            "{} has no command",
            path.display()
        );
        wrong.extend(transcript.differs(dir.path()));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
