//! What holds for every script: a correct one has no findings, no text makes the check panic, and
//! a fixed finding is gone.

use proptest::prelude::*;

use ascript::bindings;
use ascript::fault::{Rule, Severity};
use ascript::script::{Host, SCRIPTS, STDLIB, Surroundings};

use super::{PLAIN, Script, checked, on_large_stack, report};
use crate::examples;

/// All correct scripts: bundled ones, modules, and the examples in the documentation.
fn correct_scripts() -> Vec<(String, String)> {
    let bundled = SCRIPTS.iter().chain(STDLIB);
    let mut all: Vec<_> = bundled
        .map(|script| (script.name.to_owned(), script.text.to_owned()))
        .collect();
    all.extend(bindings::all().map(|row| (row.name.to_owned(), row.example.to_owned())));
    all.extend(examples::scripts());
    all
}

#[test]
fn correct_scripts_have_no_findings() {
    let wrong = on_large_stack(|| {
        let all = correct_scripts().into_iter();
        let reports = all.map(|(name, text)| {
            let mut checked = checked(&name, text);
            // The files of the reader's are not beside an example.
            for one in &mut checked {
                one.findings.retain(|it| it.rule != Rule::MissingFile);
            }
            report::check(&checked, PLAIN)
        });
        reports.collect::<String>()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Pieces of scripts, correct and wrong.
const PIECES: &[&str] = &[
    "conf.set_user(",
    "conf::set_node(",
    "conf.set_usr(",
    "\"anna\"",
    ", ",
    "#{ ",
    "absolut: ",
    "absolute: ",
    "password: ",
    "\"/srv\"",
    " }",
    ");",
    "params.docroot",
    "params.docrot",
    "fn f(a) { ",
    "fn len(a) { ",
    "private fn g() { ",
    " }\n",
    "|x| ",
    "f(",
    "g()",
    "let x = ",
    "x",
    "`a ${x} b`",
    "secret(\"env:A\")",
    "secret(\"a\")",
    "import \"std/faspex\" as m;",
    "m::server(",
    "global::X",
    "const X = 1;",
    "switch x { 1 => ",
    "_ => ",
    "if true { ",
    "} else { ",
    "for i in 0..3 { ",
    "é",
    "\u{feff}",
    "\r\n",
    "/* ",
    "*/",
    "//",
    "()",
    "[1, ",
    "]",
    ".lenght()",
    "5",
    "-1",
    "const PARAMS = #{ docroot: #{ type: \"path\" } };",
    "conf",
    ";",
];

fn scripts() -> impl Strategy<Value = String> {
    let assembled = prop::collection::vec(prop::sample::select(PIECES), 0..24);
    let assembled = assembled.prop_map(|pieces| pieces.concat());
    let texts: Vec<_> = correct_scripts()
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let changed = (
        prop::sample::select(texts),
        any::<prop::sample::Index>(),
        0..12_usize,
        prop::sample::select(PIECES),
    );
    let changed = changed.prop_map(|(text, at, length, piece)| {
        let letters: Vec<char> = text.chars().collect();
        let at = at.index(letters.len() + 1);
        let end = (at + length).min(letters.len());
        let before = letters[..at].iter().collect::<String>();
        let after = letters[end..].iter().collect::<String>();
        [&before, piece, &after].concat()
    });
    prop_oneof![assembled, changed]
}

#[test]
fn no_fix_calls_a_function_that_scripts_lack() {
    let (fixed, _) = checked("case.rhai", "\"a\".equal(1);".to_owned())[0].fixed();
    assert_eq!(fixed, "\"a\".equal(1);");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_fixed_findings_are_gone(text in scripts()) {
        let outcome = on_large_stack(move || {
            let first = checked("case.rhai", text.clone());
            let _ = [
                report::check(&first, PLAIN),
                report::check_json(&first, &[]),
                report::sarif(&first),
            ];
            let (fixed_text, fixed) = first[0].fixed();
            let count = fixed.len();
            let second = checked("case.rhai", fixed_text.clone());
            let left = |rule| second[0].findings.iter().filter(|finding| finding.rule == rule).count();
            let were = |rule| first[0].findings.iter().filter(|finding| finding.rule == rule).count();
            let is_better = fixed.iter().all(|finding| left(finding.rule) < were(finding.rule));
            let is_sound = left(Rule::Syntax) <= were(Rule::Syntax);
            (count, is_better && is_sound, text, fixed_text)
        });
        let (count, is_better, text, fixed_text) = outcome;
        prop_assert!(count == 0 || is_better, "{text}\n---\n{fixed_text}");
    }

    #[test]
    fn a_script_without_errors_compiles(text in scripts()) {
        let refused = on_large_stack(move || {
            let checked = checked("case.rhai", text.clone());
            let is_wrong = checked[0].findings.iter().any(|finding| finding.severity() == Severity::Error);
            let host = Host::new(Script::piped(text.clone()), Surroundings::none());
            let fault = host.err().map(|fault| fault.to_string());
            fault.filter(|_| !is_wrong).map(|fault| format!("{fault}\n{text}"))
        });
        prop_assert_eq!(refused, None);
    }
}
