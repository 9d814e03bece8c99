//! The pages of the language: every word, operator and function has one, and every example is true.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ascript::reference::{EntryKind, LookupResult, Reference, ReferenceEntry};
use ascript::script;
use ascript::state::Platform;

use crate::memory::{self, Given};
use crate::transcript::shell;

/// The words of the grammar.
const KEYWORDS: &str = "let const if else for in while until do loop break continue switch fn private \
    return throw try catch import export as this global true false";

/// Functions that the parser knows itself.
const OF_PARSER: &str = "Fn call curry debug is_def_fn is_def_var is_shared print type_of";

fn reference() -> Reference {
    Reference::new(script::reference_entries())
}

fn pages(reference: &Reference) -> Vec<&ReferenceEntry> {
    reference.of_kind(EntryKind::Language).collect()
}

/// `split` with 1 to 3 arguments, from `text.split(), text.split(separator), …`.
fn signatures(entry: &ReferenceEntry) -> BTreeSet<(String, usize)> {
    let calls = entry.usage.split("), ").filter_map(|call| {
        let (head, args) = call.trim_end_matches(')').split_once('(')?;
        let (receiver, name) = head.rsplit_once('.').unwrap_or(("", head));
        let args = args.split(", ").filter(|arg| !arg.is_empty()).count();
        Some((name.to_owned(), args + usize::from(!receiver.is_empty())))
    });
    calls.collect()
}

#[test]
fn every_function_of_the_engine_has_a_page_with_its_signatures() {
    let reference = reference();
    let pages = pages(&reference);
    let engine = script::language_functions();
    assert!(engine.len() > 150, "only {} functions", engine.len());
    let is_word = |name: &str| name.starts_with(char::is_alphabetic);
    let documented: BTreeSet<_> = pages.iter().flat_map(|page| signatures(page)).collect();
    let mut missing = Vec::new();
    for (name, count) in &engine {
        let has_page = pages.iter().any(|page| page.name == *name);
        let is_documented = documented.contains(&(name.clone(), *count));
        if !has_page || (is_word(name) && !is_documented) {
            missing.push(format!("{name}/{count}"));
        }
    }
    assert!(missing.is_empty(), "docs/language.md lacks {missing:?}");
    let known: BTreeSet<_> = engine.iter().map(|(name, _)| name.as_str()).collect();
    let words: BTreeSet<_> = KEYWORDS
        .split_whitespace()
        .chain(OF_PARSER.split_whitespace())
        .collect();
    for page in pages.iter().filter(|page| is_word(&page.name)) {
        let is_known = known.contains(&*page.name) || words.contains(&*page.name);
        assert!(
            is_known || page.name == "comment",
            "there is no `{}`",
            page.name
        );
    }
}

#[test]
fn every_keyword_has_a_page() {
    let reference = reference();
    for word in KEYWORDS.split_whitespace() {
        let token = rhai::Token::lookup_symbol_from_syntax(word);
        let is_word = token.is_some() || ["this", "global"].contains(&word);
        assert!(is_word, "`{word}` is no word of the language");
        assert!(
            !reference.exact(word).is_empty(),
            "docs/language.md lacks `{word}`"
        );
    }
    for word in OF_PARSER.split_whitespace() {
        assert!(
            !reference.exact(word).is_empty(),
            "docs/language.md lacks `{word}`"
        );
    }
}

/// The example as a script that stops where a line is not what it says.
fn checked(example: &str) -> String {
    let mut script = String::new();
    for line in example.lines() {
        let _ = match line.split_once(" // => ") {
            Some((expression, value)) => writeln!(
                script,
                "{{ let got = {{ {expression} }}; ensure(got == {value}, `${{got}}`); }}"
            ),
            None => writeln!(script, "{line}"),
        };
    }
    script
}

#[test]
fn every_example_of_the_language_is_true() {
    let reference = reference();
    let mut wrong = Vec::new();
    for page in pages(&reference) {
        assert!(!page.example.is_empty(), "{} has no example", page.name);
        let ran = memory::run(&checked(&page.example), Given::blank(Platform::Linux), None);
        if let Some(fault) = ran.fault {
            wrong.push(format!("{}: {fault:?}", page.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes the blocks of a recipe that name a file.
fn write_files(doc: &str, folder: &std::path::Path) {
    let mut file: Option<(String, String)> = None;
    for line in doc.lines() {
        match (&mut file, line.strip_prefix("```")) {
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (_, Some(fence)) => {
                if let Some((name, text)) = file.take() {
                    std::fs::write(folder.join(name), text).unwrap();
                } else if let Some((_, name)) = fence.split_once(' ') {
                    file = Some((name.to_owned(), String::new()));
                }
            }
            (None, None) => {}
        }
    }
}

#[test]
fn every_recipe_previews_on_a_blank_node() {
    let reference = reference();
    let recipes: Vec<_> = reference.of_kind(EntryKind::Recipe).collect();
    assert!(recipes.len() > 10, "{}", recipes.len());
    for recipe in recipes {
        let folder = tempfile::tempdir().unwrap();
        write_files(&recipe.doc, folder.path());
        std::fs::write(folder.path().join("it.rhai"), &*recipe.example).unwrap();
        let line = "ascript run ./it.rhai --node blank:linux && ascript check ./it.rhai";
        let output = shell(line, folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", recipe.name);
        assert!(!said.contains("warning"), "{}: {said}", recipe.name);
    }
}

#[test]
fn words_of_other_languages_find_their_pages() {
    let reference = reference();
    for (query, name) in [
        ("if", "if"),
        ("for", "for"),
        ("split", "split"),
        ("string functions", "string functions"),
        ("guide", "guide"),
        ("cap a group", "cap a group"),
    ] {
        match reference.look_up(query) {
            LookupResult::Pages(pages) => assert_eq!(pages[0].name, name),
            LookupResult::Matches(_) | LookupResult::NotFound(_) => panic!("no page for `{query}`"),
        }
    }
    for (query, name) in [
        ("uppercase", "to_upper"),
        ("substring", "sub_string"),
        ("sed", "replace"),
        ("cut", "split"),
        ("cut", "data"),
        ("awk", "data"),
        ("grep", "filter"),
        ("echo", "print"),
        ("printf", "print"),
        ("cat", "data"),
        ("jq", "data"),
        ("elif", "if"),
        ("case", "switch"),
        ("function", "fn"),
        ("-z", "is_empty"),
        ("useradd", "account.ensure"),
        ("mkdir", "dir.ensure"),
        ("systemctl", "service.refresh"),
        ("authorized_keys", "ssh.authorize"),
        ("env", "secret"),
        ("wc", "len"),
        ("for loop", "for"),
        ("while read", "while"),
        ("read csv", "data"),
        ("read file", "data"),
        ("environment variable", "secret"),
        ("string concatenation", "+"),
        ("command line arguments", "PARAMS"),
        ("add users CSV", "add users from a CSV file"),
        ("rotate keys", "rotate keys"),
    ] {
        let found = match reference.look_up(query) {
            LookupResult::Pages(found) | LookupResult::Matches(found) => found,
            LookupResult::NotFound(_) => Vec::new(),
        };
        let first = found.iter().take(4);
        let names = first.flat_map(|entry| entry.name.split(' ').chain([&*entry.name]));
        let mut names: Vec<_> = names.collect();
        names.extend(
            found
                .iter()
                .take(4)
                .flat_map(|entry| entry.see.iter().map(|name| &**name)),
        );
        assert!(names.contains(&name), "`{query}` finds {names:?}");
    }
    let rows = reference.of_kind(EntryKind::Foreign);
    let twice = rows.filter(|row| pages(&reference).iter().any(|page| page.name == row.name));
    assert_eq!(twice.count(), 0, "a topic lists its members by their names");
    assert_eq!(reference.nearest("to_uper"), Some("to_upper"));
}
