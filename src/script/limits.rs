//! The limits of a script: the numbers, and the messages about them.

use rhai::Engine;

use crate::data_file;
use crate::fault::Fault;

/// How many variables there may be at a time.
pub(super) const MAX_VARIABLES: usize = 1000;

/// Sets every limit: the engine's defaults differ between debug and release builds.
pub(super) fn set(engine: &mut Engine) {
    engine
        .set_max_operations(5_000_000)
        .set_max_string_size(data_file::MAX_TEXT)
        .set_max_array_size(data_file::MAX_ITEMS)
        // The maps of all rows of a table count together: 10,000 rows of 10 columns.
        .set_max_map_size(data_file::MAX_ENTRIES)
        .set_max_call_levels(64)
        .set_max_expr_depths(64, 32)
        .set_max_modules(64)
        .set_max_functions(1000)
        .set_max_variables(MAX_VARIABLES);
}

/// The limit of what a script can pass to a binding.
pub(super) const ARGUMENT_DEPTH: &str = "64 levels of lists and maps in an argument";

/// Names the limit that `Length of string`, `Size of array/BLOB` or `Size of object map` exceeds.
pub(super) fn size(what: &str) -> &'static str {
    match what {
        text if text.contains("string") => "a string of 1 MiB",
        list if list.contains("array") => "a list of 10,000 items, including those of inner lists",
        map if map.contains("map") => "a map of 100,000 entries, including those of inner maps",
        _ => "the size of a value",
    }
}

/// The fault of a limit that a run exceeds.
pub(super) fn exceeded(limit: &str) -> Fault {
    Fault::script(format!("the script exceeds a limit: {limit}"))
        .hint("scripts that configure a node stay far below it; check for a loop that does not end")
}

/// The fault of a limit that a script's text exceeds.
pub(super) fn exceeded_in_text(limit: &str) -> Fault {
    Fault::usage(format!("the script exceeds a limit: {limit}"))
}
