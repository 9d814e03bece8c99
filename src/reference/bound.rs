//! Entries of what the bindings' table has: namespaces, bindings, values.

use crate::bindings::{self, BINDINGS, Binding, VALUES};

use super::entry::{Entry, EntryKind, Field, Text, sources};

/// Each namespace before what it has, in the order of the table.
pub(super) fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    for rows in BINDINGS {
        for binding in *rows {
            let (namespace, _) = binding.path();
            let is_known = |name: &str| entries.iter().any(|entry: &Entry| entry.name == name);
            if let Some(name) = namespace.filter(|name| !is_known(name)) {
                entries.push(of_namespace(name));
            }
            entries.push(of_binding(binding));
        }
    }
    entries.extend(VALUES.iter().map(|value| Entry {
        usage: value.usage.into(),
        example: value.example.into(),
        ..Entry::new(EntryKind::Value, value.name, value.doc)
    }));
    entries
}

fn of_namespace(name: &'static str) -> Entry {
    let members = bindings::all().filter(|binding| binding.path().0 == Some(name));
    let doc = bindings::namespace_doc(name);
    Entry {
        members: members.map(|binding| binding.name.into()).collect(),
        ..Entry::new(EntryKind::Namespace, name, doc)
    }
}

fn of_binding(binding: &'static Binding) -> Entry {
    Entry {
        usage: binding.usage().into(),
        fields: binding.params.iter().map(Field::of).collect(),
        see: near(binding),
        example: binding.example.into(),
        sources: sources(binding.source),
        ..Entry::new(EntryKind::Binding, binding.name, binding.doc)
    }
}

/// The bindings that its text names.
fn near(binding: &'static Binding) -> Vec<Text> {
    let codes = binding.doc.split('`').skip(1).step_by(2);
    codes
        .filter_map(|code| code.split('(').next())
        .filter(|name| *name != binding.name && bindings::all().any(|row| row.name == *name))
        .map(Text::Borrowed)
        .collect()
}
