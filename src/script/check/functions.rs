//! Rules about a script's functions: none hides a built-in one, none is unused, and a module does
//! not call a function that it was given.

use rhai::{AST, FnCallExpr, Position};

use crate::fault::{Fault, Rule};
use crate::script::shadowing::{self, Declarations};

use super::finding_collector::FindingCollector;
use super::native_functions::NativeFunctions;
use super::script_outline::ScriptOutline;

/// Reports functions that hide a native one.
pub(super) fn check_shadowing(
    ast: &AST,
    natives: &NativeFunctions,
    findings: &mut FindingCollector<'_>,
) {
    let source = findings.source;
    let is_native = |name: &str, count| natives.takes(name, count);
    for (fault, location) in shadowing::faults(ast, source, is_native) {
        let span = source.token_span(source.offset_at(&location));
        findings.add_fault(&fault, Rule::HidesBinding, span);
    }
}

/// Reports functions of a script that nothing calls. Those of a module are called by others, and
/// tests by the test runner.
pub(super) fn check_unused(outline: &ScriptOutline, findings: &mut FindingCollector<'_>) {
    let source = findings.source;
    let declarations = Declarations::new(source);
    for function in &outline.functions {
        let is_exported = outline.is_module && !function.is_private;
        let is_used = outline.mentions(&function.name);
        if is_exported || is_used || function.name.starts_with("test_") {
            continue;
        }
        let location = declarations.location(&function.name, function.count);
        if location.line > 0 {
            let span = source.token_span(source.offset_at(&location));
            let message = format!("the function `{}` is never called", function.name);
            let hint = ["remove it, or call it".to_owned()];
            findings.add(Rule::UnusedFunction, span, message, &hint, None);
        }
    }
}

/// Reports `f.call(…)` in a module: the names in `f` then resolve in the module.
pub(super) fn check_call_in_module(
    call: &FnCallExpr,
    position: Position,
    findings: &mut FindingCollector<'_>,
) {
    if call.name != "call" {
        return;
    }
    let fault = Fault::script("a module calls a function that it was given")
        .hint("names in such a function may resolve in the module; pass values to the module, and call the function in the script");
    findings.add_fault(&fault, Rule::CallInModule, findings.token_at(position));
}
