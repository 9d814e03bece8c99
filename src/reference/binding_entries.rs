//! Reference entries of the namespaces, bindings and values in the tables of
//! `bindings`.

use crate::bindings::{self, BINDINGS, Binding, VALUES};

use super::entry::{DocText, EntryKind, FieldDoc, ReferenceEntry, source_list};

/// Each namespace before its bindings, in the order of the table.
pub(super) fn entries() -> Vec<ReferenceEntry> {
    let mut entries = Vec::new();
    for rows in BINDINGS {
        for binding in *rows {
            let (namespace, _) = binding.path();
            let is_listed = |name: &str| {
                entries
                    .iter()
                    .any(|entry: &ReferenceEntry| entry.name == name)
            };
            if let Some(name) = namespace.filter(|name| !is_listed(name)) {
                entries.push(namespace_entry(name));
            }
            entries.push(binding_entry(binding));
        }
    }
    entries.extend(VALUES.iter().map(|value| ReferenceEntry {
        usage: value.usage.into(),
        example: value.example.into(),
        ..ReferenceEntry::new(EntryKind::Value, value.name, value.doc)
    }));
    entries
}

fn namespace_entry(name: &'static str) -> ReferenceEntry {
    let members = bindings::all().filter(|binding| binding.path().0 == Some(name));
    let doc = bindings::namespace_doc(name);
    ReferenceEntry {
        members: members.map(|binding| binding.name.into()).collect(),
        ..ReferenceEntry::new(EntryKind::Namespace, name, doc)
    }
}

fn binding_entry(binding: &'static Binding) -> ReferenceEntry {
    ReferenceEntry {
        usage: binding.usage().into(),
        fields: binding.params.iter().map(FieldDoc::from_param).collect(),
        see: mentioned_bindings(binding),
        example: binding.example.into(),
        sources: source_list(binding.source),
        ..ReferenceEntry::new(EntryKind::Binding, binding.name, binding.doc)
    }
}

/// The other bindings that the description names in backticks.
fn mentioned_bindings(binding: &'static Binding) -> Vec<DocText> {
    let code_spans = binding.doc.split('`').skip(1).step_by(2);
    code_spans
        .filter_map(|code| code.split('(').next())
        .filter(|name| *name != binding.name && bindings::all().any(|row| row.name == *name))
        .map(DocText::Borrowed)
        .collect()
}
