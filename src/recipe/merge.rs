//! Joins calls that follow each other into what a person would write.

use super::draft::StatementDraft;
use super::services::restart_binding;
use crate::script_text::Expression;

/// Whether the last argument of a function is a map that can be set in one call or in several.
fn is_joinable(function: &str) -> bool {
    function.starts_with("conf.set_")
        || ["account.ensure", "dir.ensure", "file.ensure"].contains(&function)
}

/// Joins the calls of a block, and a stop with the start after it. Removes needless empty lines.
pub(super) fn merge(drafts: Vec<StatementDraft>) -> Vec<StatementDraft> {
    let mut merged: Vec<StatementDraft> = Vec::with_capacity(drafts.len());
    let mut has_set_conf = false;
    for draft in drafts {
        let call = draft.called();
        has_set_conf |= call.is_some_and(|(function, _)| function.starts_with("conf."));
        let last = merged.iter().rposition(|before| !before.is_blank());
        let is_after_blank = last.is_none_or(|at| at + 1 < merged.len());
        if is_after_blank && draft.is_blank() {
            continue;
        }
        match last.map(|at| &mut merged[at]) {
            Some(before) if is_restart(before, &draft) => restart(before, draft, has_set_conf),
            Some(before) if joins(before, &draft) => join(before, draft),
            _ => merged.push(draft),
        }
    }
    if merged.last().is_some_and(StatementDraft::is_blank) {
        merged.pop();
    }
    merged
}

/// Whether a service is stopped and started again.
fn is_restart(before: &StatementDraft, draft: &StatementDraft) -> bool {
    let running = |draft: &StatementDraft, flag: bool| match draft.called() {
        Some(("service.ensure", [name, options])) => {
            let wanted = Expression::map([("running", Expression::Bool(flag))]);
            (*options == wanted).then(|| name.clone())
        }
        _ => None,
    };
    let stopped = running(before, false);
    stopped.is_some() && stopped == running(draft, true)
}

/// Makes a restart of a stop and the start after it.
fn restart(stop: &mut StatementDraft, start: StatementDraft, has_set_conf: bool) {
    let Some((function, args)) = stop.called_mut() else {
        return;
    };
    args.truncate(1);
    let name = match args.first() {
        Some(Expression::Text(name)) => name,
        _ => "",
    };
    restart_binding(name, has_set_conf).clone_into(function);
    stop.lines.extend(start.lines);
}

/// The arguments before a map of options, and the map, which may be missing.
fn split_options(args: &[Expression]) -> (&[Expression], &[(String, Expression)]) {
    match args.split_last() {
        Some((Expression::Map(options), first)) => (first, options),
        _ => (args, &[]),
    }
}

/// Whether two calls can be one.
fn joins(before: &StatementDraft, draft: &StatementDraft) -> bool {
    let (Some((function, args)), Some((other, more))) = (before.called(), draft.called()) else {
        return false;
    };
    let ((first, set), (others, more)) = (split_options(args), split_options(more));
    let is_fallback = function == "conf.set_fallback";
    let is_set = |(key, _): &(String, Expression)| set.iter().any(|(name, _)| name == key);
    let is_same = function == other && is_joinable(function) && first == others;
    is_same && (is_fallback || !more.iter().any(is_set))
}

fn join(before: &mut StatementDraft, mut draft: StatementDraft) {
    let (Some((_, args)), Some((_, more))) = (before.called_mut(), draft.called_mut()) else {
        return;
    };
    if let Some(Expression::Map(options)) = more.pop() {
        add_options(args, options);
    }
    before.lines.extend(draft.lines);
}

fn add_options(args: &mut Vec<Expression>, options: Vec<(String, Expression)>) {
    let Some(Expression::Map(set)) = args.last_mut() else {
        return args.push(Expression::Map(options));
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
