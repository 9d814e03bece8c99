//! Gives every error that a script catches the same shape: `kind`, `message` and `hints`.
//!
//! The engine hands its own errors to `catch` as a map of its own making, and what `throw` throws
//! as it is. A variable that holds such a map reads as the error that a script would end with; a
//! thrown string has the three properties itself.

use std::cell::Cell;
use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, ImmutableString, Map};

use crate::fault::FaultKind;

use super::runtime_errors;
use super::values::Caught;

/// Registers both. `has_catch` says whether any text that was compiled catches errors; reading
/// variables costs nothing more where none does.
pub(super) fn register(engine: &mut Engine, has_catch: Rc<Cell<bool>>) {
    #[expect(
        deprecated,
        reason = "the engine marks this hook as one that may change; the version is pinned"
    )]
    engine.on_var(move |name, _, context| {
        if !has_catch.get() {
            return Ok(None);
        }
        let variable = context.scope().get(name);
        let map = variable.and_then(|value| value.as_map_ref().ok());
        Ok(map.and_then(|map| engine_error(&map)))
    });
    engine
        .register_get("kind", |_: &mut ImmutableString| FaultKind::Script.name())
        .register_get("message", |thrown: &mut ImmutableString| thrown.clone())
        .register_get("hints", |_: &mut ImmutableString| Array::new());
}

/// The error that a map of the engine's describes; `None` for every other map.
fn engine_error(map: &Map) -> Option<Dynamic> {
    let text = |key: &str| map.get(key)?.as_immutable_string_ref().ok();
    let message = text("message")?;
    if !text("error")?.starts_with("Error") {
        return None;
    }
    let fault = runtime_errors::caught(&message);
    Some(Dynamic::from(Caught(Rc::new(fault))))
}
