//! How much a script may take, and how that is said: the numbers and the words
//! for them, side by side. What counts is the engine's affair.

use rhai::Engine;

use crate::fault::Fault;

/// Debug builds of the engine have other defaults, so each is said.
pub(super) fn set(engine: &mut Engine) {
    engine
        .set_max_operations(5_000_000)
        .set_max_string_size(1 << 20)
        .set_max_array_size(10_000)
        .set_max_map_size(10_000)
        .set_max_call_levels(64)
        .set_max_expr_depths(64, 32)
        .set_max_modules(64)
        .set_max_functions(1000)
        .set_max_variables(1000);
}

/// `Length of string`, `Size of array/BLOB`, `Size of object map`.
pub(super) fn size(what: &str) -> &'static str {
    match what {
        text if text.contains("string") => "a text of 1 MiB",
        list if list.contains("array") => "a list of 10,000 items, those of inner lists included",
        map if map.contains("map") => "a map of 10,000 entries, those of inner maps included",
        _ => "the size of a value",
    }
}

/// A limit that a run reaches.
pub(super) fn limit(what: &str) -> Fault {
    Fault::script(format!("a script's limit is reached: {what}")).hint(
        "a script that configures a node stays far below it; is there a loop that does not end?",
    )
}

/// A limit that is reached before anything runs.
pub(super) fn too_much(what: &str) -> Fault {
    Fault::usage(format!("a script's limit is reached: {what}"))
}
