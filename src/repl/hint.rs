//! What a person who is writing a call may want to know: how it is called,
//! and what fits where the cursor is.

use std::fmt::Write as _;

use crate::reference::{FieldDoc, Reference};

use super::cursor::Cursor;
use super::slot::{self, Slot};
use super::staging::Staging;

/// A line about the call that is written at the end of `line`.
pub fn hint(reference: &Reference, staging: &Staging, line: &str) -> Option<String> {
    let cursor = Cursor::at(line, line.len());
    let imports = staging.imports();
    let place = slot::place(reference, &cursor.open, &|name| imports.get(name).cloned());
    let Some(place) = place else {
        let call = cursor
            .open
            .iter()
            .rev()
            .find(|open| !open.callee.is_empty())?;
        return signature(staging, call.callee);
    };
    Some(match place.slot {
        Some(Slot::Value(field)) if !is_whole(field) => about(field),
        Some(Slot::Value(_) | Slot::Key(_)) | None => place.entry.usage.to_string(),
    })
}

/// A map says nothing that the call's usage does not.
fn is_whole(field: &FieldDoc) -> bool {
    field.ty == "map"
}

fn about(field: &FieldDoc) -> String {
    let mut text = format!("{}: {}", field.name, field.fits);
    if !field.unit.is_empty() && !field.fits.contains(&*field.unit) {
        let _ = write!(text, ", in {}", field.unit);
    }
    if !field.default.is_empty() {
        let _ = write!(text, "; default {}", field.default);
    }
    if !field.doc.is_empty() {
        let doc = field.doc.split("\n\n").next().unwrap_or_default();
        let _ = write!(text, " · {doc}");
    }
    text
}

/// How a function of the session is called.
fn signature(staging: &Staging, callee: &str) -> Option<String> {
    let (module, name) = callee.rsplit_once("::").unwrap_or(("", callee));
    let functions = staging.functions();
    let is_it = |f: &&crate::script::Signature| f.module == module && f.name == name;
    let function = functions.iter().find(is_it)?;
    Some(format!("{callee}({})", function.params.join(", ")))
}
