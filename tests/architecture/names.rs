//! A type name means one thing in the whole crate.

use std::collections::BTreeMap;

use super::sources::{is_word, sources};

#[test]
fn a_type_name_stands_for_one_thing() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The lab emulates a node and may use the node's words in its own way.
    for source in sources().iter().filter(|source| source.module != "lab") {
        for (number, line) in &source.code {
            if let Some(name) = type_name(line) {
                let place = format!("{}:{number}", source.path);
                places.entry(name.to_owned()).or_default().push(place);
            }
        }
    }
    assert!(places.len() > 100, "only {} types were seen", places.len());
    places.retain(|_, places| places.len() > 1);
    assert!(
        places.is_empty(),
        "these names stand for several types: {places:#?}"
    );
}

/// The name of a type that other files can see, if the line declares one at module level.
fn type_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?.1,
        None => rest,
    };
    let (kind, rest) = rest.trim_start().split_once(' ')?;
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    ["struct", "enum", "trait", "type"]
        .contains(&kind)
        .then_some(&rest[..end])
}

#[test]
fn visible_types_at_module_level_are_seen() {
    assert_eq!(type_name("pub(super) struct A<'a> {"), Some("A"));
    assert_eq!(type_name("pub enum Kind {"), Some("Kind"));
    assert_eq!(type_name("struct Hidden;"), None);
    assert_eq!(type_name("    pub type Inner = u8;"), None);
}
