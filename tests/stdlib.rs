//! Rules for every module of the standard library.

use std::path::Path;

use ascript::script::STDLIB;

use crate::transcript::shell;

/// The public functions of a module: the comment above each, and its text.
fn functions(module: &str) -> Vec<(String, String)> {
    let mut functions: Vec<(String, String)> = Vec::new();
    let mut comment = String::new();
    let mut is_public = false;
    for line in module.lines() {
        if let Some(text) = line.strip_prefix("///") {
            comment.push_str(text);
        } else if line.starts_with("fn ") {
            functions.push((std::mem::take(&mut comment), String::new()));
            is_public = true;
        } else if line.starts_with("private fn ") {
            is_public = false;
        }
        if is_public && let Some((_, text)) = functions.last_mut() {
            text.push_str(line);
        }
    }
    functions
}

/// The names in the map that a function passes to `checked`, such as `docroot: "path!"`.
fn options(function: &str) -> Vec<&str> {
    let Some((_, rest)) = function.split_once("checked(options, #{") else {
        return Vec::new();
    };
    let types = rest.split_once("})").unwrap().0;
    let names = types.split(": ").map(|part| {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        part.rsplit(|c| !is_name(c)).next().unwrap_or_default()
    });
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_option_is_documented() {
    let mut seen = 0;
    for module in STDLIB {
        for (comment, text) in functions(module.text) {
            for option in options(&text) {
                seen += 1;
                let is_documented = comment.contains(&format!("`{option}`"));
                let is_like_another = comment.contains("options as for");
                let name = module.name;
                assert!(
                    is_documented || is_like_another,
                    "{name}: `{option}`\n{text}"
                );
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_module_opens_with_an_example_and_its_source() {
    for module in STDLIB {
        let lines = module.text.lines();
        let head: Vec<_> = lines.map_while(|line| line.strip_prefix("//!")).collect();
        let head = head.join("\n");
        let import = format!("import \"{}\" as", module.name);
        assert!(head.contains(&import), "{}", module.name);
        assert!(head.contains("\n Source: "), "{}", module.name);
    }
}

#[test]
fn every_module_has_tests_and_they_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for module in STDLIB {
        let tests = root.join(module.name.replace("std/", "stdlib/tests/"));
        let tests = tests.with_extension("rhai");
        assert!(tests.is_file(), "{} is missing", tests.display());
    }
    let output = shell("ascript test stdlib", root);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
}
