//! What holds for every script: what is right is not spoken of, whatever is
//! read is survived, and what is mended is no longer found.

use proptest::prelude::*;

use ascript::bindings;
use ascript::fault::{Rule, Severity};
use ascript::script::{Host, SCRIPTS, STDLIB, Surroundings};

use super::{PLAIN, Script, checked, report, with_room};
use crate::examples;

/// Every script that is right: bundled, in the library, in the manual, in the
/// reference.
fn right() -> Vec<(String, String)> {
    let bundled = SCRIPTS.iter().chain(STDLIB);
    let mut all: Vec<_> = bundled
        .map(|script| (script.name.to_owned(), script.text.to_owned()))
        .collect();
    all.extend(bindings::all().map(|row| (row.name.to_owned(), row.example.to_owned())));
    all.extend(examples::scripts());
    all
}

#[test]
fn no_alarm_is_false() {
    let wrong = with_room(|| {
        let all = right().into_iter();
        let shown = all.map(|(name, text)| report::check(&checked(&name, text), PLAIN));
        shown.collect::<String>()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Pieces that scripts are made of, right and wrong.
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
    let made = prop::collection::vec(prop::sample::select(PIECES), 0..24);
    let made = made.prop_map(|pieces| pieces.concat());
    let texts: Vec<_> = right().into_iter().map(|(_, text)| text).collect();
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
    prop_oneof![made, changed]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_is_survived(text in scripts()) {
        let outcome = with_room(move || {
            let first = checked("case.rhai", text.clone());
            let _ = [
                report::check(&first, PLAIN),
                report::check_json(&first),
                report::sarif(&first),
            ];
            let (mended, fixes) = first[0].mended();
            let count = fixes.len();
            let second = checked("case.rhai", mended.clone());
            let left = |rule| second[0].findings.iter().filter(|finding| finding.rule == rule).count();
            let were = |rule| first[0].findings.iter().filter(|finding| finding.rule == rule).count();
            let is_better = fixes.iter().all(|finding| left(finding.rule) < were(finding.rule));
            let is_sound = left(Rule::Syntax) <= were(Rule::Syntax);
            (count, is_better && is_sound, text, mended)
        });
        let (count, is_better, text, mended) = outcome;
        prop_assert!(count == 0 || is_better, "{text}\n---\n{mended}");
    }

    #[test]
    fn what_is_called_right_can_be_started(text in scripts()) {
        let refused = with_room(move || {
            let checked = checked("case.rhai", text.clone());
            let is_wrong = checked[0].findings.iter().any(|finding| finding.severity() == Severity::Error);
            let surroundings = Surroundings { print: Box::new(|_| {}), is_stopped: Box::new(|| false) };
            let host = Host::new(Script::piped(text.clone()), surroundings);
            let fault = host.err().map(|fault| fault.to_string());
            fault.filter(|_| !is_wrong).map(|fault| format!("{fault}\n{text}"))
        });
        prop_assert_eq!(refused, None);
    }
}
