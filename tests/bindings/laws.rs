//! What holds for every row of the table.

use ascript::bindings::{self, ArgType, Binding, Param};
use ascript::state::Platform;

use super::case::on_blank;

fn is_sentence(text: &str) -> bool {
    let first = text.chars().next();
    text.ends_with('.') && first.is_some_and(char::is_uppercase) && text.lines().count() == 1
}

fn params(params: &'static [Param]) -> Vec<&'static Param> {
    let mut all = Vec::new();
    for param in params {
        all.push(param);
        if let ArgType::Options(keys) = &param.ty {
            all.extend(keys.iter());
        }
    }
    all
}

#[test]
fn every_binding_says_what_it_does() {
    for binding in bindings::all() {
        let name = binding.name;
        let summary = binding.summary();
        assert!(is_sentence(summary), "{name}: {summary}");
        for paragraph in binding.doc.split("\n\n") {
            assert!(paragraph.ends_with('.'), "{name}: {paragraph}");
        }
        for param in params(binding.params) {
            assert!(
                param.doc.ends_with('.'),
                "{name}, {}: {}",
                param.name,
                param.doc
            );
        }
    }
}

#[test]
fn what_may_be_left_out_comes_last() {
    for binding in bindings::all() {
        let required: Vec<_> = binding
            .params
            .iter()
            .map(|param| param.is_required)
            .collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "{}", binding.name);
        assert!(binding.usage().starts_with(binding.name));
    }
}

#[test]
fn names_are_told_once_and_read_as_words() {
    let mut names: Vec<_> = bindings::all().map(|row| row.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    for binding in bindings::all() {
        assert!(binding.name.chars().all(is_plain), "{}", binding.name);
        for param in params(binding.params) {
            assert!(param.name.chars().all(is_plain), "{}", param.name);
        }
    }
}

#[test]
fn every_operation_on_a_node_names_its_source() {
    let of_script = ["secret", "advise", "ensure", "checked"];
    let is_of_node = |row: &&Binding| !of_script.contains(&row.name) && !row.is_for_tests();
    for binding in bindings::all().filter(is_of_node) {
        assert!(!binding.source.is_empty(), "{}", binding.name);
    }
}

#[test]
fn every_example_calls_its_binding_and_runs() {
    for binding in bindings::all() {
        let call = format!("{}(", binding.name);
        assert!(binding.example.contains(&call), "{}", binding.name);
        if binding.is_for_tests() {
            let failure = crate::trials::of_example(binding.example);
            assert_eq!(failure, None, "{}", binding.name);
            continue;
        }
        for platform in [Platform::Macos, Platform::Linux] {
            let ran = on_blank(binding.example, platform);
            assert!(ran.fault.is_none(), "{}: {:?}", binding.name, ran.fault);
        }
    }
}
