//! What fits at a place in a line, by the reference: the keys of a map, or a
//! value of a known kind.

use crate::reference::{EntryKind, FieldDoc, Reference, ReferenceEntry};

use super::cursor::Open;

/// What fits.
pub(super) enum Slot<'r> {
    /// One of these keys.
    Key(Vec<&'r FieldDoc>),
    /// A value of that kind.
    Value(&'r FieldDoc),
}

/// The call that a place belongs to, and what fits there.
pub(super) struct CompletionSlot<'r> {
    /// What is called.
    pub(super) entry: &'r ReferenceEntry,
    /// What fits; nothing where that is not known.
    pub(super) slot: Option<Slot<'r>>,
}

/// Gives the module that a name was imported from.
pub(super) type Imports<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The place inside of these brackets.
pub(super) fn place<'r>(
    reference: &'r Reference,
    open: &[Open<'_>],
    imports: Imports<'_>,
) -> Option<CompletionSlot<'r>> {
    let index = open.iter().rposition(|open| !open.callee.is_empty())?;
    let entry = entry(reference, open[index].callee, imports)?;
    let slot = slot(reference, entry, &open[index..]);
    Some(CompletionSlot { entry, slot })
}

/// The page of what is called by that name.
pub(super) fn entry<'r>(
    reference: &'r Reference,
    callee: &str,
    imports: Imports<'_>,
) -> Option<&'r ReferenceEntry> {
    if let Some((module, name)) = callee.rsplit_once("::") {
        let name = format!("{}::{name}", imports(module)?);
        return reference
            .of_kind(EntryKind::Function)
            .find(|entry| entry.name == name);
    }
    reference
        .of_kind(EntryKind::Binding)
        .find(|entry| entry.name == callee)
}

fn slot<'r>(
    reference: &'r Reference,
    entry: &'r ReferenceEntry,
    open: &[Open<'_>],
) -> Option<Slot<'r>> {
    let (call, inner) = open.split_first()?;
    let mut field = None;
    let mut inner = inner.iter();
    if entry.kind == EntryKind::Function {
        // What its page lists are the keys of its map.
        let map = inner.next().filter(|open| open.bracket == "#{")?;
        let keys = entry.fields.iter().collect::<Vec<_>>();
        if map.key.is_empty() {
            return Some(Slot::Key(keys));
        }
        field = keys
            .into_iter()
            .find(|field| names(field).any(|name| name == map.key));
    }
    let mut field = field.or_else(|| entry.fields.get(call.nth))?;
    for open in inner {
        match open.bracket {
            "#{" => {
                let keys = keys(reference, entry, field);
                if open.key.is_empty() {
                    return Some(Slot::Key(keys));
                }
                field = keys.into_iter().find(|field| field.name == open.key)?;
            }
            "[" => {}
            _ => return None,
        }
    }
    Some(Slot::Value(field))
}

/// The keys of a map: those it lists, else the settings that the call sets.
fn keys<'r>(
    reference: &'r Reference,
    entry: &ReferenceEntry,
    field: &'r FieldDoc,
) -> Vec<&'r FieldDoc> {
    if !field.fields.is_empty() || field.ty != "map" {
        return field.fields.iter().collect();
    }
    let settings = reference.of_kind(EntryKind::Setting);
    settings
        .filter(|setting| setting.see.contains(&entry.name))
        .flat_map(|setting| &setting.fields)
        .collect()
}

/// The names of a field; some stand for several, separated by commas.
pub(super) fn names(field: &FieldDoc) -> impl Iterator<Item = &str> {
    field.name.split(", ")
}
