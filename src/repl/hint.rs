//! The hint behind the line that is being typed: the usage of the call, or what the value at the
//! cursor may be.

use std::fmt::Write as _;

use crate::reference::{FieldDoc, Reference};
use crate::script::FunctionSignature;
use crate::source::Cursor;

use super::call_position::{CallPosition, Expected};
use super::staging::Staging;

/// The hint about the call at the end of `line`.
pub fn hint(reference: &Reference, staging: &Staging, line: &str) -> Option<String> {
    let cursor = Cursor::at(line, line.len());
    let imports = staging.imports();
    let imports = |alias: &str| imports.get(alias).cloned();
    let Some(position) = CallPosition::find(reference, &cursor.open, &imports) else {
        let mut open = cursor.open.iter().rev();
        let call = open.find(|open| !open.callee.is_empty())?;
        return signature(staging, call.callee);
    };
    Some(match position.expected {
        // The usage of the call says as much about a map.
        Some(Expected::Value(field)) if field.ty != "map" => describe(field),
        Some(Expected::Value(_) | Expected::Key(_)) | None => position.entry.usage.to_string(),
    })
}

fn describe(field: &FieldDoc) -> String {
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

/// The signature of a function of the session.
fn signature(staging: &Staging, callee: &str) -> Option<String> {
    let (module, name) = callee.rsplit_once("::").unwrap_or(("", callee));
    let functions = staging.functions();
    let is_it = |f: &&FunctionSignature| f.module == module && f.name == name;
    let function = functions.iter().find(is_it)?;
    Some(format!("{callee}({})", function.params.join(", ")))
}
