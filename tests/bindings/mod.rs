//! What scripts can say: one file of `tests/bindings/<binding>/` for each
//! case, and laws over the table.

mod case;
mod laws;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bindings")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The folders of cases, by the bindings they are about.
fn folders() -> Vec<(String, PathBuf)> {
    let folders = entries(&root()).into_iter().filter(|path| path.is_dir());
    let named = |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), path);
    folders.map(named).collect()
}

#[test]
fn every_case_holds() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (binding, folder) in folders() {
        for path in entries(&folder) {
            seen += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            if let Err(why) = case::holds(&binding, &text) {
                wrong.push(format!("{binding}/{}: {why}", name(&path)));
            }
        }
    }
    assert!(seen > 120, "only {seen} cases");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn every_binding_has_cases_and_every_folder_a_binding() {
    // What is for tests has its cases in `tests/trials/`.
    let known: BTreeSet<_> = ascript::bindings::all()
        .filter(|row| !row.is_for_tests())
        .map(|row| row.name.to_owned())
        .collect();
    let cases: BTreeSet<_> = folders().into_iter().map(|(name, _)| name).collect();
    assert_eq!(known, cases);
    for (binding, folder) in folders() {
        let count = entries(&folder).len();
        assert!(count >= 3, "{binding} has {count} cases");
    }
}
