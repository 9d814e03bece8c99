//! What the file says of a section, as the vendor's parser reads it; and which
//! sections there are. Only the list of entries looks at staged edits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::document::Document;
use super::grammar;
use super::index::{Element, ElementSite, Entry, SectionSite};
use super::leaf;
use super::outline::Outline;
use super::settings::Setting;
use super::table;
use crate::state::{Section, ValueType};

impl Document {
    /// Where the file has the section, if what it has is read at all.
    pub(super) fn place(&self, section: &Section) -> Option<&SectionSite> {
        self.index.is_read.then(|| self.raw_place(section))?
    }

    /// Where the file has the section.
    pub(super) fn raw_place(&self, section: &Section) -> Option<&SectionSite> {
        let index = &self.index;
        let spot = spot(section);
        let number = match (spot.entry(), section) {
            (Some(kind), Section::Trunk(id)) => {
                index.entries[kind as usize].get(id.to_string().as_str())
            }
            (Some(kind), Section::User(name) | Section::Group(name) | Section::Logging(name)) => {
                index.entries[kind as usize].get(&**name)
            }
            _ => index.first[spot as usize].as_ref(),
        }?;
        Some(&index.places[*number as usize])
    }

    /// A setting's value in the file.
    pub(super) fn read(&self, place: &SectionSite, setting: &Setting) -> Option<Cow<'_, str>> {
        if setting.path.is_empty() {
            return None;
        }
        let leaves = Outline::of(&self.text, place.element).leaves(setting.path);
        self.read_leaves(setting, &leaves)
    }

    /// What equal leaves say together: all of a list, else the first.
    pub(super) fn read_leaves(
        &self,
        setting: &Setting,
        leaves: &[Element],
    ) -> Option<Cow<'_, str>> {
        self.raw(setting, leaves).filter(|value| value != "AS_NULL")
    }

    /// The same, where the null marker is text like any other.
    pub(super) fn raw(&self, setting: &Setting, leaves: &[Element]) -> Option<Cow<'_, str>> {
        let read = |element: &Element| leaf::read(&self.text, *element, &self.index.entities).value;
        if setting.kind != ValueType::Items {
            return read(leaves.first()?);
        }
        let items = leaves.iter().filter_map(read);
        let mut items: Vec<_> = items.filter(|item| item != "AS_NULL").collect();
        // One element with nothing in it says that the list is empty.
        items.first()?;
        items.retain(|item| !item.is_empty());
        Some(Cow::Owned(
            grammar::join_list(&items).unwrap_or_else(|| grammar::join_with('|', &items)),
        ))
    }

    pub(super) fn read_all(
        &self,
        section: &Section,
        element: Element,
    ) -> BTreeMap<u16, Cow<'_, str>> {
        let mut all = self.raw_all(section, element);
        all.retain(|_, value| value != "AS_NULL");
        all
    }

    /// All that a section's element sets, the null marker included.
    pub(super) fn raw_all(
        &self,
        section: &Section,
        element: Element,
    ) -> BTreeMap<u16, Cow<'_, str>> {
        let mut leaves: Vec<(u16, Element)> = Vec::new();
        Outline::of(&self.text, element).walk(|path, element| {
            if let Some(setting) = table::at_path(section, path) {
                leaves.push((setting.order(), element));
            }
        });
        leaves.sort_by_key(|(order, _)| *order);
        let equal = leaves.chunk_by(|one, next| one.0 == next.0);
        equal
            .filter_map(|leaves| {
                let order = leaves.first()?.0;
                let elements: Vec<_> = leaves.iter().map(|(_, element)| *element).collect();
                Some((order, self.raw(table::at(order)?, &elements)?))
            })
            .collect()
    }

    pub(super) fn entries(&self, kind: Entry) -> Vec<Cow<'_, str>> {
        let is_gone = |section: &Section| {
            let stage = self.stages.get(section);
            stage.is_some_and(|stage| stage.is_replaced && !stage.is_ensured)
        };
        let listed = self.numbered(kind);
        let mut names: Vec<_> = listed
            .into_iter()
            .filter_map(|number| self.index.places[number as usize].name.as_deref())
            .filter(|name| !name.is_empty())
            .filter(|name| !named(kind, name).is_none_or(|section| is_gone(&section)))
            .map(Cow::Borrowed)
            .collect();
        let added = self
            .stages
            .iter()
            .filter(|(section, stage)| stage.is_ensured && self.place(section).is_none())
            .filter_map(|(section, _)| name(section, kind));
        names.extend(added);
        names
    }

    fn numbered(&self, kind: Entry) -> Vec<u32> {
        if !self.index.is_read {
            return Vec::new();
        }
        let names = &self.index.entries[kind as usize];
        let mut numbers: Vec<_> = names.values().copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

/// What a section's element is in the file.
pub(super) fn spot(section: &Section) -> ElementSite {
    match section {
        Section::Node => ElementSite::Node,
        Section::User(_) => ElementSite::User,
        Section::Group(_) => ElementSite::Group,
        Section::Trunk(_) => ElementSite::Trunk,
        Section::Server => ElementSite::Server,
        Section::HttpServer => ElementSite::HttpServer,
        Section::CentralServer => ElementSite::CentralServer,
        Section::Client => ElementSite::Client,
        Section::Database => ElementSite::Database,
        Section::Logging(_) => ElementSite::LogSetting,
    }
}

/// The section of that kind and name.
pub(super) fn named(kind: Entry, name: &str) -> Option<Section> {
    Some(match kind {
        Entry::User => Section::User(name.into()),
        Entry::Group => Section::Group(name.into()),
        Entry::Trunk => Section::Trunk(name.parse().ok()?),
        Entry::Log => Section::Logging(name.into()),
    })
}

fn name(section: &Section, kind: Entry) -> Option<Cow<'_, str>> {
    match (kind, section) {
        (Entry::User, Section::User(name))
        | (Entry::Group, Section::Group(name))
        | (Entry::Log, Section::Logging(name)) => Some(Cow::Borrowed(name)),
        (Entry::Trunk, Section::Trunk(id)) => Some(Cow::Owned(id.to_string())),
        _ => None,
    }
}
