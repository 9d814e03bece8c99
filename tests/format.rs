//! `ascript fmt`: every script and example here is formatted, its layout follows from its tokens
//! alone, and formatting does not change what a script means.

use std::path::{Path, PathBuf};

use ascript::reference::Reference;
use ascript::script;
use ascript::source::{self, TokenKind};

use crate::examples;
use crate::fuzzed::script::is_formatted_without_loss;

/// The folders of scripts that are shipped, and of those that tests write or run.
const FOLDERS: &[&str] = &[
    "scripts",
    "scripts/tests",
    "stdlib",
    "stdlib/tests",
    "docs/examples",
    "src/cli",
    "ansible",
    "benches",
    "tests/import",
    "tests/laws",
    "tests/trials",
];

/// Cases that are what users may write: unknown names, odd text, errors.
const UNFORMATTED: &[&str] = &["tests/check"];

fn scripts_in(folder: &Path, found: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.extension().is_some_and(|end| end == "rhai") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

fn scripts(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        scripts_in(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut found,
        );
    }
    assert!(!found.is_empty(), "{folders:?}");
    found
}

/// The examples of the pages, of the reference and of the language.
fn examples() -> Vec<(String, String)> {
    let reference = Reference::new(script::reference_entries());
    let entries = reference.entries().iter();
    let entries = entries.filter(|entry| !entry.example.is_empty());
    let of_entries = entries.map(|entry| {
        // What an example evaluates is a statement with its value.
        let text = entry.example.replace(" // => ", "; // => ");
        (entry.name.to_string(), format!("{text}\n"))
    });
    let mut examples = examples::scripts();
    examples.extend(of_entries);
    assert!(examples.len() > 200, "only {} examples", examples.len());
    examples
}

#[test]
fn every_script_and_example_is_formatted() {
    let mut wrong = Vec::new();
    for (name, text) in scripts(FOLDERS).into_iter().chain(examples()) {
        let formatted = source::format(&text);
        if formatted != text {
            wrong.push(format!("{name} should be:\n{formatted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The text with this before each line that does not start inside a string or a comment.
fn indented(text: &str, indent: &str) -> String {
    let mut moved = String::new();
    for token in source::tokens(text) {
        let is_line_end = token.kind == TokenKind::Whitespace && token.text.contains('\n');
        let line_ends = token.text.trim_end_matches(' ');
        moved.push_str(if is_line_end { line_ends } else { token.text });
        if is_line_end {
            moved.push_str(indent);
        }
    }
    moved
}

#[test]
fn the_indentation_follows_from_the_tokens_alone() {
    for (name, text) in scripts(FOLDERS) {
        for indent in ["", " ", "\t\t"] {
            assert_eq!(source::format(&indented(&text, indent)), text, "{name}");
        }
    }
}

#[test]
fn lines_may_end_in_any_way() {
    for (name, text) in scripts(FOLDERS) {
        let padded = text.replace('\n', " \t\n\n\n\n");
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        let formatted = source::format(&padded);
        if !text.contains('`') {
            assert_eq!(lines(&formatted), lines(&text), "{name}");
        }
        let dos = text.replace('\n', "\r\n");
        assert_eq!(source::format(&dos), dos, "{name}");
    }
}

/// The syntax tree without positions.
#[expect(deprecated, reason = "the engine may change how it maps tokens")]
fn meaning(name: &str, text: &str) -> String {
    let mut engine = rhai::Engine::new();
    engine.on_parse_token(|token, _, _| {
        if let rhai::Token::Reserved(word) = token {
            return rhai::Token::Identifier(word);
        }
        token
    });
    engine.set_max_expr_depths(0, 0);
    let compiled = engine.compile(text);
    let tree = compiled.unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    // The name of a closure depends on its place.
    let places = regex_lite::Regex::new(r"\b\d+:\d+(-(\d+:)?\d+)?|anon\$[0-9a-f]+").unwrap();
    let without_places = |part: String| places.replace_all(&part, "").into_owned();
    let functions = tree.iter_fn_def();
    let functions = functions.map(|f| format!("{} {:?} {:?}", f.name, f.params, f.body));
    let mut functions: Vec<_> = functions.map(without_places).collect();
    functions.sort();
    functions.push(without_places(format!("{:?}", tree.statements())));
    functions.join("\n")
}

/// A script without any blank that it can do without.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::new();
    let is_word = |c: Option<char>| c.is_some_and(source::is_identifier);
    let tokens: Vec<_> = source::tokens(text).collect();
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens
            .get(index + 1)
            .and_then(|next| next.text.chars().next());
        let last = squeezed.chars().next_back();
        let is_apart = is_word(last) == is_word(next) || is_word(last) && next == Some('"');
        if token.kind != TokenKind::Whitespace {
            squeezed.push_str(token.text);
        } else if token.text.contains('\n') {
            squeezed.push('\n');
        } else if is_apart {
            squeezed.push(' ');
        }
    }
    squeezed
}

#[test]
fn formatting_keeps_the_meaning_of_every_script() {
    for (name, text) in scripts(FOLDERS) {
        for text in [text.clone(), squeezed(&text), indented(&text, "")] {
            let formatted = source::format(&text);
            assert_eq!(meaning(&name, &formatted), meaning(&name, &text), "{name}");
            is_formatted_without_loss(&text);
        }
    }
    for (_, text) in scripts(UNFORMATTED) {
        is_formatted_without_loss(&text);
    }
}

#[test]
fn blanks_are_where_they_are_certain() {
    for (text, formatted) in [
        ("", ""),
        (" \n\n", ""),
        ("\n\na;", "a;\n"),
        ("f(1,2 ,[ 3 ]);", "f(1, 2, [ 3 ]);\n"),
        ("let x=a>>2|b<<1&c^d;", "let x = a >> 2 | b << 1 & c ^ d;\n"),
        ("let x=-1+2- -3*!a;", "let x = -1 + 2 - -3 * !a;\n"),
        (
            "let m=#{a:1,\"b\":#{}};",
            "let m = #{ a: 1, \"b\": #{} };\n",
        ),
        (
            "if(a){return-1}else{b}",
            "if (a) { return -1 } else { b }\n",
        ),
        ("for i in[1]{f(i)}", "for i in [1] { f(i) }\n"),
        (
            "let f=|x,y|x|y; g(||1, a||b);",
            "let f = |x, y| x | y; g(|| 1, a || b);\n",
        ),
        (
            "switch x{1|2=>f(),_=>{}}",
            "switch x { 1 | 2 => f(), _ => {} }\n",
        ),
        ("`a${x+1} b ${ y }${z}`;", "`a${x + 1} b ${ y }${z}`;\n"),
        ("a=1;//x  \n/* y */b=2;", "a = 1; //x\n/* y */b = 2;\n"),
        ("for i in 0..n-1{}", "for i in 0..n - 1 {}\n"),
        ("import\"a\"as b;", "import \"a\" as b;\n"),
        ("a?.b??c?[0]", "a?.b ?? c?[0]\n"),
        ("let rate   = 5;  // kbps", "let rate   = 5;  // kbps\n"),
    ] {
        assert_eq!(source::format(text), formatted);
    }
}

#[test]
fn a_line_that_continues_is_indented_once() {
    for (text, formatted) in [
        (
            "let a = b\n+ c\n+ d;\ne",
            "let a = b\n    + c\n    + d;\ne\n",
        ),
        (
            "conf.users()\n.filter(|u| {\nu\n})\n.len()",
            "conf.users()\n    .filter(|u| {\n        u\n    })\n    .len()\n",
        ),
        (
            "let x = if a {\n1\n} else {\n2\n}\n+ 3;\nif b {\n}\n-1",
            "let x = if a {\n    1\n} else {\n    2\n}\n+ 3;\nif b {\n}\n-1\n",
        ),
        (
            "f(#{\na:\n1,\n}, [\n2,\n]);",
            "f(#{\n    a:\n        1,\n}, [\n    2,\n]);\n",
        ),
        ("if a\n&& b\n{\nc\n}", "if a\n    && b\n{\n    c\n}\n"),
        (
            "// one\na\n// two\n.b;\n// three",
            "// one\na\n    // two\n    .b;\n// three\n",
        ),
    ] {
        assert_eq!(source::format(text), formatted);
    }
}

#[test]
fn strings_and_comments_over_several_lines_stay() {
    let text = "let s = `\n   a  \n\t${f(1)}  \n`;\n/* b\n  c  \n*/\nlet t = \"d \\\n  e\";\n";
    assert_eq!(source::format(text), text);
}
