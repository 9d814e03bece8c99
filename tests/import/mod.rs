//! `ascript import`: each case is a file with the expected script (`.rhai`) and answers
//! (`.answers`) beside it. `BLESS=1` writes the expected files. A case whose script has parameters
//! without a default has values for them in `.toml`.

mod laws;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ascript::recipe::{self, Recipe, Translation};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

/// The names of the files to import.
fn cases() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| [".sh", ".md", ".txt"].iter().any(|end| name.ends_with(end)))
        .collect();
    names.sort();
    assert!(names.len() > 3, "{names:?}");
    names
}

fn translation(name: &str) -> Translation {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    recipe::translate(&[Recipe { name, text: &text }])
}

fn answers(translation: &Translation) -> String {
    let mut text = String::new();
    for answer in &translation.answers {
        let reasons = answer.reasons.join("; ");
        let words = answer.treatment.words();
        let _ = writeln!(text, "{}: {words}: {reasons}", answer.line);
    }
    text.replace(": \n", "\n")
}

/// Compares a text with an expected file; with `BLESS=1` the file is rewritten.
fn compare(name: &str, text: &str, wrong: &mut Vec<String>) {
    let path = folder().join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
        wrong.push(format!("{name} should be:\n{text}"));
    }
}

#[test]
fn every_case_becomes_the_expected_script() {
    let mut wrong = Vec::new();
    for name in cases() {
        let translation = translation(&name);
        let (stem, _) = name.rsplit_once('.').unwrap();
        compare(&format!("{stem}.rhai"), &translation.script, &mut wrong);
        compare(
            &format!("{stem}.answers"),
            &answers(&translation),
            &mut wrong,
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
