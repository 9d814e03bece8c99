//! Finds the argument that a fault is about: from the call at its location down the path of keys.
//! A fault whose path cannot be followed stays at the call.

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;
use crate::fault::{Fault, Location};

use super::library::SourceTexts;
use super::positions::{line_column, location};

/// Points a fault at the argument that it is about, in `ast` or in another source, which is
/// compiled again.
pub(super) fn locate(fault: Fault, ast: &AST, engine: &Engine, sources: &SourceTexts) -> Fault {
    let keys: Vec<&str> = fault.argument().collect();
    let Some(call) = fault.location().filter(|_| !keys.is_empty()) else {
        return fault;
    };
    let exact = if ast.source() == Some(&*call.file) {
        argument(ast, call, &keys)
    } else {
        let text = sources.borrow().get(&*call.file).cloned();
        let ast = text.and_then(|text| engine.compile(&*text).ok());
        ast.and_then(|ast| argument(&ast, call, &keys))
    };
    match exact {
        Some(exact) => fault.at_exactly(exact),
        None => fault,
    }
}

/// The location of the argument that `keys` lead to, from the call at a location.
fn argument(ast: &AST, call_location: &Location, keys: &[&str]) -> Option<Location> {
    let mut found = None;
    ast.walk(&mut |path| {
        let Some(
            ASTNode::Expr(Expr::FnCall(call, position))
            | ASTNode::Stmt(Stmt::FnCall(call, position)),
        ) = path.last()
        else {
            return true;
        };
        if line_column(*position) != Some((call_location.line, call_location.column)) {
            return true;
        }
        found = part(call, keys).map(|part| part.position);
        false
    });
    location(&call_location.file, found?)
}

/// A part of a call's arguments: an argument, an entry of a map, or an item of a list.
pub(super) struct ArgumentPart<'a> {
    /// Where it starts; an entry with its key.
    pub(super) position: Position,
    /// Its value.
    pub(super) value: &'a Expr,
}

/// The part of a call's arguments that `keys` lead to.
pub(super) fn part<'a>(call: &'a FnCallExpr, keys: &[&str]) -> Option<ArgumentPart<'a>> {
    let (first, rest) = keys.split_first()?;
    let path = format!("{}.{}", call.namespace, call.name);
    let binding = bindings::all().find(|row| row.name == path || row.name == call.name.as_str());
    let index = binding.and_then(|row| row.params.iter().position(|param| param.name == *first));
    if let Some(argument) = index.and_then(|index| call.args.get(index)) {
        let whole = ArgumentPart {
            position: argument.position(),
            value: argument,
        };
        return Some(descend(argument, rest).unwrap_or(whole));
    }
    call.args
        .iter()
        .find_map(|argument| descend(argument, keys))
}

/// The part of an expression that `keys` lead to.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only maps and lists have parts"
)]
pub(super) fn descend<'a>(expression: &'a Expr, keys: &[&str]) -> Option<ArgumentPart<'a>> {
    let (first, rest) = keys.split_first()?;
    let part = match expression {
        Expr::Map(entries, _) => {
            let (key, value) = entries.0.iter().find(|(key, _)| key.name == *first)?;
            let position = key.pos;
            ArgumentPart { position, value }
        }
        Expr::Array(items, _) => {
            let value = items.get(first.parse::<usize>().ok()?)?;
            let position = value.position();
            ArgumentPart { position, value }
        }
        _ => return None,
    };
    Some(descend(part.value, rest).unwrap_or(part))
}
