//! Joins calls that follow each other into what a person would write.

use super::draft::StatementDraft;
use crate::script_text::Expression;

/// Whether the last argument of a function is a map that can be set in one call or in several.
fn is_joinable(function: &str) -> bool {
    function.starts_with("conf.set_")
        || ["account.ensure", "dir.ensure", "file.ensure"].contains(&function)
}

/// Joins the calls of a block. Removes needless empty lines.
pub(super) fn merge(drafts: Vec<StatementDraft>) -> Vec<StatementDraft> {
    let mut merged: Vec<StatementDraft> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let last = merged.iter().rposition(|before| !before.is_blank());
        let is_after_blank = last.is_none_or(|at| at + 1 < merged.len());
        if is_after_blank && draft.is_blank() {
            continue;
        }
        match last.map(|at| &mut merged[at]) {
            Some(before) if joins(before, &draft) => join(before, draft),
            _ => merged.push(draft),
        }
    }
    if merged.last().is_some_and(StatementDraft::is_blank) {
        merged.pop();
    }
    merged
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
