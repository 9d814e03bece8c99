//! Finds the very argument that a fault is about: the call at its place, then
//! down the path of keys. Where the path cannot be followed, the call stands.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use crate::bindings;
use crate::fault::Place;

/// The place of the argument that `keys` lead to, from the call at `place`.
pub(super) fn argument(ast: &AST, place: &Place, keys: &[&str]) -> Option<Place> {
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
        found = follow(call, keys);
        false
    });
    let position = found?;
    Some(Place {
        line: u32::try_from(position.line()?).ok()?,
        column: u32::try_from(position.position()?).ok()?,
        ..place.clone()
    })
}

fn is_at(position: Position, place: &Place) -> bool {
    let number = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok());
    number(position.line()) == Some(place.line) && number(position.position()) == Some(place.column)
}

fn follow(call: &FnCallExpr, keys: &[&str]) -> Option<Position> {
    let (first, rest) = keys.split_first()?;
    let name = format!("{}.{}", call.namespace, call.name);
    let binding = bindings::all().find(|row| row.name == name || row.name == call.name.as_str());
    let index = binding.and_then(|row| row.params.iter().position(|param| param.name == *first));
    if let Some(argument) = index.and_then(|index| call.args.get(index)) {
        return descend(argument, rest).or_else(|| Some(argument.position()));
    }
    call.args
        .iter()
        .find_map(|argument| descend(argument, keys))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only maps and lists have parts"
)]
fn descend(expression: &Expr, keys: &[&str]) -> Option<Position> {
    let (first, rest) = keys.split_first()?;
    match expression {
        Expr::Map(entries, _) => {
            let (key, value) = entries.0.iter().find(|(key, _)| key.name == *first)?;
            descend(value, rest).or(Some(key.pos))
        }
        Expr::Array(items, _) => {
            let item = items.get(first.parse::<usize>().ok()?)?;
            descend(item, rest).or_else(|| Some(item.position()))
        }
        _ => None,
    }
}
