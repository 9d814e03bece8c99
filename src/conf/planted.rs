//! What a section holds that the file has not yet: its name, then what was
//! staged for it. Where the section goes is decided elsewhere.

use std::borrow::Cow;

use super::branch::{Branch, Content};
use super::document::{Stage, Staged};
use super::grammar;
use super::settings::Setting;
use super::table;
use crate::state::{Section, ValueType};

/// What stands in the section's element.
pub(super) fn planted<'d>(section: &'d Section, stage: &'d Stage) -> Vec<Branch<'d>> {
    let mut branches = Vec::with_capacity(1 + stage.values.len());
    if let Some((name, text)) = selector(section) {
        Branch::add(&mut branches, name, Content::Text(text));
    }
    for (order, staged) in &stage.values {
        let Some(setting) = table::at(*order).filter(|s| !s.path.is_empty()) else {
            continue;
        };
        match staged {
            Staged::Gone => {}
            Staged::Text(text) if setting.kind == ValueType::Items => {
                for item in items(text) {
                    Branch::add(&mut branches, setting.path, text_of(setting, item));
                }
            }
            Staged::Text(_) | Staged::Secret(_) => {
                Branch::add(&mut branches, setting.path, content(setting, staged));
            }
        }
    }
    branches
}

fn selector(section: &Section) -> Option<(&'static str, Cow<'_, str>)> {
    match section {
        Section::User(name) | Section::Group(name) => Some(("name", Cow::Borrowed(name))),
        Section::Trunk(id) => Some(("id", id.to_string().into())),
        Section::Logging(classes) => Some(("classes", Cow::Borrowed(classes))),
        Section::Node
        | Section::Server
        | Section::HttpServer
        | Section::CentralServer
        | Section::Client
        | Section::Database => None,
    }
}

/// The items of a list. An empty list is one empty element: it is set, and has
/// no items.
pub(super) fn items(list: &str) -> Vec<&str> {
    let mut items: Vec<_> = grammar::items(list).collect();
    if items.is_empty() {
        items.push("");
    }
    items
}

/// What a leaf says after that edit.
pub(super) fn content<'d>(setting: &Setting, staged: &'d Staged) -> Content<'d> {
    match staged {
        Staged::Gone => Content::Text("".into()),
        Staged::Text(text) => text_of(setting, text),
        Staged::Secret(secret) => Content::Secret(secret),
    }
}

/// What a leaf says that has that text.
pub(super) fn text_of<'d>(setting: &Setting, text: &'d str) -> Content<'d> {
    if setting.is_secret {
        Content::Hidden(text)
    } else {
        Content::Text(text.into())
    }
}
