//! What a script's functions are held to: none hides a built-in one, none is
//! idle, and a module calls none that it was given.

use rhai::{AST, FnCallExpr, Position};

use crate::fault::{Fault, Rule};
use crate::script::shadowing;

use super::found::Found;
use super::natives::Natives;
use super::outline::Outline;

/// Functions that share a name with a native one.
pub(super) fn shadowing(ast: &AST, natives: &Natives, found: &mut Found<'_>) {
    let text = found.text;
    let hides = |name: &str, count| natives.takes(name, count);
    for (fault, place) in shadowing::faults(ast, &text.whole, &text.name, hides) {
        let span = text.word(text.at(place.line as usize, place.column as usize));
        found.value(&fault, Rule::HidesBinding, span, None);
    }
}

/// Functions of a script that nothing calls. A module's are called by others,
/// and a test's by whoever runs tests.
pub(super) fn unused(outline: &Outline, found: &mut Found<'_>) {
    for function in &outline.functions {
        let is_for_others = outline.is_module && !function.is_private;
        let is_used = outline.mentioned.contains(&function.name);
        if is_for_others || is_used || function.name.starts_with("test_") {
            continue;
        }
        let text = found.text;
        let place = shadowing::declaration(&text.whole, &function.name, function.count, &text.name);
        if place.line > 0 {
            let span = text.word(text.at(place.line as usize, place.column as usize));
            let message = format!("the function `{}` is never called", function.name);
            let hint = ["take it out, or call it".to_owned()];
            found.add(Rule::UnusedFunction, span, message, &hint, None);
        }
    }
}

/// `f.call(…)` in a module: what `f` says then means what it means there.
pub(super) fn call_in_module(call: &FnCallExpr, position: Position, found: &mut Found<'_>) {
    if call.name != "call" {
        return;
    }
    let span = found.text.word(found.text.offset(position));
    let fault = Fault::script("a module calls a function that it was given")
        .hint("such a function may see the module's names instead of its own; give the module values, and call the function in the script");
    found.value(&fault, Rule::CallInModule, span, None);
}
