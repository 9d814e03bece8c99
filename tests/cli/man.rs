//! The manual pages: one for each command, with all sections.

use std::path::{Path, PathBuf};

use crate::transcript::shell;

fn pages(dir: &Path) -> Vec<PathBuf> {
    let done = shell("ascript man -o pages", dir);
    assert!(done.status.success() && done.stdout.is_empty());
    let entries = std::fs::read_dir(dir.join("pages")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_command_has_a_page_with_all_sections() {
    let dir = tempfile::tempdir().unwrap();
    let pages = pages(dir.path());
    let commands = super::subcommands();
    assert!(
        pages.len() > 10 && pages.len() == commands.len() + 1,
        "{commands:?}"
    );
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for part in [
            ".TH ASCRIPT",
            ".SH NAME",
            ".SH \"EXIT STATUS\"",
            ".SH ENVIRONMENT",
            ".SH FILES",
        ] {
            assert!(text.contains(part), "{part} in {}", page.display());
        }
        assert!(
            text.lines().all(|line| !line.starts_with('\'')),
            "{}",
            page.display()
        );
    }
}

#[test]
fn every_example_uses_options_that_exist() {
    let dir = tempfile::tempdir().unwrap();
    pages(dir.path());
    let page = std::fs::read_to_string(dir.path().join("pages/ascript.1")).unwrap();
    let (_, examples) = page.split_once(".SH EXAMPLES").unwrap();
    let lines = examples
        .lines()
        .filter_map(|line| line.strip_prefix("\\fB"));
    let lines: Vec<_> = lines
        .map(|line| line.replace("\\fR", "").replace('\\', ""))
        .collect();
    assert!(lines.len() > 8, "{page}");
    for line in lines {
        let (_, command) = line.split_once("ascript ").unwrap();
        let word = command.split(' ').next().unwrap();
        let said = shell(&format!("ascript {word} --help"), dir.path());
        let help = String::from_utf8(said.stdout).unwrap();
        let mut options = command.split(' ').filter(|word| word.starts_with('-'));
        assert!(options.all(|option| help.contains(option)), "{line}");
    }
}
