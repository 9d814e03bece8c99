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
}
