//! Properties of editing, for generated files and edits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ascript::conf::{Document, Setting, SettingValue, find};
use ascript::state::Section;
use ascript::state::ValueType;
use proptest::collection::vec;
use proptest::prelude::*;

use super::dom;
use super::inputs::{self, Edit, Tape};
use super::patch;

type Model = BTreeMap<(Section, &'static str), Vec<String>>;

fn setting(section: &Section, name: &str) -> &'static Setting {
    find(section, name).unwrap()
}

fn model(text: &str) -> Model {
    let root = dom::parse(text).unwrap();
    let mut model = Model::new();
    for section in inputs::sections() {
        for (name, path, _) in inputs::settings(&section) {
            let setting = setting(&section, name);
            assert_eq!(setting.path, *path);
            if let Some(value) = dom::read(&root, &section, setting) {
                model.insert((section.clone(), name), value);
            }
        }
    }
    model
}

fn wanted(setting: &Setting, value: &str) -> Option<Vec<String>> {
    let separator = value.chars().next();
    match (setting.kind, separator) {
        _ if value == "AS_NULL" => None,
        (ValueType::Items, Some(separator)) => {
            Some(value[1..].split(separator).map(str::to_owned).collect())
        }
        (ValueType::Items, None) => Some(Vec::new()),
        _ => Some(vec![value.to_owned()]),
    }
}

fn edit(document: &mut Document, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Set(section, name, value) => {
                let value = value.map(|value| SettingValue::Text(Cow::Borrowed(value)));
                document.set(section, setting(section, name), value);
            }
            Edit::Ensure(section) => document.ensure(section),
            Edit::Remove(section) => document.remove(section),
        }
    }
}

fn expect(model: &mut Model, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Set(section, name, value) => {
                let setting = setting(section, name);
                match value.and_then(|value| wanted(setting, value)) {
                    Some(value) => model.insert((section.clone(), name), value),
                    None => model.remove(&(section.clone(), *name)),
                };
            }
            Edit::Ensure(_) => {}
            Edit::Remove(section) => model.retain(|(of, _), _| of != section),
        }
    }
}

fn edited(text: &str, edits: &[Edit]) -> (Document, String) {
    let mut document = Document::parse(text.as_bytes().to_vec()).unwrap();
    edit(&mut document, edits);
    let bytes = String::from_utf8(document.to_bytes()).unwrap();
    (document, bytes)
}

// Whether the server accepts a file, by the rules that generated files can break.
fn is_accepted(text: &str) -> bool {
    let root = dom::parse(text).unwrap();
    let mut names = dom::user_names(&root);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let of = |section: &Section, name: &str| {
        let value = dom::leaves(&root, section, setting(section, name));
        value
            .first()
            .map(|leaf| leaf.value().unwrap_or_else(|| "AS_NULL".into()))
    };
    let sections = inputs::sections();
    names.len() == count
        && !names.contains(&String::new())
        && sections.iter().all(|section| {
            inputs::settings(section).iter().all(|(name, ..)| {
                let value = of(section, name).unwrap_or_default();
                match *name {
                    "read_allowed" | "proxy_enabled" | "trunk_on" => {
                        let known = ["", "true", "false", "yes", "no", "t", "y", "1", "0"];
                        known.contains(&value.to_lowercase().as_str())
                    }
                    "http_port" => !["08", "1.5"].contains(&value.as_str()),
                    _ => value != "08",
                }
            }) && has_valid_cap(section, &|section, name| of(section, name))
        })
}

fn has_valid_cap(section: &Section, of: &dyn Fn(&Section, &str) -> Option<String>) -> bool {
    if !matches!(
        section,
        Section::Node | Section::User(_) | Section::Group(_)
    ) {
        return true;
    }
    let rate = |name: &str| {
        let name = format!("transfer_in_bandwidth_flow_target_rate_{name}");
        let own = |section| of(section, &name).filter(|v| !v.is_empty() && v != "AS_NULL");
        own(section).or_else(|| own(&Section::Node))
    };
    let kbps = |value: &str| match value {
        "Unlimited" => u64::MAX,
        "0x10" => 16,
        "010" => 8,
        other => other.parse().unwrap_or(0),
    };
    let cap = rate("cap").map_or(u64::MAX, |cap| kbps(&cap));
    cap >= rate("default").map_or(10_000, |default| kbps(&default))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_edits_the_bytes_stay(tape in vec(any::<u8>(), 0..300)) {
        let file = inputs::file(&mut Tape(&tape));
        let (document, bytes) = edited(&file, &[]);
        prop_assert_eq!(&bytes, &file);
        prop_assert_eq!(document.diff(), "");
    }

    #[test]
    fn both_readers_agree(tape in vec(any::<u8>(), 0..300)) {
        let file = inputs::file(&mut Tape(&tape));
        let (document, _) = edited(&file, &[]);
        prop_assert_eq!(values(&document), model(&file), "{}", file);
    }

    #[test]
    fn edits_change_only_their_settings(
        tape in vec(any::<u8>(), 0..300),
        changes in vec(any::<u8>(), 0..40),
    ) {
        let file = inputs::file(&mut Tape(&tape));
        let edits = inputs::edits(&mut Tape(&changes));
        let mut model = model(&file);
        expect(&mut model, &edits);
        let (document, bytes) = edited(&file, &edits);
        prop_assert_eq!(&self::model(&bytes), &model, "{:?}\n{}\n{}", edits, file, bytes);
        prop_assert_eq!(&values(&document), &model, "{:?}\n{}", edits, file);
        let again = Document::parse(bytes.clone().into_bytes());
        prop_assert!(again.is_ok_and(|again| values(&again) == model));
    }

    #[test]
    fn the_diff_is_a_patch(
        tape in vec(any::<u8>(), 0..300),
        changes in vec(any::<u8>(), 0..40),
    ) {
        let file = inputs::file(&mut Tape(&tape));
        let edits = inputs::edits(&mut Tape(&changes));
        let (document, bytes) = edited(&file, &edits);
        let diff = document.diff();
        let patched = patch::apply(&file, &diff);
        let shown = format!("{edits:?}\n{file}\n{diff}");
        // The declaration of an entity is not shown.
        if diff.contains('‹') {
            return Ok(());
        }
        prop_assert_eq!(patched, Ok(bytes), "{}", shown);
    }

    #[test]
    fn edits_can_be_undone(
        tape in vec(any::<u8>(), 0..300),
        changes in vec(any::<u8>(), 0..40),
    ) {
        let file = inputs::file(&mut Tape(&tape));
        let before = model(&file);
        let (_, bytes) = edited(&file, &inputs::edits(&mut Tape(&changes)));
        let mut document = Document::parse(bytes.into_bytes()).unwrap();
        for section in inputs::sections() {
            for (name, ..) in inputs::settings(&section) {
                let setting = setting(&section, name);
                let value = before.get(&(section.clone(), *name)).map(|value| joined(setting, value));
                document.set(&section, setting, value.map(|value| SettingValue::Text(value.into())));
            }
        }
        let bytes = String::from_utf8(document.to_bytes()).unwrap();
        prop_assert_eq!(model(&bytes), before);
    }

    #[test]
    fn a_checked_edit_keeps_the_file_accepted(
        tape in vec(any::<u8>(), 0..300),
        changes in vec(any::<u8>(), 0..40),
    ) {
        let file = inputs::file(&mut Tape(&tape));
        if !is_accepted(&file) {
            return Ok(());
        }
        let edits = inputs::edits(&mut Tape(&changes));
        let (document, bytes) = edited(&file, &edits);
        if edits.iter().all(|edit| document.check(edit.section()).is_ok()) {
            prop_assert!(is_accepted(&bytes), "{:?}\n{}\n{}", edits, file, bytes);
        }
    }

    #[test]
    fn one_edit_is_one_splice(
        tape in vec(any::<u8>(), 0..300),
        changes in vec(any::<u8>(), 1..6),
    ) {
        let file = inputs::file(&mut Tape(&tape));
        let edit = inputs::edits(&mut Tape(&changes)).remove(0);
        let Edit::Set(section, name, value) = &edit else { return Ok(()) };
        let setting = setting(section, name);
        if setting.kind == ValueType::Items {
            return Ok(());
        }
        let root = dom::parse(&file).unwrap();
        let leaves = dom::leaves(&root, section, setting);
        let (_, bytes) = edited(&file, std::slice::from_ref(&edit));
        let (removed, added) = changed(&file, &bytes);
        match (leaves.first(), value) {
            (None, None | Some("AS_NULL")) => prop_assert_eq!(&file, &bytes),
            // Only a self-closed element is rewritten.
            (None, Some(_)) => prop_assert!(removed.trim().is_empty() || removed.trim() == "/", "{}", removed),
            (Some(_), None | Some("AS_NULL")) => {
                if leaves.len() == 1 {
                    prop_assert_eq!(added, "", "{}", removed);
                    let (start, end) = leaves[0].span;
                    prop_assert_eq!(solid(removed), solid(&file[start..end]));
                }
            }
            (Some(leaf), Some(_)) => {
                let (start, end) = leaf.span;
                prop_assert_eq!(&bytes[..start], &file[..start]);
                prop_assert!(bytes.ends_with(&file[end..]));
            }
        }
    }
}

/// The number of bytes that are not blank.
fn solid(text: &str) -> usize {
    text.split_whitespace().map(str::len).sum()
}

/// The parts that differ, without the same start and end.
fn changed<'t>(old: &'t str, new: &'t str) -> (&'t str, &'t str) {
    let front = old
        .char_indices()
        .zip(new.chars())
        .find(|((_, a), b)| a != b)
        .map_or(old.len().min(new.len()), |((at, _), _)| at);
    let back: usize = old[front..]
        .chars()
        .rev()
        .zip(new[front..].chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum();
    (&old[front..old.len() - back], &new[front..new.len() - back])
}

fn joined(setting: &Setting, value: &[String]) -> String {
    if setting.kind == ValueType::Items {
        let items = value.iter();
        items.fold(String::new(), |list, item| list + "~" + item.as_str())
    } else {
        value[0].clone()
    }
}

fn values(document: &Document) -> Model {
    let mut model = Model::new();
    for section in inputs::sections() {
        let all = document.settings(&section);
        for (name, ..) in inputs::settings(&section) {
            let setting = setting(&section, name);
            let value = document.get(&section, setting);
            let listed = all.iter().find(|(s, _)| s.name == *name).map(|(_, v)| v);
            assert_eq!(value.as_ref(), listed);
            if let Some(SettingValue::Text(text)) = value {
                model.insert((section.clone(), name), wanted(setting, &text).unwrap());
            }
        }
    }
    model
}
