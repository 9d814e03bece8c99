//! What the host relies on in the script engine, as tiny scripts: an upgrade
//! that changes one of these changes what scripts mean.

mod boxed;
mod ceilings;
mod long_texts;

use std::collections::BTreeMap;
use std::path::Path;

use ascript::script::Script;
use ascript::state::Platform;
use serde::Deserialize;

use crate::memory::{self, Given, Ran, ReportedFault};
use crate::support::each;
use crate::transcript::shell;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theme {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    script: String,
    /// Files beside the script; `-> target` is a link.
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    printed: Vec<String>,
    /// How many steps it takes.
    #[serde(default)]
    steps: usize,
    fault: Option<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    kind: String,
    /// `line:column`, or with the file in front of it.
    at: String,
    message: String,
    #[serde(default)]
    hint: String,
    /// The calls that led there, innermost first.
    #[serde(default)]
    frames: Vec<String>,
}

/// Names that belong to Rust or to the engine, never to a person.
const FOREIGN: &[&str] = &[
    "alloc",
    "ascript::",
    "rhai::",
    "i64",
    "f64",
    "&str",
    "&mut",
    "ImmutableString",
    "Dynamic",
    "FnPtr",
    "NativeCall",
    "EvalAlt",
    "anon$",
    "Caught",
    "Box<",
    "Rc<",
    "Some(",
    "conf::",
    "node::",
    "params::",
    "host::",
    "core::",
    "std::",
];

fn themes() -> Vec<(String, Theme)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine");
    let mut paths: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    paths.iter().map(|path| theme(path)).collect()
}

fn theme(path: &Path) -> (String, Theme) {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let theme = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    (name, theme)
}

/// Runs the case in a folder of its own, inside another that is not its.
fn ran(case: &Case) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("site");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(dir.path().join("outside.rhai"), "print(\"out\");").unwrap();
    for (name, content) in &case.files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match content.strip_prefix("-> ") {
            Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
            None => std::fs::write(path, content).unwrap(),
        }
    }
    let given = Given::blank(Platform::Linux);
    memory::run(&case.script, given, Some(folder))
}

fn differs(case: &Case, ran: &Ran) -> Option<String> {
    let is_same_fault = match (&case.fault, &ran.fault) {
        (Some(wanted), Some(fault)) => agrees(wanted, fault),
        (wanted, fault) => wanted.is_none() && fault.is_none(),
    };
    let steps = ran.steps.len();
    let is_same = is_same_fault && ran.printed == case.printed && steps == case.steps;
    (!is_same).then(|| format!("{steps} steps\n{:#?}\n{:#?}", ran.printed, ran.fault))
}

fn agrees(wanted: &Fault, fault: &ReportedFault) -> bool {
    let full = |at: &String| match at.split(':').count() {
        2 => format!("{}:{at}", memory::NAME),
        _ => at.clone(),
    };
    wanted.kind == fault.kind
        && full(&wanted.at) == fault.at
        && wanted.message == fault.message
        && (wanted.hint.is_empty() || fault.hints.contains(&wanted.hint))
        && wanted
            .frames
            .iter()
            .map(full)
            .eq(fault.frames.iter().cloned())
}

#[test]
fn every_script_does_what_it_did() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (theme, cases) in themes() {
        for case in &cases.case {
            seen += 1;
            if let Some(found) = differs(case, &ran(case)) {
                wrong.push(format!("{theme}, {}:\n{}\n{found}", case.name, case.script));
            }
        }
    }
    assert!(seen > 150, "only {seen} cases");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn no_message_speaks_of_types_of_rust() {
    for (theme, cases) in themes() {
        for line in cases.case.iter().flat_map(|case| &case.printed) {
            let foreign = FOREIGN.iter().find(|name| line.contains(**name));
            assert_eq!(foreign, None, "{theme}: {line}");
        }
        for fault in cases.case.iter().filter_map(|case| case.fault.as_ref()) {
            let words = format!("{}\n{}", fault.message, fault.hint);
            let foreign = FOREIGN.iter().find(|name| words.contains(**name));
            assert_eq!(foreign, None, "{theme}: {words}");
            let first = fault.message.chars().next().unwrap();
            assert!(!first.is_uppercase(), "{theme}: {words}");
            assert!(!fault.message.ends_with('.'), "{theme}: {words}");
        }
    }
}

/// Whether the statements of a script can stand in a block.
fn fits_into_block(script: &str) -> bool {
    let declarations = ["fn ", "const ", "import ", "private "];
    !declarations.iter().any(|word| script.contains(word))
}

#[test]
fn a_caught_error_says_what_an_uncaught_one_does() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for (theme, cases) in themes() {
        for case in cases.case {
            let (Some(fault), true) = (&case.fault, fits_into_block(&case.script)) else {
                continue;
            };
            // A limit ends a script, and a value that is not a string is caught as it is.
            let is_thrown_value = fault.message.starts_with("the script threw: ")
                && !case.script.contains("throw \"");
            let is_catchable = ["script", "refused"].contains(&fault.kind.as_str());
            if theme == "limits" || is_thrown_value || !is_catchable {
                continue;
            }
            let body = &case.script;
            let script = format!(
                "try {{ {body}\n}} catch (e) {{ print(e.kind); print(e.message); print(e.hints); }}"
            );
            let (kind, message) = (fault.kind.clone(), fault.message.clone());
            let caught = Case { script, ..case };
            let printed = ran(&caught).printed;
            let thrown = message.strip_prefix("the script threw: ");
            let message = thrown.unwrap_or(&message).to_owned();
            seen += 1;
            let shape: Vec<_> = printed
                .iter()
                .rev()
                .take(3)
                .skip(1)
                .rev()
                .cloned()
                .collect();
            if shape != [kind, message] {
                wrong.push(format!(
                    "{theme}, {}: {printed:?}\n{}",
                    caught.name, caught.script
                ));
            }
        }
    }
    assert!(seen > 20, "only {seen} cases");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

/// Slips that only a run notices: they depend on the types of values.
const NOTICED_IN_RUNS: &[&str] = &["a format of Python"];

/// Whether a report of `check` or of a session says of a slip what a run says.
fn is_said(fault: &Fault, lines: &[(String, String)]) -> bool {
    let line = fault.at.split(':').next().unwrap();
    let wanted = if fault.hint.is_empty() {
        &fault.message
    } else {
        &fault.hint
    };
    lines
        .iter()
        .any(|(at, text)| at == line && text.contains(wanted))
}

#[test]
fn check_says_what_a_run_says_of_the_syntax_of_other_languages() {
    let (_, slips) = theme(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/slips.toml"));
    let mut wrong = Vec::new();
    for case in &slips.case {
        let Some(fault) = &case.fault else { continue };
        let script = Script {
            name: memory::NAME.to_owned(),
            text: case.script.as_str().into(),
            folder: None,
        };
        let checked = ascript::script::check(vec![script]);
        let findings = checked[0].findings.iter();
        let found: Vec<_> = findings
            .map(|finding| {
                let (line, _) = checked[0].source.line_column(finding.span.start);
                let text = format!("{}\n{}", finding.message, finding.hints.join("\n"));
                (line.to_string(), text)
            })
            .collect();
        let is_for_runs = NOTICED_IN_RUNS.contains(&case.name.as_str());
        if is_said(fault, &found) == is_for_runs {
            let (name, script) = (&case.name, &case.script);
            let run = format!("{} {} {}", fault.at, fault.message, fault.hint);
            wrong.push(format!("{name}:\n{script}\nrun: {run}\ncheck: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn a_session_says_what_a_run_says_of_the_syntax_of_other_languages() {
    let (_, slips) = theme(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/slips.toml"));
    let cases: Vec<_> = slips
        .case
        .iter()
        .filter(|case| case.fault.is_some())
        .collect();
    // In a session a line ends a statement.
    let is_line_end = |case: &&Case| {
        let fault = case.fault.as_ref();
        fault.is_some_and(|fault| fault.message == "missing `;` after this")
    };
    let cases: Vec<_> = cases
        .into_iter()
        .filter(|case| !is_line_end(case))
        .collect();
    each(
        &cases,
        |case| case.name.clone(),
        |case| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("lines"), &case.script).unwrap();
            let session = shell(
                "ascript repl --node blank:linux < lines || true",
                folder.path(),
            );
            let errors = String::from_utf8(session.stderr).unwrap();
            let fault = case.fault.as_ref().unwrap();
            let wanted = if fault.hint.is_empty() {
                &fault.message
            } else {
                &fault.hint
            };
            assert!(errors.contains(wanted), "no `{wanted}` in: {errors}");
        },
    );
}
