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

/// Pieces with something wrong, in texts of many: each problem takes the same time, whatever is around.
const WRONG: &[Text] = &[
    ("", "x;\n", "", "", ""),
    ("", "x; ", "", "", ""),
    ("", "switch x { 1 => 2 }\n", "", "", ""),
    ("", "import \"m\" as m;\n", "", "", ""),
    ("", "frob(1);\n", "", "", ""),
    ("", "x.frob;\n", "", "", ""),
    ("", "conf.set_user(\"a\", #{ absolut: x });\n", "", "", ""),
    (
        "const PARAMS = #{ a: #{ type: \"int\" } };\n",
        "params.b;\n",
        "",
        "",
        "",
    ),
    ("f(", "x, ", "1)", "", ""),
    ("let s = `", "${x}", "`", "", ";"),
    ("let x = [", "[1], ", "1]", "", "; y"),
    ("f(", "(1), ", "1)", "", " y"),
];

const COMMANDS: [&str; 5] = [
    "run text.rhai --node blank:linux",
    "run - --node blank:linux < text.rhai",
    "check text.rhai",
    "test text.test.rhai",
    "repl --node blank:linux < text.rhai",
];

#[test]
fn the_time_of_many_problems_is_linear() {
    let count = 10 * COUNT;
    let commands = ["run text.rhai --node blank:linux", "check text.rhai"];
    each(
        WRONG,
        |(_, piece, ..)| (*piece).to_owned(),
        |(start, piece, middle, _, end)| {
            let text = format!("{start}{}{middle}{end}", piece.repeat(count));
            assert_ended(&text, &commands);
        },
    );
}

#[test]
fn the_time_of_many_variables_is_linear() {
    let variables = (0..20 * COUNT).map(|n| format!("let password{n} = \"a\";\n"));
    let text = variables.collect::<Vec<_>>().concat();
    assert_ended(&text, &COMMANDS);
}

#[test]
fn every_command_ends_on_a_text_of_any_depth() {
    each(
        TEXTS,
        |(_, piece, ..)| (*piece).to_owned(),
        |(start, piece, middle, closing, end)| {
            let (pieces, closings) = (piece.repeat(COUNT), closing.repeat(COUNT));
            let text = format!("{start}{pieces}{middle}{closings}{end}");
            assert_ended(&text, &COMMANDS);
        },
    );
}

/// Runs commands on a text. Each ends, and not by a signal.
fn assert_ended(text: &str, commands: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["text.rhai", "text.test.rhai"] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    for command in commands {
        let done = shell(&format!("ascript {command}"), folder.path());
        let code = done.status.code();
        assert!(matches!(code, Some(0..=2)), "{command}: {:?}", done.status);
    }
}
