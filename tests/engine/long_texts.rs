//! Long and deeply nested texts: each command ends without an abort. With these sizes, quadratic time
//! would take minutes.

use crate::support::each;
use crate::transcript::shell;

const COUNT: usize = 2000;

/// A start, a piece that is repeated, a middle, a piece that is repeated after it, and an end.
type Text = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const TEXTS: &[Text] = &[
    ("", "f(", "1", ")", ";"),
    ("", "f(", "", "", ""),
    ("", "(", "1", ")", ""),
    ("", "[", "", "]", ""),
    ("", "#{ a: ", "1", "}", ""),
    ("", "#{ a: ", "", "", ""),
    ("", "{", "", "}", ""),
    ("", "{", "", "", ""),
    ("", "", "", "}", ""),
    ("", "(", "", "}", ""),
    ("if false { } ", "else if false { } ", "", "", ""),
    ("let x = 1 ", "+ 1 ", "", "", ";"),
    ("", "!", "true", "", ""),
    ("let x = a", ".b", "", "", ";"),
    ("a", "::b", "()", "", ""),
    ("let x = a", "[0]", "", "", ";"),
    ("", "|a| ", "1", "", ""),
    ("", "`${", "1", "}`", ""),
    ("", "`${", "", "", ""),
    ("", "/*", "", "", ""),
    ("", "/*", "", "*/", ""),
    ("", "`", "", "", ""),
    ("", "#", "", "", ""),
    ("", r#"#""#, "", "", ""),
    (r#"secret(""#, "basic:", "", "", r#"env:X");"#),
    ("", "fn f() { ", "", "", ""),
    ("", "try { ", "", "}", ""),
    ("", "if true { ", "1", "} else { 2 }", ""),
    ("", "let x = 1; ", "", "", ""),
    ("", "let x = 1;\n", "", "", ""),
    ("", "return ", "", "", ""),
    ("", "- ", "1", "", ""),
];

const COMMANDS: [&str; 5] = [
    "run text.rhai --node blank:linux",
    "run - --node blank:linux < text.rhai",
    "check text.rhai",
    "test text.test.rhai",
    "repl --node blank:linux < text.rhai",
];

#[test]
fn every_command_ends_on_a_text_of_any_depth() {
    each(
        TEXTS,
        |(_, piece, ..)| (*piece).to_owned(),
        |(start, piece, middle, closing, end)| {
            let folder = tempfile::tempdir().unwrap();
            let (pieces, closings) = (piece.repeat(COUNT), closing.repeat(COUNT));
            let text = format!("{start}{pieces}{middle}{closings}{end}");
            for name in ["text.rhai", "text.test.rhai"] {
                std::fs::write(folder.path().join(name), &text).unwrap();
            }
            for command in COMMANDS {
                let done = shell(&format!("ascript {command}"), folder.path());
                let code = done.status.code();
                assert!(matches!(code, Some(0..=2)), "{command}: {:?}", done.status);
            }
        },
    );
}
