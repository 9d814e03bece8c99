//! What a section is set to: in the file as the vendor's parser reads it, and
//! with the staged edits.

use std::borrow::Cow;
use std::cell::RefCell;

use super::content::{self, Content};
use super::document::Document;
use super::element_kind::ElementKind;
use super::elements::ElementSpan;
use super::grammar;
use super::index::IndexedElement;
use super::section_tree::SectionTree;
use super::settings::{Notice, Setting};
use super::staged::SettingValue;
use super::table;
use crate::login;
use crate::state::{FastMap, SecretText, Section, SectionKind, ValueType};

/// The value that unsets a setting.
pub(super) const NULL: &str = "AS_NULL";

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

    /// Everything set in a section, in the table's order.
    pub fn settings(&self, section: &Section) -> Vec<(&'static Setting, SettingValue<'_>)> {
        self.settings_if(section, &|_| true)
    }

    fn settings_if(
        &self,
        section: &Section,
        is_wanted: &dyn Fn(&Setting) -> bool,
    ) -> Vec<(&'static Setting, SettingValue<'_>)> {
        let unedited = self.unedited_if(section, is_wanted).into_iter();
        let mut all: Vec<_> = unedited
            .filter(|(_, text)| text != NULL)
            .map(|(setting, text)| (setting, SettingValue::of_text(setting, text)))
            .collect();
        if let Some(edits) = self.edits.get(section) {
            let staged = edits.values.iter();
            let staged = staged.filter(|(setting, _)| is_wanted(setting));
            all.extend(
                staged.filter_map(|(setting, staged)| Some((*setting, staged.value(setting)?))),
            );
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
        let is_left = |name: &str| {
            kind.section(name).is_some_and(|section| {
                let edits = self.edits.get(&section);
                edits.is_none_or(|edits| edits.is_ensured || !edits.is_replaced)
            })
        };
        let mut numbers: Vec<u32> = Vec::new();
        if self.index.is_read {
            numbers.extend(self.index.by_name[kind as usize].values());
        }
        numbers.sort_unstable();
        let in_file = numbers.iter();
        let mut names: Vec<_> = in_file
            .filter_map(|number| self.index.outline[*number as usize].name.as_deref())
            .filter(|name| !name.is_empty() && is_left(name))
            .map(Cow::Borrowed)
            .collect();
        let added = self.edits.iter().filter(|(section, edits)| {
            section.kind() == kind && edits.is_ensured && self.section_element(section).is_none()
        });
        names.extend(added.filter_map(|(section, _)| section.name()));
        names
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
        if !self.is_masked {
            return Some(text);
        }
        let word = text.trim().lines().next().unwrap_or_default().trim_end();
        Some(Cow::Owned(word.to_owned()))
    }

    /// Calls `each` with the text of a section, the name of a setting in it that a service
    /// must notice and its raw value, secrets included, in an order that depends only on the
    /// content, and with how it notices that. `reveal` returns the text of a staged secret.
    pub fn noticed_by(
        &self,
        service: &str,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
        each: &mut dyn FnMut(&str, &str, &str, Notice),
    ) {
        let is_noticed = |kind: &SectionKind| kind.info().noticed_by.contains(&service);
        for kind in digest_order().filter(is_noticed) {
            // By row: to ask the table for each of 100,000 users takes long, and so does parsing
            // rows that the file does not have.
            let known = RefCell::new(FastMap::default());
            let notice = |setting: &Setting| {
                let ask = || setting.notice_by(service, kind);
                *known.borrow_mut().entry(setting.row()).or_insert_with(ask)
            };
            let is_noticed = |setting: &Setting| notice(setting).is_some();
            for section in self.sections(kind) {
                let text = section.to_string();
                self.reveal_if(&section, &is_noticed, reveal, &mut |setting, value| {
                    if let Some(notice) = notice(setting) {
                        each(&text, setting.name, value, notice);
                    }
                });
            }
        }
    }

    /// What a service must do to notice those of these settings that are edited; `None` if each
    /// has the value that was read, whatever else is edited.
    pub fn notice_of_edits(
        &self,
        service: &str,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
    ) -> Option<Notice> {
        let read = self.as_read();
        let mut noticed_in = |document: &Self, section: &Section, how: Notice| {
            let kind = section.kind();
            let is_noticed = |setting: &Setting| setting.notice_by(service, kind) == Some(how);
            let mut noticed = Vec::new();
            document.reveal_if(section, &is_noticed, reveal, &mut |setting, value| {
                noticed.push((setting.name, value.to_owned()));
            });
            noticed
        };
        [Notice::Restart, Notice::Reload].into_iter().find(|how| {
            let mut edited = self.edits.keys();
            edited
                .any(|section| noticed_in(self, section, *how) != noticed_in(&read, section, *how))
        })
    }

    fn reveal_if(
        &self,
        section: &Section,
        is_wanted: &dyn Fn(&Setting) -> bool,
        reveal: &mut dyn FnMut(&Setting, &SecretText) -> String,
        each: &mut dyn FnMut(&Setting, &str),
    ) {
        for (setting, value) in self.settings_if(section, is_wanted) {
            let raw = match value {
                SettingValue::Text(text) if !text.contains(login::HIDDEN) => text,
                SettingValue::Secret(secret) => Cow::Owned(reveal(setting, &secret)),
                SettingValue::Text(_) | SettingValue::Hidden => {
                    self.secret_text(section, setting).unwrap_or_default()
                }
            };
            each(setting, &raw);
        }
    }

    /// The sections of a kind that exist, sorted by name.
    pub(super) fn sections(&self, kind: SectionKind) -> Vec<Section> {
        if !kind.is_named() {
            let only = kind.section("").into_iter();
            return only.filter(|section| self.has(section)).collect();
        }
        let names = self.names(kind);
        let mut sections: Vec<_> = names.iter().filter_map(|name| kind.section(name)).collect();
        sections.sort_unstable();
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
        self.value_of(setting, &elements)
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
        elements: &[ElementSpan],
    ) -> Option<Cow<'_, str>> {
        let read = |element: &ElementSpan| self.content(*element).value;
        if setting.kind != ValueType::Items {
            return read(elements.first()?);
        }
        let items = elements.iter().filter_map(read);
        let mut items: Vec<_> = items.filter(|item| item != NULL).collect();
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
        self.unedited_if(section, &|_| true)
    }

    fn unedited_if(&self, section: &Section, is_wanted: &dyn Fn(&Setting) -> bool) -> Values<'_> {
        let edits = self.edits.get(section);
        let Some(element) = self.section_element(section) else {
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
                let elements: Vec<_> = elements.iter().map(|(_, element)| *element).collect();
                Some((setting, self.value_of(setting, &elements)?))
            })
            .collect()
    }
}

/// The kinds of section in the order in which a digest has them. Nodes store
/// such digests, so it never changes.
fn digest_order() -> impl Iterator<Item = SectionKind> {
    use SectionKind::{Group, Logging, Trunk, User};
    let unnamed = SectionKind::all().filter(|kind| !kind.is_named());
    unnamed.chain([Trunk, Logging, Group, User])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_every_kind_of_section() {
        let mut kinds: Vec<_> = digest_order().collect();
        kinds.sort_unstable();
        assert!(kinds.into_iter().eq(SectionKind::all()));
    }
}
