//! Calls that a later call of the same block takes back. With both, each run would change the node
//! twice.

use std::collections::BTreeMap;

use super::draft::{LineId, StatementDraft};
use super::services::restart_binding;
use crate::script_text::Expression;

/// Functions of which each option is set for itself.
const SETTERS: &[&str] = &["account.ensure", "dir.ensure"];

/// Options that a later call adds to.
const ADDED: &[&str] = &["groups"];

/// The options with what a file contains.
const CONTENTS: &[&str] = &["content", "source"];

/// A line of the recipe that a later one takes back, and why the script is without it.
pub(super) type Superseded = (LineId, String);

/// What the calls behind the present one do to a thing.
#[derive(Default)]
struct LaterCalls {
    /// The index of the first of them.
    first: usize,
    /// The options that they set, and the index of the call.
    options: BTreeMap<String, (Expression, usize)>,
    /// The index of a call that writes or removes the whole file.
    whole: Option<usize>,
}

/// Removes from a block what a later call takes back.
pub(super) fn supersede(drafts: &mut Vec<StatementDraft>) -> Vec<Superseded> {
    let mut later: BTreeMap<String, LaterCalls> = BTreeMap::new();
    let mut superseded = Vec::new();
    let mut needless = vec![false; drafts.len()];
    for index in (0..drafts.len()).rev() {
        let Some(subject) = subject(&drafts[index]) else {
            continue;
        };
        let calls = later.entry(subject).or_default();
        let by = match drafts[index]
            .called()
            .map(|(function, _)| function.to_owned())
        {
            Some(name) if name.starts_with("file.") => file(drafts, index, calls),
            Some(name) if name.starts_with("service.") => service(drafts, index, calls),
            _ => options(drafts, index, calls),
        };
        let Some((by, is_needless)) = by else {
            continue;
        };
        needless[index] = is_needless;
        if let Some((_, line)) = drafts[by].lines.first() {
            let why = format!("line {line} sets it again: the last value counts");
            let lines = drafts[index].lines.iter();
            superseded.extend(lines.map(|id| (*id, why.clone())));
        }
    }
    let mut needless = needless.into_iter();
    drafts.retain(|_| !needless.next().unwrap_or(false));
    superseded
}

/// What a call sets, makes or removes.
fn subject(draft: &StatementDraft) -> Option<String> {
    let (function, args) = draft.called()?;
    let kind = match function.split_once('.')? {
        (kind @ ("file" | "service"), _) => kind,
        _ if SETTERS.contains(&function) => function,
        ("conf", set) if set.starts_with("set_") && set != "set_fallback" => function,
        _ => return None,
    };
    let names = args
        .iter()
        .take_while(|arg| !matches!(arg, Expression::Map(_)));
    Some(format!("{kind} {:?}", names.take(1).collect::<Vec<_>>()))
}

/// The options of a call.
fn options_of(draft: &mut StatementDraft) -> Option<&mut Vec<(String, Expression)>> {
    let (_, args) = draft.called_mut()?;
    if let Expression::Map(options) = args.last_mut()? {
        return Some(options);
    }
    None
}

/// Removes options that are set to another value later. Returns the call that does so, and whether
/// nothing is left.
fn options(
    drafts: &mut [StatementDraft],
    index: usize,
    calls: &mut LaterCalls,
) -> Option<(usize, bool)> {
    let options = options_of(&mut drafts[index])?;
    let mut by = None;
    options.retain(|(key, value)| match calls.options.get(key) {
        Some((other, at)) if other != value && !ADDED.contains(&key.as_str()) => {
            by = Some(*at);
            false
        }
        _ => true,
    });
    for (key, value) in options.iter() {
        let set = (value.clone(), index);
        calls.options.insert(key.clone(), set);
    }
    let is_empty = options.is_empty() && by.is_some();
    if is_empty && let Some((_, args)) = drafts[index].called_mut() {
        args.pop();
    }
    let is_conf = drafts[index]
        .called()
        .is_some_and(|(function, _)| function.starts_with("conf."));
    by.map(|by| (by, is_empty && is_conf))
}

/// A file that is written or removed again.
fn file(
    drafts: &mut [StatementDraft],
    index: usize,
    calls: &mut LaterCalls,
) -> Option<(usize, bool)> {
    let function = drafts[index].called()?.0.to_owned();
    let has_content = options_of(&mut drafts[index]).is_some_and(|options| {
        let mut options = options.iter();
        options.any(|(key, _)| CONTENTS.contains(&key.as_str()))
    });
    let by = calls.whole;
    if let Some(by) = by {
        carry(drafts, index, by);
        return Some((by, true));
    }
    if function == "file.remove" && calls.first > index {
        return Some((calls.first, true));
    }
    calls.first = index;
    if has_content || function == "file.remove" {
        calls.whole = Some(index);
    }
    None
}

/// Takes owner, group and mode of a call to the one that writes the file.
fn carry(drafts: &mut [StatementDraft], index: usize, by: usize) {
    let Some(carried) = options_of(&mut drafts[index]).map(|options| options.clone()) else {
        return;
    };
    let carried = carried
        .into_iter()
        .filter(|(key, _)| ["owner", "group", "mode"].contains(&key.as_str()));
    if let Some(options) = options_of(&mut drafts[by]) {
        for (key, value) in carried {
            if !options.iter().any(|(name, _)| *name == key) {
                options.push((key, value));
            }
        }
    }
}

/// A stop of a service that is started later: a restart.
fn service(
    drafts: &mut [StatementDraft],
    index: usize,
    calls: &mut LaterCalls,
) -> Option<(usize, bool)> {
    let start = std::mem::replace(&mut calls.first, index);
    let is_stop = is_switch(&drafts[index], false);
    if !is_stop || start <= index || !is_switch(&drafts[start], true) {
        return None;
    }
    let has_set_conf = drafts[..start].iter().any(|draft| {
        let call = draft.called();
        call.is_some_and(|(function, _)| function.starts_with("conf."))
    });
    let lines = drafts[index].lines.clone();
    if let Some((function, args)) = drafts[start].called_mut() {
        args.truncate(1);
        let name = match args.first() {
            Some(Expression::Text(name)) => name,
            _ => "",
        };
        restart_binding(name, has_set_conf).clone_into(function);
    }
    drafts[start].lines.extend(lines);
    // The answer to the start says so.
    drafts[index].lines.clear();
    Some((start, true))
}

/// Whether a call does nothing but start or stop a service.
fn is_switch(draft: &StatementDraft, running: bool) -> bool {
    let wanted = Expression::map([("running", Expression::Bool(running))]);
    match draft.called() {
        Some(("service.ensure", [_, options])) => *options == wanted,
        _ => false,
    }
}
