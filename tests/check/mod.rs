//! Findings of `check`: each case is a script with the expected findings (`.txt`) and the text
//! after the safe fixes (`.fixed`) beside it. `BLESS=1` writes the expected files.

mod laws;
mod sarif;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ascript::fault::Rule;
use ascript::finding::CheckedScript;
use ascript::report::{self, Charset, Style};
use ascript::script::{self, Script};

/// The engine's debug build needs a large stack.
const STACK: usize = 32 << 20;

const PLAIN: Style = Style {
    color: false,
    width: 100,
    quiet: false,
    verbose: false,
    charset: Charset::Utf8,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// Runs a function on a thread with a large stack.
fn on_large_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.unwrap().join().expect("no script makes it panic")
}

/// Checks a text that imports from the folder of the cases.
fn checked(name: &str, text: String) -> Vec<CheckedScript> {
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

/// The result of a case.
struct CaseResult {
    rule_ids: Vec<&'static str>,
    report: String,
    fixed: Option<String>,
}

fn result(case: &str) -> CaseResult {
    let name = format!("{case}.rhai");
    let text = std::fs::read_to_string(folder().join(&name)).unwrap();
    on_large_stack(move || {
        let checked = checked(&name, text);
        let findings = checked.iter().flat_map(|one| &one.findings);
        let (text, fixed) = checked[0].fixed();
        CaseResult {
            rule_ids: findings.map(|finding| finding.rule.id()).collect(),
            report: report::check(&checked, PLAIN),
            fixed: (!fixed.is_empty()).then_some(text),
        }
    })
}

/// How a text differs from an expected file; with `BLESS=1` the file is rewritten.
fn difference(name: &str, text: &str) -> Option<String> {
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
fn every_case_has_its_expected_findings() {
    let mut wrong = Vec::new();
    for case in cases() {
        let result = result(&case);
        wrong.extend(difference(&format!("{case}.txt"), &result.report));
        let fixed = result.fixed.unwrap_or_default();
        wrong.extend(difference(&format!("{case}.fixed"), &fixed));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let seen: BTreeSet<_> = cases()
        .iter()
        .flat_map(|case| result(case).rule_ids)
        .collect();
    let known: BTreeSet<_> = Rule::all().map(Rule::id).collect();
    assert_eq!(seen, known);
}

#[test]
fn the_manual_has_every_rule() {
    let manual = include_str!("../../docs/check.md");
    for rule in Rule::all() {
        let (id, severity) = (rule.id(), rule.severity().name());
        let row = format!("| `{id}` | {severity} | {} |", rule.summary());
        assert!(manual.contains(&row), "docs/check.md lacks {row}");
    }
}

#[test]
fn a_correct_script_has_no_findings() {
    let result = result("right");
    assert!(result.rule_ids.is_empty(), "{}", result.report);
}
