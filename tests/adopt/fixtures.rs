//! The law on every node and aspera.conf that the tests of other modules write down.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::law::{comments, holds, on_a_thread, vault, with_conf};
use crate::memory::{self, Given};
use crate::support::{ODD, each};

/// The node of a case of a binding.
#[derive(Deserialize)]
struct Case {
    given: Given,
}

/// Cases whose nodes have something to adopt.
fn cases() -> Vec<(String, Given)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bindings");
    let folders = std::fs::read_dir(root).unwrap().flatten();
    let folders = folders.map(|entry| entry.path()).filter(|it| it.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
    let mut cases = Vec::new();
    for path in files.map(|entry| entry.path()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let has_node = ["\nconf = ", "[given.api_users", "[given.accounts"]
            .iter()
            .any(|part| text.contains(part));
        if has_node && let Ok(case) = toml::from_str::<Case>(&text) {
            cases.push((path.display().to_string(), case.given));
        }
    }
    cases
}

#[test]
fn nodes_of_bindings_are_adopted() {
    let cases = cases();
    assert!(cases.len() > 100, "only {} cases", cases.len());
    let named = |case: &(String, Given)| case.0.clone();
    each(&cases, named, |(_, given)| {
        let given = given.clone();
        on_a_thread(move || {
            holds(|secrets| memory::world(given.clone(), vault(secrets)));
        });
    });
}

#[test]
fn odd_layouts_are_adopted() {
    let files: Vec<_> = ODD
        .iter()
        .filter_map(|kind| Some((kind.name, kind.conf_text()?)))
        .collect();
    each(
        &files,
        |file| file.0.to_owned(),
        |(_, text)| {
            let text = text.clone();
            on_a_thread(move || {
                holds(|secrets| with_conf(&text, secrets));
            });
        },
    );
}

/// An odd aspera.conf.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OddFile {
    conf: String,
    /// Texts of the script, whose comments are on one line each here.
    #[serde(default)]
    has: Vec<String>,
    /// Texts that the script must not have.
    #[serde(default)]
    lacks: Vec<String>,
}

fn odd_files() -> Vec<(String, OddFile)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/adopt/odd");
    let paths = std::fs::read_dir(root).unwrap().flatten();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.display().to_string(), toml::from_str(&text).unwrap())
    };
    paths.map(|entry| read(entry.path())).collect()
}

#[test]
fn odd_files_are_adopted() {
    let files = odd_files();
    assert!(files.len() > 20, "only {} files", files.len());
    each(
        &files,
        |file| file.0.clone(),
        |(_, odd)| {
            let conf = odd.conf.clone();
            let text = on_a_thread(move || holds(|secrets| with_conf(&conf, secrets)));
            let joined = comments(&text);
            for part in &odd.has {
                assert!(joined.contains(part), "no `{part}` in\n{text}");
            }
            for part in &odd.lacks {
                assert!(!joined.contains(part), "`{part}` in\n{text}");
            }
        },
    );
}
