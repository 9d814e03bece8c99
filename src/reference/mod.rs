//! The reference manual: every name that a script or a REPL user can write,
//! built from the tables that define those names. It finds and describes
//! entries; `report` renders them.

mod binding_entries;
mod entry;
mod foreign_words;
mod language_pages;
mod lookup;
mod session_commands;
mod setting_entries;

pub use entry::{DocText, EntryKind, FieldDoc, ReferenceEntry, SettingDoc};
pub use foreign_words::ForeignWords;
pub use lookup::LookupResult;
pub use session_commands::{CommandArgument, SESSION_COMMANDS, SessionCommand};

/// All entries of the reference manual.
pub struct Reference {
    entries: Vec<ReferenceEntry>,
}

impl Reference {
    /// Collects the entries in the order of the manual: bindings, `more` (what
    /// only modules above this one know, such as the functions of modules),
    /// guide, recipes, language, REPL commands, settings, words of other languages.
    pub fn new(more: impl IntoIterator<Item = ReferenceEntry>) -> Self {
        let mut entries = binding_entries::entries();
        entries.extend(more);
        entries.extend(language_pages::entries());
        entries.extend(SESSION_COMMANDS.iter().map(SessionCommand::entry));
        entries.extend(setting_entries::entries());
        entries.extend(foreign_words::entries(&entries));
        Self { entries }
    }

    /// Every entry, in the order of the manual.
    pub fn entries(&self) -> &[ReferenceEntry] {
        &self.entries
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = &ReferenceEntry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    /// The members of an entry: bindings of a namespace, functions of a module,
    /// settings of a section.
    pub fn members_of(&self, entry: &ReferenceEntry) -> impl Iterator<Item = &ReferenceEntry> {
        let section = entry
            .sections
            .first()
            .filter(|_| entry.kind == EntryKind::Section);
        let is_topic = entry.kind == EntryKind::Topic;
        self.entries.iter().filter(move |other| {
            if let Some(section) = section {
                return other.kind == EntryKind::Setting && other.sections.contains(section);
            }
            let is_language = matches!(other.kind, EntryKind::Language | EntryKind::Foreign);
            is_language == is_topic && entry.members.contains(&other.name)
        })
    }
}
