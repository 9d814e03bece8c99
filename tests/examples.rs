//! Every printed example runs: scripts on a blank node, command lines in a
//! folder of their own. Every page can be reached from the README.

use std::collections::BTreeSet;
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

/// The README and the pages of `docs/`, without the generated reference and the pages of the
/// language: their examples run elsewhere.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    pages.extend(below("docs", "md"));
    pages.retain(|page| !page.ends_with("reference.md") && !page.ends_with("language.md"));
    pages
}

fn every_block() -> Vec<Block> {
    let mut paths = pages();
    paths.extend(below("stdlib", "rhai"));
    paths.extend(below("scripts", "rhai"));
    paths.iter().flat_map(|path| blocks(path)).collect()
}

/// Every script that is printed as an example, by its file and line.
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
        assert!(!ran.steps.is_empty(), "{} does nothing", block.at);
    }
}

/// Runs the command lines of a page in a folder with the README's `site.rhai`;
/// returns how many blocks there were.
fn run_command_lines(page: &Path, site: &str) -> usize {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::write(dir.path().join("site.rhai"), site).unwrap();
    let mut count = 0;
    for block in blocks(page) {
        // A block with the name of a file is that file.
        if let Some((_, name)) = block.language.split_once(' ') {
            std::fs::write(dir.path().join(name), &block.text).unwrap();
        }
        if block.language == "console" {
            count += 1;
            let differs = Transcript::parse(&block.text).differs(dir.path());
            assert!(differs.is_empty(), "{}\n{}", block.at, differs.join("\n"));
        }
        if block.language == "sh" {
            count += 1;
            let output = shell(&block.text, dir.path());
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}\n{err}", block.at);
        }
    }
    count
}

#[test]
fn every_command_line_runs_and_prints_what_is_shown() {
    let readme = blocks(&root().join("README.md"));
    let site = readme.iter().find(|block| block.language == "rhai");
    let site = &site.unwrap().text;
    let counts: Vec<_> = pages()
        .iter()
        .map(|page| run_command_lines(page, site))
        .collect();
    assert!(counts[0] > 5, "README.md has {} command lines", counts[0]);
    assert!(counts.iter().sum::<usize>() > 15, "{counts:?}");
}

/// The targets of the links in a page, `(docs/check.md#findings)`.
fn links(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://"));
    local.map(str::to_owned).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_page_is_reachable_and_every_link_resolves() {
    let readme = root().join("README.md");
    let mut reached = BTreeSet::from([readme.clone()]);
    let mut left = vec![readme];
    while let Some(page) = left.pop() {
        for link in links(&page) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let target = target.canonicalize().unwrap_or_else(|error| {
                panic!("{} links to {link}: {error}", page.display());
            });
            assert!(
                anchor.is_empty() || anchors(&target).contains(anchor),
                "{} links to {link}",
                page.display()
            );
            let is_page = target.extension().is_some_and(|found| found == "md");
            if is_page && reached.insert(target.clone()) {
                left.push(target);
            }
        }
    }
    for page in below("docs", "md") {
        assert!(
            reached.contains(&page),
            "no link leads to {}",
            page.display()
        );
    }
}

#[test]
fn the_readme_is_short() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let count = text.lines().count();
    assert!(
        count < 400,
        "README.md has {count} lines: move reference to docs/"
    );
}
