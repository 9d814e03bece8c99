//! Every printed example runs: scripts on a blank node, command lines in an empty folder.

use std::path::{Path, PathBuf};

use ascript::state::Platform;

use crate::memory::{self, Given};
use crate::transcript::{Transcript, shell};

/// A fenced block: its language, its text, where it starts.
struct Block {
    language: String,
    text: String,
    at: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &str, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let is_wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let mut paths: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_wanted)
        .collect();
    paths.sort();
    paths
}

/// The fenced blocks of a file; a script has them in its comments.
fn blocks(path: &Path) -> Vec<Block> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    let is_script = path.extension().is_some_and(|found| found == "rhai");
    for (index, line) in text.lines().enumerate() {
        let line = if is_script { uncommented(line) } else { line };
        let fence = line.strip_prefix("```");
        if let Some(language) = fence.filter(|_| !is_open) {
            blocks.push(Block {
                language: language.to_owned(),
                text: String::new(),
                at: format!("{}:{}", path.display(), index + 1),
            });
        } else if is_open && fence.is_none() {
            let block = blocks.last_mut().unwrap();
            block.text.push_str(line);
            block.text.push('\n');
        }
        is_open ^= fence.is_some();
    }
    assert!(!is_open, "{}: a block is left open", path.display());
    blocks
}

fn uncommented(line: &str) -> &str {
    let leads = ["//! ", "/// ", "//!", "///"];
    let stripped = leads.iter().find_map(|lead| line.strip_prefix(lead));
    stripped.unwrap_or_default()
}

/// All blocks but those of the reference, which the tests of the bindings run.
fn every_block() -> Vec<Block> {
    let mut paths = vec![root().join("README.md")];
    paths.extend(below("stdlib", "rhai"));
    paths.extend(below("scripts", "rhai"));
    paths.iter().flat_map(|path| blocks(path)).collect()
}

/// Every script that is printed as an example, with its location.
pub(crate) fn scripts() -> Vec<(String, String)> {
    let blocks = every_block().into_iter();
    let scripts = blocks.filter(|block| block.language == "rhai");
    scripts.map(|block| (block.at, block.text)).collect()
}

#[test]
fn every_script_runs_on_a_blank_node() {
    let blocks = every_block();
    let scripts: Vec<_> = blocks
        .iter()
        .filter(|block| block.language == "rhai")
        .collect();
    assert!(!scripts.is_empty(), "README.md shows no script");
    for block in scripts {
        let is_linux = !block.text.contains("PLATFORM = \"macos\"");
        let platform = if is_linux {
            Platform::Linux
        } else {
            Platform::Macos
        };
        let ran = memory::run(&block.text, Given::blank(platform), None);
        assert!(ran.fault.is_none(), "{}: {:?}", block.at, ran.fault);
        // A page of the reference may show a reading.
        let is_page = block.at.contains("reference.md");
        assert!(
            is_page || !ran.steps.is_empty(),
            "{} does nothing",
            block.at
        );
    }
}

#[test]
fn every_command_line_prints_what_the_readme_shows() {
    let blocks = blocks(&root().join("README.md"));
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let site = blocks
        .iter()
        .find(|block| block.language == "rhai")
        .unwrap();
    std::fs::write(dir.path().join("site.rhai"), &site.text).unwrap();
    let mut seen = [0, 0];
    for block in &blocks {
        if block.language == "console" {
            seen[0] += 1;
            let differs = Transcript::parse(&block.text).differs(dir.path());
            assert!(differs.is_empty(), "{}\n{}", block.at, differs.join("\n"));
        }
        if block.language == "sh" {
            seen[1] += 1;
            let output = shell(&block.text, dir.path());
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}\n{err}", block.at);
        }
    }
    assert!(
        seen.iter().all(|count| *count > 0),
        "README.md shows no command line"
    );
}
