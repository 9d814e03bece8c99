//! Finds the very argument that a fault is about: the call at its place, then
//! down the path of keys. Where the path cannot be followed, the call stands.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;
use crate::fault::Location;

/// The place of the argument that `keys` lead to, from the call at `place`.
pub(super) fn argument(ast: &AST, place: &Location, keys: &[&str]) -> Option<Location> {
    let mut found = None;
    ast.walk(&mut |path| {
        let Some(
            ASTNode::Expr(Expr::FnCall(call, position))
            | ASTNode::Stmt(Stmt::FnCall(call, position)),
        ) = path.last()
        else {
            return true;
        };
        if !is_at(*position, place) {
            return true;
        }
        found = part(call, keys).map(|part| part.at);
        false
    });
    let position: Position = found?;
    Some(Location {
        line: u32::try_from(position.line()?).ok()?,
        column: u32::try_from(position.position()?).ok()?,
        ..place.clone()
    })
}

fn is_at(position: Position, place: &Location) -> bool {
    let number = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok());
    number(position.line()) == Some(place.line) && number(position.position()) == Some(place.column)
}

/// A part of an argument: an entry of a map, an item of a list, or all of it.
pub(super) struct Part<'a> {
    /// Where it starts: an entry with its key.
    pub(super) at: Position,
    /// Its value.
    pub(super) value: &'a Expr,
}

/// The part of a call's arguments that `keys` lead to.
pub(super) fn part<'a>(call: &'a FnCallExpr, keys: &[&str]) -> Option<Part<'a>> {
    let (first, rest) = keys.split_first()?;
    let name = format!("{}.{}", call.namespace, call.name);
    let binding = bindings::all().find(|row| row.name == name || row.name == call.name.as_str());
    let index = binding.and_then(|row| row.params.iter().position(|param| param.name == *first));
    if let Some(argument) = index.and_then(|index| call.args.get(index)) {
        let whole = Part {
            at: argument.position(),
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
pub(super) fn descend<'a>(expression: &'a Expr, keys: &[&str]) -> Option<Part<'a>> {
    let (first, rest) = keys.split_first()?;
    let part = match expression {
        Expr::Map(entries, _) => {
            let (key, value) = entries.0.iter().find(|(key, _)| key.name == *first)?;
            Part { at: key.pos, value }
        }
        Expr::Array(items, _) => {
            let value = items.get(first.parse::<usize>().ok()?)?;
            let at = value.position();
            Part { at, value }
        }
        _ => return None,
    };
    Some(descend(part.value, rest).unwrap_or(part))
}
