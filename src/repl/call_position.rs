//! What is expected at a position in a call, by the reference: the keys of a map, or a value.

use crate::reference::{EntryKind, FieldDoc, Reference, ReferenceEntry};
use crate::source::OpenBracket;

/// What is expected.
pub(super) enum Expected<'r> {
    /// One of these keys.
    Key(Vec<&'r FieldDoc>),
    /// A value of this field.
    Value(&'r FieldDoc),
}

/// A position in a call.
pub(super) struct CallPosition<'r> {
    /// The function that is called.
    pub(super) entry: &'r ReferenceEntry,
    /// What is expected, if that is known.
    pub(super) expected: Option<Expected<'r>>,
}

/// Returns the module that an alias stands for.
pub(super) type Imports<'a> = &'a dyn Fn(&str) -> Option<String>;

impl<'r> CallPosition<'r> {
    /// The position inside of these brackets, in the innermost call that the reference knows.
    pub(super) fn find(
        reference: &'r Reference,
        open: &[OpenBracket<'_>],
        imports: Imports<'_>,
    ) -> Option<Self> {
        let index = open.iter().rposition(|open| !open.callee.is_empty())?;
        let entry = function_entry(reference, open[index].callee, imports)?;
        let expected = expected(reference, entry, &open[index..]);
        Some(Self { entry, expected })
    }
}

/// The entry of a called function.
fn function_entry<'r>(
    reference: &'r Reference,
    callee: &str,
    imports: Imports<'_>,
) -> Option<&'r ReferenceEntry> {
    if let Some((alias, name)) = callee.rsplit_once("::") {
        let name = format!("{}::{name}", imports(alias)?);
        return reference
            .of_kind(EntryKind::Function)
            .find(|entry| entry.name == name);
    }
    reference
        .of_kind(EntryKind::Binding)
        .find(|entry| entry.name == callee)
}

fn expected<'r>(
    reference: &'r Reference,
    entry: &'r ReferenceEntry,
    open: &[OpenBracket<'_>],
) -> Option<Expected<'r>> {
    let (call, inner) = open.split_first()?;
    let mut field = None;
    let mut inner = inner.iter();
    if entry.kind == EntryKind::Function {
        // The fields of its entry are the keys of its map.
        let map = inner.next().filter(|open| open.bracket == "#{")?;
        let keys = entry.fields.iter().collect::<Vec<_>>();
        if map.key.is_empty() {
            return Some(Expected::Key(keys));
        }
        field = keys
            .into_iter()
            .find(|field| names(field).any(|name| name == map.key));
    }
    let mut field = field.or_else(|| entry.fields.get(call.index))?;
    for open in inner {
        match open.bracket {
            "#{" => {
                let keys = keys(reference, entry, field);
                if open.key.is_empty() {
                    return Some(Expected::Key(keys));
                }
                field = keys.into_iter().find(|field| field.name == open.key)?;
            }
            "[" => {}
            _ => return None,
        }
    }
    Some(Expected::Value(field))
}

/// The keys of a map: those of the field, else the settings that the function sets.
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

/// The names of a field. Some stand for several, separated by commas.
pub(super) fn names(field: &FieldDoc) -> impl Iterator<Item = &str> {
    field.name.split(", ")
}
