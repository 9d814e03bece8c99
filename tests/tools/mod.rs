//! The parsers and commands of `tools`: one case in each file of
//! `tests/tools/<program>/`, and laws over arbitrary text.

mod case;
mod changes;
mod laws;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ascript::state::Subject;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of cases");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_case_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    let folders = files(&root).into_iter().filter(|path| path.is_dir());
    let mut wrong = Vec::new();
    let mut seen = 0;
    for folder in folders {
        let cases = files(&folder);
        assert!(!cases.is_empty(), "no cases in {}", folder.display());
        for path in cases {
            seen += 1;
            let name = path.strip_prefix(&root).unwrap().display();
            let text = std::fs::read_to_string(&path).unwrap();
            if let Err(why) = case::holds(&text) {
                wrong.push(format!("{name}: {why}"));
            }
        }
    }
    assert!(seen > 50, "only {seen} cases");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The first part of a path: `dir`, `conf`.
fn kind(path: &str) -> String {
    path.split('/').next().unwrap_or_default().to_owned()
}

#[test]
fn every_kind_of_subject_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    let folders = files(&root).into_iter().filter(|path| path.is_dir());
    let mut kinds = BTreeSet::new();
    for path in folders.flat_map(|folder| files(&folder)) {
        let text = std::fs::read_to_string(&path).unwrap();
        kinds.extend(text.lines().filter_map(|line| {
            let (key, value) = line.split_once(" = \"")?;
            let is_subject = ["read", "subject"].contains(&key);
            let subject = Subject::parse(value.trim_end_matches('"'))?;
            is_subject.then(|| kind(&subject.to_string()))
        }));
    }
    let prefixes = Subject::prefixes();
    assert_eq!(kinds, prefixes.iter().map(|path| kind(path)).collect());
}
