//! Refuses functions that would hide native ones. A function of a script is
//! seen by calls inside imported modules, and by calls with a dot; one that
//! hides a native function changes code elsewhere.

use rhai::{AST, Engine};

use crate::bindings;
use crate::fault::{Fault, Location, Result};

/// Refuses the first function of a compiled text that hides a native one.
pub(super) fn refuse(engine: &Engine, ast: &AST, text: &str, file: &str) -> Result<()> {
    let natives = natives(engine, ast);
    let is_native = |name: &str, count| natives.iter().any(|(n, c)| n == name && *c == count);
    match faults(ast, text, file, is_native).into_iter().next() {
        Some((fault, place)) => Err(fault.at(Some(place))),
        None => Ok(()),
    }
}

/// The functions that hide a native one.
pub(super) fn faults(
    ast: &AST,
    text: &str,
    file: &str,
    is_native: impl Fn(&str, usize) -> bool,
) -> Vec<(Fault, Location)> {
    let hides = |name: &str, count| {
        is_native(name, count) || is_native(name, count + 1) || is_binding(name)
    };
    let functions = ast.iter_functions();
    let shadowing = functions.filter(|function| hides(function.name, function.params.len()));
    let told = shadowing.map(|function| {
        let (name, count) = (function.name, function.params.len());
        let fault = Fault::usage(format!(
            "the function `{name}` would hide a built-in one of that name"
        ))
        .hint("give it another name");
        (fault, declaration(text, name, count, file))
    });
    told.collect()
}

/// A call of a binding is one, whatever the number of its arguments.
fn is_binding(name: &str) -> bool {
    bindings::find(name).is_some()
}

/// The native functions that share a name with one of the script's, out of
/// well over a thousand.
fn natives(engine: &Engine, ast: &AST) -> Vec<(String, usize)> {
    let names: Vec<_> = ast.iter_functions().map(|function| function.name).collect();
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            // What an earlier line of a session defined may be defined anew.
            let is_native = info.namespace.is_empty() && info.script.is_none();
            let is_named_so = is_native && names.contains(&metadata.name.as_str());
            is_named_so.then(|| (metadata.name.to_string(), metadata.num_params))
        },
        true,
    )
}

/// Where the function is declared. The engine keeps no place of it, so it is
/// looked for in the text; a line of 0 says that it was not found.
pub(super) fn declaration(text: &str, name: &str, count: usize, file: &str) -> Location {
    let found = text.match_indices("fn ").find_map(|(start, word)| {
        let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let before = &text[line_start..start];
        let rest = &text[start + word.len()..];
        let at = start + word.len() + (rest.len() - rest.trim_start().len());
        let is_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_it = !is_word && !before.contains("//") && is_declared(&text[at..], name, count);
        is_it.then(|| {
            let line = text[..at].matches('\n').count() + 1;
            let column = text[line_start..at].chars().count() + 1;
            (line, column)
        })
    });
    let (line, column) = found.unwrap_or_default();
    Location {
        file: file.into(),
        line: u32::try_from(line).unwrap_or_default(),
        column: u32::try_from(column).unwrap_or_default(),
    }
}

/// Whether `text` starts with `name(…)` and so many parameters.
fn is_declared(text: &str, name: &str, count: usize) -> bool {
    let params = text
        .strip_prefix(name)
        .and_then(|rest| rest.trim_start().strip_prefix('('))
        .and_then(|rest| rest.split_once(')'));
    params.is_some_and(|(params, _)| {
        let given = params.split(',').filter(|param| !param.trim().is_empty());
        given.count() == count
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_found_among_others_of_its_name() {
        let text = "// fn len(a)\nfn len(a, b) {}\nlet x = 1; private fn  len (a) { }\n";
        let place = declaration(text, "len", 1, "a.rhai");
        assert_eq!(place.to_string(), "a.rhai:3:24");
        assert_eq!(declaration(text, "len", 3, "a.rhai").to_string(), "a.rhai");
    }
}
