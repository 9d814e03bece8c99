//! Joins calls that follow each other into what a person would write.

use super::services::restart_binding;
use crate::script_text::{Expression, Statement};

/// Whether the last argument of a function is a map that can be set in one call or in several.
fn is_joinable(function: &str) -> bool {
    function.starts_with("conf.set_") || ["account.ensure", "dir.ensure"].contains(&function)
}

/// Joins the calls of a block, and a stop with the start after it. Removes needless empty lines.
pub(super) fn merge(statements: Vec<Statement>) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::with_capacity(statements.len());
    let mut has_set_conf = false;
    for statement in statements {
        let call = called(&statement);
        has_set_conf |= call.is_some_and(|(function, _)| function.starts_with("conf."));
        let last = merged
            .iter()
            .rposition(|before| *before != Statement::Blank);
        let is_after_blank = last.is_none_or(|at| at + 1 < merged.len());
        if is_after_blank && statement == Statement::Blank {
            continue;
        }
        let before = last.map(|at| &mut merged[at]);
        match before {
            Some(before) if is_restart(before, &statement) => restart(before, has_set_conf),
            Some(before) if joins(before, &statement) => join(before, statement),
            _ => merged.push(statement),
        }
    }
    if merged.last() == Some(&Statement::Blank) {
        merged.pop();
    }
    merged
}

/// The function that a statement calls, and the arguments.
fn called(statement: &Statement) -> Option<(&str, &[Expression])> {
    match statement {
        Statement::Expression(Expression::Call(function, args)) => Some((function, args)),
        Statement::Expression(_)
        | Statement::Comment(_)
        | Statement::Blank
        | Statement::Let(..)
        | Statement::Loop { .. } => None,
    }
}

/// Whether a service is stopped and started again.
fn is_restart(before: &Statement, statement: &Statement) -> bool {
    let running = |statement: &Statement, flag: bool| match called(statement) {
        Some(("service.ensure", [name, options])) => {
            let wanted = Expression::map([("running", Expression::Bool(flag))]);
            (*options == wanted).then(|| name.clone())
        }
        _ => None,
    };
    let stopped = running(before, false);
    stopped.is_some() && stopped == running(statement, true)
}

/// Makes a restart of a stop.
fn restart(stop: &mut Statement, has_set_conf: bool) {
    let Statement::Expression(Expression::Call(function, args)) = stop else {
        return;
    };
    args.truncate(1);
    let name = match args.first() {
        Some(Expression::Text(name)) => name,
        _ => "",
    };
    restart_binding(name, has_set_conf).clone_into(function);
}

/// The arguments before a map of options, and the map, which may be missing.
fn split_options(args: &[Expression]) -> (&[Expression], &[(String, Expression)]) {
    match args.split_last() {
        Some((Expression::Map(options), first)) => (first, options),
        _ => (args, &[]),
    }
}

/// Whether two calls can be one.
fn joins(before: &Statement, statement: &Statement) -> bool {
    let (Some((function, args)), Some((other, more))) = (called(before), called(statement)) else {
        return false;
    };
    let ((first, set), (others, more)) = (split_options(args), split_options(more));
    let is_fallback = function == "conf.set_fallback";
    let is_set = |(key, _): &(String, Expression)| set.iter().any(|(name, _)| name == key);
    let is_same = function == other && is_joinable(function) && first == others;
    is_same && (is_fallback || !more.iter().any(is_set))
}

fn join(before: &mut Statement, statement: Statement) {
    let (
        Statement::Expression(Expression::Call(_, args)),
        Statement::Expression(Expression::Call(_, mut more)),
    ) = (before, statement)
    else {
        return;
    };
    let Some(options @ Expression::Map(_)) = more.pop() else {
        return;
    };
    let Some(Expression::Map(set)) = args.last_mut() else {
        return args.push(options);
    };
    let Expression::Map(options) = options else {
        return;
    };
    for (key, value) in options {
        match set.iter_mut().find(|(name, _)| *name == key) {
            // A port of fallback enables it as well.
            Some((_, Expression::Int(_))) if value == Expression::Bool(true) => {}
            Some((_, earlier)) => *earlier = value,
            None => set.push((key, value)),
        }
    }
}
