//! What a section is set to: in the file as the vendor's parser reads it, and
//! with the staged edits.

use std::borrow::Cow;
use std::rc::Rc;

use super::content::{self, Content};
use super::document::Document;
use super::element_kind::ElementKind;
use super::elements::ElementSpan;
use super::grammar;
use super::index::IndexedElement;
use super::section_tree::SectionTree;
use super::settings::Setting;
use super::staged::{SettingValue, StagedValue};
use super::table;
use crate::state::{Section, SectionKind, ValueType};

/// The value that unsets a setting.
pub(super) const NULL: &str = "AS_NULL";

/// What a setting is set to, secrets included.
pub(super) enum RawValue<'d> {
    InFile(Cow<'d, str>),
    Staged(&'d StagedValue),
}

impl<'d> RawValue<'d> {
    /// The same without secrets; `None` if it is unset.
    fn shown(self, setting: &Setting) -> Option<SettingValue<'d>> {
        match self {
            Self::InFile(text) => Some(SettingValue::of_text(setting, text)),
            Self::Staged(staged) => staged.value(setting),
        }
    }
}

/// Settings of one section, in the table's order.
pub(super) type Values<'d> = Vec<(&'static Setting, Cow<'d, str>)>;

impl Document {
    /// Whether the section exists.
    pub fn has(&self, section: &Section) -> bool {
        match self.edits.get(section) {
            Some(edits) if edits.is_ensured => true,
            Some(edits) if edits.is_replaced => false,
            Some(_) | None => self.section_element(section).is_some(),
        }
    }

    /// What a setting is set to.
    pub fn get(&self, section: &Section, setting: &'static Setting) -> Option<SettingValue<'_>> {
        let setting = table::of_element(section.kind(), setting);
        if let Some(edits) = self.edits.get(section) {
            if let Some(staged) = edits.find(setting) {
                return staged.value(setting);
            }
            if edits.is_replaced {
                return None;
            }
        }
        let text = self.value_in_file(section, setting)?;
        Some(SettingValue::of_text(setting, text))
    }

    /// The docroot of a section, if it is a path. Others are URLs, or relative paths that only a
    /// transfer resolves.
    pub fn docroot_path(&self, section: &Section) -> Option<Cow<'_, str>> {
        let setting = table::find(section, "absolute")?;
        match self.get(section, setting)? {
            SettingValue::Text(path) if path.starts_with('/') => Some(path),
            SettingValue::Text(_) | SettingValue::Secret(_) | SettingValue::Hidden => None,
        }
    }

    /// Everything set in a section, in the table's order.
    pub fn settings(&self, section: &Section) -> Vec<(&'static Setting, SettingValue<'_>)> {
        let all = self.raw_values(section, self.section_element(section), &|_| true);
        let all = all.into_iter();
        all.filter_map(|(setting, value)| Some((setting, value.shown(setting)?)))
            .collect()
    }

    /// The wanted settings of a section with that element, in the table's order.
    pub(super) fn raw_values(
        &self,
        section: &Section,
        element: Option<&IndexedElement>,
        is_wanted: &dyn Fn(&Setting) -> bool,
    ) -> Vec<(&'static Setting, RawValue<'_>)> {
        let unedited = self.unedited_in(section, element, is_wanted).into_iter();
        let mut all: Vec<_> = unedited
            .filter(|(_, text)| text != NULL)
            .map(|(setting, text)| (setting, RawValue::InFile(text)))
            .collect();
        if let Some(edits) = self.edits.get(section) {
            let staged = edits.values.iter();
            let staged = staged.filter(|(setting, _)| is_wanted(setting));
            all.extend(staged.map(|(setting, staged)| (*setting, RawValue::Staged(staged))));
            all.sort_by_key(|(setting, _)| setting.row());
        }
        all
    }

    /// The names of the users that have an entry: the file's, then staged ones.
    pub fn users(&self) -> Vec<Cow<'_, str>> {
        self.names(SectionKind::User)
    }

    /// The names of the groups that have an entry.
    pub fn groups(&self) -> Vec<Cow<'_, str>> {
        self.names(SectionKind::Group)
    }

    /// The names of the sections of a kind of which a file can hold several.
    pub fn names(&self, kind: SectionKind) -> Vec<Cow<'_, str>> {
        let in_file = self.left_in_file(kind).into_iter();
        let names = in_file.filter_map(|(_, element)| element.name.as_deref());
        let mut names: Vec<_> = names.map(Cow::Borrowed).collect();
        names.extend(self.added(kind).filter_map(Section::name));
        names
    }

    /// The named sections of a kind that the file has and no edit removes, in its order, with
    /// their elements.
    fn left_in_file(&self, kind: SectionKind) -> Vec<(Section, &IndexedElement)> {
        let mut numbers: Vec<u32> = Vec::new();
        if self.index.is_read {
            numbers.extend(self.index.by_name[kind as usize].values());
        }
        numbers.sort_unstable();
        let is_left = |section: &Section| {
            let edits = self.edits.get(section);
            edits.is_none_or(|edits| edits.is_ensured || !edits.is_replaced)
        };
        let mut left = Vec::with_capacity(numbers.len());
        for number in numbers {
            let element = &self.index.outline[number as usize];
            let name = element.name.as_ref().filter(|name| !name.is_empty());
            let section = name.and_then(|name| kind.section(Rc::clone(name)));
            left.extend(section.filter(is_left).map(|section| (section, element)));
        }
        left
    }

    /// The sections of a kind that the edits add to the file.
    fn added(&self, kind: SectionKind) -> impl Iterator<Item = &Section> {
        let added = self.edits.iter().filter(move |(section, edits)| {
            section.kind() == kind && edits.is_ensured && self.section_element(section).is_none()
        });
        added.map(|(section, _)| section)
    }

    /// The raw value in the file with its secrets, which callers may only compare;
    /// in a masked document, with the words that replace them. None where an edit
    /// of it is staged.
    pub fn secret_text(
        &self,
        section: &Section,
        setting: &'static Setting,
    ) -> Option<Cow<'_, str>> {
        if let Some(edits) = self.edits.get(section)
            && (edits.is_replaced || edits.find(setting).is_some())
        {
            return None;
        }
        let text = self.value_in_file(section, setting)?;
        Some(if self.is_masked {
            masked_word(&text)
        } else {
            text
        })
    }

    /// The sections of a kind that exist, sorted by name, with their elements in the file.
    pub(super) fn sections(&self, kind: SectionKind) -> Vec<(Section, Option<&IndexedElement>)> {
        if !kind.is_named() {
            let only = kind.section("").filter(|section| self.has(section));
            let with_element = |section| {
                let element = self.section_element(&section);
                (section, element)
            };
            return only.map(with_element).into_iter().collect();
        }
        let in_file = self.left_in_file(kind).into_iter();
        let in_file = in_file.map(|(section, element)| (section, Some(element)));
        let added = self.added(kind).map(|section| (section.clone(), None));
        let mut sections: Vec<_> = in_file.chain(added).collect();
        sections.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        sections
    }

    /// The section's element, if the server reads the file.
    pub(super) fn section_element(&self, section: &Section) -> Option<&IndexedElement> {
        self.index.is_read.then(|| self.indexed_element(section))?
    }

    /// The section's element, whether or not the server reads the file.
    pub(super) fn indexed_element(&self, section: &Section) -> Option<&IndexedElement> {
        let kind = section.kind();
        match section.name() {
            Some(name) => {
                let number = self.index.by_name[kind as usize].get(&*name)?;
                self.index.outline.get(*number as usize)
            }
            None => self.index.first(ElementKind::of_section(kind)),
        }
    }

    /// A setting's value in the file.
    pub(super) fn value_in_file(
        &self,
        section: &Section,
        setting: &Setting,
    ) -> Option<Cow<'_, str>> {
        let element = self.section_element(section)?;
        if setting.path.is_empty() {
            return None;
        }
        let elements = setting.own_elements(&self.tree(section.kind(), element));
        self.value_of(setting, elements)
            .filter(|value| value != NULL)
    }

    /// What the content of an element means.
    pub(super) fn content(&self, element: ElementSpan) -> Content<'_> {
        content::read(
            &self.text,
            element.inner..element.close,
            &self.index.entities,
        )
    }

    /// The value that elements at a setting's path have together, the null
    /// marker included: all items of a list, otherwise the first.
    pub(super) fn value_of(
        &self,
        setting: &Setting,
        elements: impl IntoIterator<Item = ElementSpan>,
    ) -> Option<Cow<'_, str>> {
        let mut values = elements
            .into_iter()
            .map(|element| self.content(element).value);
        if setting.kind != ValueType::Items {
            return values.next()?;
        }
        let mut items: Vec<_> = values.flatten().filter(|item| item != NULL).collect();
        // One empty element sets an empty list.
        items.first()?;
        items.retain(|item| !item.is_empty());
        Some(Cow::Owned(
            grammar::join_list(&items).unwrap_or_else(|| grammar::join_with('|', &items)),
        ))
    }

    /// What the file sets in a section and no edit replaces, null markers
    /// included.
    pub(super) fn unedited_values(&self, section: &Section) -> Values<'_> {
        self.unedited_in(section, self.section_element(section), &|_| true)
    }

    fn unedited_in(
        &self,
        section: &Section,
        element: Option<&IndexedElement>,
        is_wanted: &dyn Fn(&Setting) -> bool,
    ) -> Values<'_> {
        let edits = self.edits.get(section);
        let Some(element) = element else {
            return Values::new();
        };
        if edits.is_some_and(|edits| edits.is_replaced) {
            return Values::new();
        }
        let mut values = self.values_in(&self.tree(section.kind(), element), is_wanted);
        values.retain(|(setting, _)| edits.is_none_or(|edits| edits.find(setting).is_none()));
        values
    }

    fn values_in(
        &self,
        tree: &SectionTree<'_>,
        is_wanted: &dyn Fn(&Setting) -> bool,
    ) -> Values<'_> {
        let mut elements: Vec<(&'static Setting, ElementSpan)> = Vec::new();
        for number in tree.numbers() {
            if let Some(setting) = tree.setting(number)
                && is_wanted(setting)
                && setting.label(tree, number).is_none()
            {
                elements.push((setting, tree.span(number)));
            }
        }
        elements.sort_by_key(|(setting, _)| setting.row());
        let same_setting = elements.chunk_by(|one, next| one.0.row() == next.0.row());
        same_setting
            .filter_map(|elements| {
                let setting = elements.first()?.0;
                let elements = elements.iter().map(|(_, element)| *element);
                Some((setting, self.value_of(setting, elements)?))
            })
            .collect()
    }
}

/// The word that replaces a secret in a masked document.
pub(super) fn masked_word(text: &str) -> Cow<'static, str> {
    let word = text.trim().lines().next().unwrap_or_default().trim_end();
    Cow::Owned(word.to_owned())
}
