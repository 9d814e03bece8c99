//! Joins calls that follow each other into what a person would write.

use super::statement::{Expression, FunctionCall, Statement};

/// Functions whose last argument is a map that can be set in one call or in several.
const JOINED: &[&str] = &[
    "conf.set_user",
    "conf.set_group",
    "conf.set_node",
    "conf.set_trunk",
    "conf.set_server",
    "conf.set_fallback",
    "conf.set_central",
    "conf.set_client",
    "conf.set_database",
    "conf.set_logging",
    "account.ensure",
    "dir.ensure",
];

/// Joins the calls of a block.
pub(super) fn merge(statements: Vec<Statement>) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::with_capacity(statements.len());
    for statement in statements {
        let before = merged
            .iter()
            .rposition(|before| *before != Statement::Blank)
            .and_then(|at| match &mut merged[at] {
                Statement::Call(call) => Some(call),
                Statement::Comment(_)
                | Statement::Blank
                | Statement::For { .. }
                | Statement::Fixed(_) => None,
            });
        match (before, statement) {
            (Some(before), Statement::Call(call)) if joins(before, &call) => join(before, call),
            (_, statement) => merged.push(statement),
        }
    }
    merged
}

/// Whether two calls can be one.
fn joins(before: &FunctionCall, call: &FunctionCall) -> bool {
    if before.function != call.function || !JOINED.contains(&call.function) {
        return false;
    }
    let (Some((Expression::Map(set), first)), Some((Expression::Map(more), other))) =
        (before.args.split_last(), call.args.split_last())
    else {
        return false;
    };
    let is_fallback = call.function == "conf.set_fallback";
    let is_set = |(key, _): &(String, Expression)| set.iter().any(|(name, _)| name == key);
    first == other && (is_fallback || !more.iter().any(is_set))
}

fn join(before: &mut FunctionCall, call: FunctionCall) {
    let (Some(Expression::Map(set)), Some(Expression::Map(more))) =
        (before.args.last_mut(), call.args.into_iter().next_back())
    else {
        return;
    };
    for (key, value) in more {
        match set.iter_mut().find(|(name, _)| *name == key) {
            // A port of fallback enables it as well.
            Some((_, Expression::Int(_))) if value == Expression::Bool(true) => {}
            Some((_, earlier)) => *earlier = value,
            None => set.push((key, value)),
        }
    }
}
