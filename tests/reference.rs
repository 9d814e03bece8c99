//! The engine, the reference, the definition files, `check` and completion have
//! the same bindings.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ascript::bindings;
use ascript::conf;
use ascript::reference::{EntryKind, FieldDoc, LookupResult, Reference, ReferenceEntry};
use ascript::report;
use ascript::script;
use ascript::state::Platform;

use crate::memory::{self, Given};
use crate::support::ASCRIPT;

/// Names of bindings, each with a number of arguments that it takes.
type Signatures = BTreeSet<(String, usize)>;

fn reference() -> Reference {
    Reference::new(script::reference_entries())
}

fn signatures(entry: &ReferenceEntry) -> impl Iterator<Item = (String, usize)> {
    let least = entry.fields.iter().filter(|field| field.is_required);
    let counts = least.count()..=entry.fields.len();
    counts.map(|count| (entry.name.to_string(), count))
}

/// The bindings of the table, which `check` and completion read.
fn of_table() -> Signatures {
    let counts = |binding: &'static bindings::Binding| {
        let counts = (0..12).filter(|count| binding.check_count(*count).is_ok());
        counts.map(|count| (binding.name.to_owned(), count))
    };
    bindings::all().flat_map(counts).collect()
}

fn of_pages(reference: &Reference) -> Signatures {
    reference
        .of_kind(EntryKind::Binding)
        .flat_map(signatures)
        .collect()
}

/// The bindings that a lookup of their names finds.
fn of_help(reference: &Reference) -> Signatures {
    let found = bindings::all().flat_map(|binding| match reference.look_up(binding.name) {
        LookupResult::Pages(pages) => pages.into_iter().flat_map(signatures).collect::<Vec<_>>(),
        LookupResult::Matches(_) | LookupResult::NotFound(_) => Vec::new(),
    });
    found.collect()
}

/// The headings of the manual: `conf.users()`, `secret(reference)`.
fn of_manual(reference: &Reference) -> BTreeSet<String> {
    let text = report::manual(reference);
    let titles = text.lines().filter_map(|line| line.strip_prefix("### `"));
    let names = titles.filter_map(|title| title.split_once('('));
    let is_bound = |name: &&str| !name.contains([':', ' ']);
    names
        .map(|(name, _)| name)
        .filter(is_bound)
        .map(str::to_owned)
        .collect()
}

/// `fn set_user(name: String, settings: Map) -> ?;` in `conf.d.rhai`.
fn of_definitions(reference: &Reference) -> Signatures {
    let mut signatures = Signatures::new();
    for file in report::definitions(reference) {
        let namespace = file.name.strip_suffix(".d.rhai").unwrap();
        let prefix = match namespace {
            "global" => String::new(),
            namespace => format!("{namespace}."),
        };
        let module = if namespace == "global" {
            "static"
        } else {
            namespace
        };
        assert!(file.text.starts_with(&format!("module {module};\n")));
        for line in file.text.lines().filter(|line| line.starts_with("fn ")) {
            let (name, rest) = line["fn ".len()..].split_once('(').unwrap();
            let params = rest.strip_suffix(") -> ?;").unwrap();
            let params = params.split(", ").filter(|param| !param.is_empty());
            signatures.insert((format!("{prefix}{name}"), params.count()));
        }
    }
    signatures
}

#[test]
fn all_have_the_same_bindings() {
    let reference = reference();
    let engine: Signatures = script::registered().into_iter().collect();
    assert!(engine.len() > 50, "only {} functions", engine.len());
    assert_eq!(engine, of_table());
    assert_eq!(engine, of_pages(&reference));
    assert_eq!(engine, of_help(&reference));
    assert_eq!(engine, of_definitions(&reference));
    let names: BTreeSet<_> = engine.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, of_manual(&reference));
}

/// The engine cannot compile definition files, but its lexer can read them. The
/// return types are removed, as only definition files have them.
#[test]
fn the_definition_files_have_valid_tokens() {
    let engine = rhai::Engine::new_raw();
    for file in report::definitions(&reference()) {
        let text = file.text.replace(" -> ?;", ";");
        // The lexer repeats the end token forever.
        let tokens = engine.lex([&text]).0;
        for (token, position) in tokens.take_while(|(token, _)| *token != rhai::Token::EOF) {
            let is_wrong = matches!(token, rhai::Token::LexError(_));
            assert!(!is_wrong, "{} {position}: {token:?}", file.name);
        }
    }
}

#[test]
fn every_setting_has_an_entry() {
    let reference = reference();
    let entries: Vec<_> = reference
        .of_kind(EntryKind::Setting)
        .map(|entry| &*entry.name)
        .collect();
    let known: Vec<_> = conf::all_settings().map(|setting| setting.name).collect();
    assert_eq!(entries, known);
    for (entry, setting) in reference
        .of_kind(EntryKind::Setting)
        .zip(conf::all_settings())
    {
        let [field] = &entry.fields[..] else {
            panic!("{} is not one field", entry.name);
        };
        assert!(
            !entry.sections.is_empty() && !entry.sources.is_empty(),
            "{}",
            entry.name
        );
        assert_eq!(field.is_secret, setting.is_secret);
        for section in &entry.sections {
            let found = reference.exact(&format!("{section}/{}", entry.name));
            assert!(
                found.iter().any(|found| std::ptr::eq(*found, entry)),
                "{}",
                entry.name
            );
        }
    }
}

#[test]
fn every_entry_is_complete() {
    let reference = reference();
    for entry in reference.entries() {
        let name = &entry.name;
        let is_setting = entry.kind == EntryKind::Setting;
        assert!(
            is_setting || entry.summary().ends_with('.'),
            "{name} has no summary"
        );
        for member in entry.members.iter().chain(&entry.see) {
            assert!(!reference.exact(member).is_empty(), "{name} names {member}");
        }
        let found = reference.exact(name);
        assert!(
            found.iter().any(|found| std::ptr::eq(*found, entry)),
            "{name}"
        );
        fields(name, &entry.fields);
    }
}

fn fields(of: &str, all: &[FieldDoc]) {
    for field in all {
        assert!(
            !field.fits.is_empty(),
            "{of}: {} has no accepted values",
            field.name
        );
        fields(of, &field.fields);
    }
}

/// The tests of bindings and modules run their examples.
#[test]
fn the_examples_of_values_and_declarations_run() {
    let reference = reference();
    let kinds = [EntryKind::Value, EntryKind::Declaration];
    for entry in kinds.into_iter().flat_map(|kind| reference.of_kind(kind)) {
        let ran = memory::run(&entry.example, Given::blank(Platform::Macos), None);
        assert!(ran.fault.is_none(), "{}: {:?}", entry.name, ran.fault);
        assert!(
            ran.steps.len() + ran.notes.len() > 0,
            "{} does nothing",
            entry.name
        );
    }
}

/// `ASCRIPT_BLESS=1 cargo test reference` writes the file anew.
#[test]
fn the_committed_manual_is_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let args = ["docs", "--format", "markdown"];
    let output = Command::new(ASCRIPT).args(args).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    if std::env::var_os("ASCRIPT_BLESS").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = printed
        .lines()
        .zip(kept.lines())
        .find(|(now, then)| now != then);
    assert_eq!(differs, None, "docs/reference.md is not what is printed");
    assert_eq!(
        printed.len(),
        kept.len(),
        "docs/reference.md ends elsewhere"
    );
}

/// A folder's Rust sources, without their tests.
fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let end = text.find("#[cfg(test)]\nmod tests");
            texts.push(text[..end.unwrap_or(text.len())].to_owned());
        }
    }
}

/// The value of a string constant, however its line is broken.
fn constant<'a>(texts: &'a [String], name: &str) -> Option<&'a str> {
    let start = format!("const {name}: &str =");
    let value = texts.iter().find_map(|text| text.split_once(&start))?.1;
    value.trim_start().strip_prefix('"')?.split('"').next()
}

#[test]
fn the_table_of_advisories_has_the_id_and_level_of_each() {
    let mut texts = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&root.join("src"), &mut texts);
    let mut rows = BTreeSet::new();
    for level in ["Note", "Caution", "Danger"] {
        let start = format!("Level::{level},");
        for text in &texts {
            for argument in text.split(&start).skip(1).map(str::trim_start) {
                let word = argument
                    .split([',', ')', '\n', ' '])
                    .next()
                    .unwrap_or_default();
                let name = word.rsplit("::").next().unwrap_or(word);
                let id = word.strip_prefix('"').map(|id| id.trim_end_matches('"'));
                if let Some(id) = id.or_else(|| constant(&texts, name)) {
                    rows.insert(format!("| `{id}` | {} |", level.to_lowercase()));
                }
            }
        }
    }
    let table = include_str!("../docs/advisories.md");
    let listed = table.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<_> = listed
        .map(|line| line.split('|').take(3).collect::<Vec<_>>().join("|") + "|")
        .collect();
    assert!(rows.len() > 60, "{rows:?}");
    let missing: Vec<_> = rows.difference(&listed).collect();
    assert!(missing.is_empty(), "docs/advisories.md lacks {missing:?}");
    let literal = |row: &&String| {
        let id = row.split('`').nth(1).unwrap_or_default();
        !texts.iter().any(|text| text.contains(&format!("\"{id}\"")))
    };
    let unknown: Vec<_> = listed.iter().filter(literal).collect();
    assert!(unknown.is_empty(), "no advisory is {unknown:?}");
}
