//! Which calls of bindings tests reach, by their locations in the text. Every step, note and
//! refusal of a script comes from one; code that only computes is not counted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rhai::{AST, ASTNode, Expr, Position, RhaiFunc, Stmt};

use crate::bindings;
use crate::trial::{Coverage, Spot};

use super::super::bind::{register_rows, session_function};
use super::super::host::Host;
use super::super::positions::line_column;

/// The calls that were reached: the source, and the position in it.
pub(super) type Reached = Rc<RefCell<BTreeSet<(String, Spot)>>>;

/// Records each call of a binding from now on.
pub(super) fn watch(host: &mut Host, reached: &Reached) {
    let rows = bindings::all().filter(|binding| !binding.is_for_tests());
    let (slot, meter) = (Rc::clone(&host.slot), Rc::clone(&host.meter));
    register_rows(&mut host.engine, rows, &|binding| {
        recorded(
            session_function(binding, Rc::clone(&slot), Rc::clone(&meter)),
            Rc::clone(reached),
        )
    });
}

/// A function that records its calls.
fn recorded(function: RhaiFunc, reached: Reached) -> RhaiFunc {
    let RhaiFunc::Pure { func, .. } = function else {
        return function;
    };
    RhaiFunc::Pure {
        func: Rc::new(move |context, args| {
            if let Some(context) = &context
                && let Some(spot) = spot(context.call_position())
            {
                let source = context.call_source().unwrap_or_default();
                reached.borrow_mut().insert((source.to_owned(), spot));
            }
            func(context, args)
        }),
        has_context: true,
        is_pure: true,
        is_volatile: true,
    }
}

/// How much of a script, and of the modules it imported, was reached.
pub(super) fn covered(host: &Host, reached: &Reached) -> Vec<Coverage> {
    let main = host.script.short_name();
    let sources = host.sources.borrow();
    let covered = sources.iter().filter_map(|(name, text)| {
        let compiled = (name != main).then(|| host.engine.compile(&**text));
        let calls = match compiled {
            None => calls(&host.ast),
            Some(Ok(module)) => calls(&module),
            Some(Err(_)) => return None,
        };
        Some(covered_source(name, text, &calls, reached))
    });
    covered.collect()
}

fn covered_source(
    name: &str,
    text: &Rc<str>,
    calls: &BTreeSet<Spot>,
    reached: &Reached,
) -> Coverage {
    let reached = reached.borrow();
    let is_missed = |spot: &&Spot| !reached.contains(&(name.to_owned(), **spot));
    Coverage {
        source: name.to_owned(),
        text: Rc::clone(text),
        missed: calls.iter().filter(is_missed).copied().collect(),
        calls: calls.len(),
    }
}

/// The calls of bindings in a text, without those in its tests.
fn calls(ast: &AST) -> BTreeSet<Spot> {
    let tests = tests(ast);
    let mut calls = BTreeSet::new();
    ast.walk(&mut |path| {
        if let Some(spot) = path.last().and_then(binding_call)
            && !tests
                .iter()
                .any(|(start, end)| (start..=end).contains(&&spot))
        {
            calls.insert(spot);
        }
        true
    });
    calls
}

/// The position of a call of a binding that is not for tests.
fn binding_call(node: &ASTNode<'_>) -> Option<Spot> {
    let (ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position))) =
        node
    else {
        return None;
    };
    let is_it = |name: &str| match name.split_once('.') {
        Some((namespace, name)) => call.name == name && call.namespace.to_string() == namespace,
        None => call.name == name && call.namespace.is_empty(),
    };
    let binding = bindings::all().find(|binding| is_it(binding.name))?;
    spot(*position).filter(|_| !binding.is_for_tests())
}

/// The start and end of each test's body.
fn tests(ast: &AST) -> Vec<(Spot, Spot)> {
    let functions = ast.shared_lib().iter_script_fn_info();
    let tests = functions.filter(|(_, _, name, _, _)| name.starts_with("test_"));
    let bodies = tests.filter_map(|(_, _, _, _, function)| {
        let start = spot(function.body.start_position())?;
        Some((start, spot(function.body.end_position())?))
    });
    bodies.collect()
}

fn spot(position: Position) -> Option<Spot> {
    let (line, column) = line_column(position)?;
    Some(Spot { line, column })
}

#[cfg(test)]
mod tests {
    use rhai::Engine;

    use super::*;

    #[test]
    fn calls_outside_of_tests_are_counted() {
        let text = "fn f() { advise(\"x\"); }\nfn test_f() { f(); advise(\"y\"); }\nif false { advise(\"z\"); }\n";
        let engine = Engine::new();
        let lines: Vec<_> = calls(&engine.compile(text).unwrap())
            .into_iter()
            .map(|spot| (spot.line, spot.column))
            .collect();
        assert_eq!(lines, [(1, 10), (3, 12)]);
    }
}
