//! What is found in scripts without running them: each case is a script with
//! its findings beside it, and the text that is left where they were mended.
//! `BLESS=1` writes what is found.

mod laws;
mod sarif;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ascript::fault::Rule;
use ascript::finding::Checked;
use ascript::report::{self, Style};
use ascript::script::{self, Script};

/// The engine's debug build wants a large stack.
const STACK: usize = 32 << 20;

const PLAIN: Style = Style {
    color: false,
    width: 100,
    quiet: false,
    verbose: false,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// Does something where there is room for it.
fn with_room<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.unwrap().join().expect("no script makes it panic")
}

/// What is found in a text whose modules are in the folder of the cases.
fn checked(name: &str, text: String) -> Vec<Checked> {
    script::check(vec![Script {
        name: name.to_owned(),
        text: text.into(),
        folder: Some(folder()),
    }])
}

fn cases() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|end| end == "rhai"));
    let names = scripts.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// A case's findings as texts.
struct Seen {
    ids: Vec<&'static str>,
    shown: String,
    mended: Option<String>,
}

fn seen(case: &str) -> Seen {
    let name = format!("{case}.rhai");
    let text = std::fs::read_to_string(folder().join(&name)).unwrap();
    with_room(move || {
        let checked = checked(&name, text);
        let findings = checked.iter().flat_map(|one| &one.findings);
        let (mended, fixes) = checked[0].mended();
        Seen {
            ids: findings.map(|finding| finding.rule.id()).collect(),
            shown: report::check(&checked, PLAIN),
            mended: (!fixes.is_empty()).then_some(mended),
        }
    })
}

/// Whether a file says that; with `BLESS=1` it does from now on.
fn agrees(name: &str, text: &str) -> Option<String> {
    let path = folder().join(name);
    if std::env::var_os("BLESS").is_some() {
        if text.is_empty() {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, text).unwrap();
        }
        return None;
    }
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    (wanted != text).then(|| format!("{name}\n{text}\n--- but expected\n{wanted}"))
}

#[test]
fn every_case_is_found_as_it_was() {
    let mut wrong = Vec::new();
    for case in cases() {
        let seen = seen(&case);
        wrong.extend(agrees(&format!("{case}.txt"), &seen.shown));
        let mended = seen.mended.unwrap_or_default();
        wrong.extend(agrees(&format!("{case}.fixed"), &mended));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let seen: BTreeSet<_> = cases().iter().flat_map(|case| seen(case).ids).collect();
    let known: BTreeSet<_> = Rule::all().map(Rule::id).collect();
    assert_eq!(seen, known);
}

#[test]
fn the_manual_has_every_rule() {
    let manual = include_str!("../../docs/check.md");
    for rule in Rule::all() {
        let (id, weight) = (rule.id(), rule.severity().name());
        let row = format!("| `{id}` | {weight} | {} |", rule.summary());
        assert!(manual.contains(&row), "docs/check.md lacks {row}");
    }
}

#[test]
fn what_is_right_is_left_alone() {
    let seen = seen("right");
    assert!(seen.ids.is_empty(), "{}", seen.shown);
}
