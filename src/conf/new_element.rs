//! New elements: a small tree, and how it is written in the layout around it.

use std::borrow::Cow;

use super::encoding::Encoding;
use super::fragment::Fragment;
use super::grammar;
use super::settings::Setting;
use super::staged::{SectionEdits, StagedValue};
use crate::login;
use crate::state::{SecretText, Section, ValueType};

/// An element to add.
#[derive(Debug)]
pub(super) struct NewElement<'d> {
    name: &'static str,
    /// What it holds, unless it holds other elements.
    content: Option<NewContent<'d>>,
    children: Vec<NewElement<'d>>,
}

/// The content of a new element.
#[derive(Debug)]
pub(super) enum NewContent<'d> {
    Text(Cow<'d, str>),
    /// Text that must not be shown.
    Hidden(&'d str),
    Secret(&'d SecretText),
    /// A whole section. Its elements are built when it is written, and dropped
    /// after that, since a file may get thousands of sections.
    Section(&'d Section, &'d SectionEdits),
}

impl<'d> NewElement<'d> {
    /// Adds an element at that path to `elements`, and its parents where they
    /// are missing.
    pub(super) fn add(elements: &mut Vec<Self>, path: &'static str, content: NewContent<'d>) {
        let Some((name, rest)) = path.split_once('/') else {
            elements.push(Self {
                name: path,
                content: Some(content),
                children: Vec::new(),
            });
            return;
        };
        let is_parent = |element: &&mut Self| element.name == name && element.content.is_none();
        if let Some(parent) = elements.iter_mut().find(is_parent) {
            return Self::add(&mut parent.children, rest, content);
        }
        let mut children = Vec::with_capacity(1);
        Self::add(&mut children, rest, content);
        elements.push(Self {
            name,
            content: None,
            children,
        });
    }

    /// Writes the element, each tag after the line start of its level. Without
    /// line starts, everything is on one line.
    pub(super) fn write(&self, line_starts: &[String], encoding: Encoding, out: &mut Fragment) {
        push_line_start(line_starts, out);
        out.push("<");
        out.push(self.name);
        // The vendor's files have this attribute; a bare rate is one range.
        if self.name == "schedule" {
            out.push(" format=\"ranges\"");
        }
        out.push(">");
        match &self.content {
            None => Self::write_all(&self.children, line_starts, encoding, out),
            Some(NewContent::Section(section, edits)) => {
                let children = section_elements(section, edits);
                Self::write_all(&children, line_starts, encoding, out);
            }
            Some(content) => content.write(encoding, out),
        }
        out.push_end_tag(self.name);
    }

    fn write_all(
        children: &[Self],
        line_starts: &[String],
        encoding: Encoding,
        out: &mut Fragment,
    ) {
        let inside = line_starts.get(1..).unwrap_or_default();
        for child in children {
            child.write(inside, encoding, out);
        }
        if !children.is_empty() {
            push_line_start(line_starts, out);
        }
    }
}

impl<'d> NewContent<'d> {
    /// The content of a setting's element after an edit.
    pub(super) fn of_edit(setting: &Setting, value: &'d StagedValue) -> Self {
        match value {
            StagedValue::Unset => Self::Text(Cow::Borrowed("")),
            StagedValue::Text(text) => Self::of_text(setting, text),
            StagedValue::Secret(secret) => Self::Secret(secret),
        }
    }

    /// The content of a setting's element with that text.
    pub(super) fn of_text(setting: &Setting, text: &'d str) -> Self {
        if setting.is_secret {
            Self::Hidden(text)
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }

    /// The text, where it is known.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Hidden(text) => Some(text),
            Self::Secret(_) | Self::Section(..) => None,
        }
    }

    /// Writes a value, escaped.
    pub(super) fn write(&self, encoding: Encoding, out: &mut Fragment) {
        match self {
            Self::Text(text) => out.push(&encoding.escape(text)),
            Self::Hidden(text) => out.push_masked(&encoding.escape(text), None),
            Self::Secret(value) => match value.alone() {
                Some(secret) => {
                    let reference = secret.to_string();
                    out.push_masked(&encoding.escape(&reference), Some(secret.clone()));
                }
                None => write_url(&value.marked(), encoding, out),
            },
            Self::Section(..) => {}
        }
    }
}

/// Writes a URL with marks in its login, which is shown as in any other URL.
fn write_url(url: &str, encoding: Encoding, out: &mut Fragment) {
    let mut from = 0;
    for login in login::find(url) {
        out.push(&encoding.escape(&url[from..login.start]));
        out.push_masked(&encoding.escape(&url[login.clone()]), None);
        from = login.end;
    }
    out.push(&encoding.escape(&url[from..]));
}

/// The items of a list that is written with one element for each. An empty list
/// is one empty element.
pub(super) fn items(list: &str) -> Vec<&str> {
    let mut items: Vec<_> = grammar::items(list).collect();
    if items.is_empty() {
        items.push("");
    }
    items
}

/// The elements of a new section: its name, then its settings.
fn section_elements<'d>(section: &'d Section, edits: &'d SectionEdits) -> Vec<NewElement<'d>> {
    let mut elements = Vec::with_capacity(1 + edits.values.len());
    if let Some((field, name)) = section.info().name.as_ref().zip(section.name()) {
        NewElement::add(&mut elements, field.element, NewContent::Text(name));
    }
    let placed = edits.values.iter();
    for (setting, value) in placed.filter(|(setting, _)| !setting.path.is_empty()) {
        match value {
            StagedValue::Unset => {}
            StagedValue::Text(text) if setting.kind == ValueType::Items => {
                for item in items(text) {
                    let content = NewContent::of_text(setting, item);
                    NewElement::add(&mut elements, setting.path, content);
                }
            }
            StagedValue::Text(_) | StagedValue::Secret(_) => {
                let content = NewContent::of_edit(setting, value);
                NewElement::add(&mut elements, setting.path, content);
            }
        }
    }
    elements
}

fn push_line_start(line_starts: &[String], out: &mut Fragment) {
    if let Some(start) = line_starts.first() {
        out.push(start);
    }
}
