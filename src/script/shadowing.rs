//! Refuses functions that would hide native ones. Method calls, and calls in imported modules,
//! find a script's function before the native one, so that it would change code elsewhere.

use std::collections::HashSet;

use rhai::{AST, Engine};

use crate::bindings;
use crate::fault::{Fault, Location, Result};
use crate::source::{FunctionSource, SourceText, functions};

/// Refuses the first function of a script that hides a native one.
pub(super) fn refuse(engine: &Engine, ast: &AST, source: &SourceText) -> Result<()> {
    let natives = same_name_natives(engine, ast);
    let is_native = |name: &str, count| natives.iter().any(|(n, c)| n == name && *c == count);
    match faults(ast, source, is_native).into_iter().next() {
        Some((fault, location)) => Err(fault.at(Some(location))),
        None => Ok(()),
    }
}

/// The faults of functions that hide a native one.
pub(super) fn faults(
    ast: &AST,
    source: &SourceText,
    is_native: impl Fn(&str, usize) -> bool,
) -> Vec<(Fault, Location)> {
    // A method call passes its object as one argument more. A binding hides with any number.
    let hides = |name: &str, count| {
        is_native(name, count) || is_native(name, count + 1) || bindings::find(name).is_some()
    };
    let functions = ast.iter_functions();
    let shadowing: Vec<_> = functions
        .filter(|function| hides(function.name, function.params.len()))
        .collect();
    if shadowing.is_empty() {
        return Vec::new();
    }
    let declarations = Declarations::new(source);
    let faults = shadowing.into_iter().map(|function| {
        let message = format!("the function `{}` hides a built-in function", function.name);
        let fault = Fault::usage(message).hint("give it another name");
        let location = declarations.location(function.name, function.params.len());
        (fault, location)
    });
    faults.collect()
}

/// The native functions whose name a function of the script has, of more than a thousand.
fn same_name_natives(engine: &Engine, ast: &AST) -> Vec<(String, usize)> {
    let names: HashSet<_> = ast.iter_functions().map(|function| function.name).collect();
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            // A function of an earlier input of a session may be defined again.
            let is_native = info.namespace.is_empty() && info.script.is_none();
            let has_name = is_native && names.contains(&metadata.name.as_str());
            has_name.then(|| (metadata.name.to_string(), metadata.num_params))
        },
        true,
    )
}

/// Where the functions of a text are declared, which the engine does not keep.
pub(super) struct Declarations<'a> {
    source: &'a SourceText,
    functions: Vec<FunctionSource<'a>>,
}

impl<'a> Declarations<'a> {
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            functions: functions(&source.text),
        }
    }

    /// The location of a function's name. Line 0 if it is not found.
    pub(super) fn location(&self, name: &str, count: usize) -> Location {
        let mut functions = self.functions.iter();
        let found =
            functions.find(|function| function.name == name && function.params.len() == count);
        match found {
            Some(function) => self.source.location(function.name_start),
            None => Location {
                file: self.source.name.clone(),
                line: 0,
                column: 0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_found_among_others_of_its_name() {
        let text = "// fn len(a)\nfn len(a, b) {}\nlet x = 1; private fn  len (a) { }\n";
        let source = SourceText::new("a.rhai", text);
        let declarations = Declarations::new(&source);
        let location = |count| declarations.location("len", count).to_string();
        assert_eq!(location(1), "a.rhai:3:24");
        assert_eq!(location(3), "a.rhai");
    }
}
