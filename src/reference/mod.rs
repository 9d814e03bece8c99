//! The reference: every name a script can use, from the tables that give it
//! its meaning. It finds and describes; how a page looks is not its business.

mod bound;
mod entry;
mod search;
mod settings;

pub use entry::{Entry, EntryKind, Field, InFile, Text};
pub use search::Found;

/// All that can be looked up.
pub struct Reference {
    entries: Vec<Entry>,
}

impl Reference {
    /// The tables' own entries, with those that only other rooms know, such as
    /// the functions of modules: bindings first, then `more`, then settings.
    pub fn new(more: impl IntoIterator<Item = Entry>) -> Self {
        let mut entries = bound::entries();
        entries.extend(more);
        entries.extend(settings::entries());
        Self { entries }
    }

    /// Every entry, in the order of the manual.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of one kind.
    pub fn of(&self, kind: EntryKind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    /// The entries below one: bindings of a namespace, functions of a module,
    /// settings of a section.
    pub fn below(&self, entry: &Entry) -> impl Iterator<Item = &Entry> {
        let section = entry
            .sections
            .first()
            .filter(|_| entry.kind == EntryKind::Section);
        self.entries.iter().filter(move |other| match section {
            Some(section) => other.kind == EntryKind::Setting && other.sections.contains(section),
            None => entry.members.contains(&other.name),
        })
    }
}
