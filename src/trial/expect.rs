//! What a test can expect of a run: one function an expectation, over what was
//! seen and done.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::bindings::Value;
use crate::facts::is_met;
use crate::fault::{Fault, Result};
use crate::run::RunRecord;
use crate::state::{Platform, State, Subject, WantedState};
use crate::step::{Advisory, Change, Step, StepKind};
use crate::tools;

use super::facts;
use super::unmet::{Judged, Unmet, written};

/// What an expectation looks at.
pub struct Seen<'a> {
    /// What was seen and done since the node was given, or since the script
    /// ran last.
    pub run: &'a RunRecord,
    /// Notes about the node itself.
    pub notes: Vec<Advisory>,
    /// The operating system of the node.
    pub platform: Platform,
}

/// Judges a run by arguments that the table of bindings has checked; a fault
/// where they cannot be meant.
pub type Expectation = fn(&Seen<'_>, &[Value]) -> Result<Judged>;

/// The expectation that a binding stands for, where it is about a run.
pub fn expectation(binding: &str) -> Option<Expectation> {
    Some(match binding {
        "expect.sets" => sets,
        "expect.does_not_touch" => does_not_touch,
        "expect.restarts_exactly" => restarts_exactly,
        "expect.advises" => |seen, args| Ok(advises(seen, text(args))),
        "expect.does_not_advise" => |seen, args| Ok(does_not_advise(seen, text(args))),
        "expect.changes" => |seen, args| Ok(changes(seen, args)),
        "expect.nothing_to_do" => |seen, _| Ok(nothing_to_do(seen)),
        "expect.equal" => |_, args| Ok(equal(args)),
        "expect.that" => |_, args| Ok(that(args)),
        _ => return None,
    })
}

/// Whether a fault is the one that a test expects: of that kind, or with that
/// in its message.
pub fn fails_with(wanted: &str, fault: Option<&Fault>) -> Judged {
    let is_it = |fault: &&Fault| {
        fault.kind().name() == wanted || (!wanted.is_empty() && fault.message().contains(wanted))
    };
    let expected = format!("a fault of the kind, or with the words, {wanted:?}");
    match fault {
        Some(fault) if is_it(&fault) => Ok(()),
        Some(fault) => {
            let found = format!("{}, of the kind {:?}", fault.message(), fault.kind().name());
            Err(Unmet::new("it stops with another fault")
                .expected([expected])
                .found([found]))
        }
        None => Err(Unmet::new("it does not stop")
            .expected([expected])
            .found(["no fault".to_owned()])),
    }
}

fn text(args: &[Value]) -> &str {
    args.first().and_then(Value::text).unwrap_or_default()
}

fn all_changes(run: &RunRecord) -> impl Iterator<Item = (usize, &Step, &Change)> {
    let steps = run.steps.iter().zip(1..);
    steps.flat_map(|(step, number)| {
        step.changes
            .iter()
            .map(move |change| (number, step, change))
    })
}

fn sets(seen: &Seen<'_>, args: &[Value]) -> Result<Judged> {
    let path = text(args);
    let subject = facts::subject(path, seen.platform)?;
    let last = all_changes(seen.run)
        .filter(|(_, _, change)| change.subject == subject)
        .last();
    let wanted = args.get(1);
    let Some((number, _, change)) = last else {
        let unmet = Unmet::new(format!("no step moves {path}")).expected(wanted.map(written));
        return Ok(Err(unmoved(seen.run, &subject, path, unmet)));
    };
    Ok(match wanted {
        Some(wanted) if !agrees(&subject, &change.after, wanted) => {
            let found = format!("{}, by step {number}", told_after(change));
            Err(Unmet::new(format!("{path} ends at another value"))
                .expected([written(wanted)])
                .found([found]))
        }
        _ => Ok(()),
    })
}

/// Says what there is instead of a move: the fact as it was read, the subjects
/// that do move.
fn unmoved(run: &RunRecord, subject: &Subject, path: &str, unmet: Unmet) -> Unmet {
    let read = run
        .observations
        .iter()
        .find(|seen| seen.subject == *subject);
    let mut change: Vec<String> = all_changes(run)
        .map(|(_, _, change)| change.subject.to_string())
        .collect();
    change.dedup();
    let unmet = match read {
        Some(read) => unmet.found([format!("{} before, and left so", told(&read.value))]),
        None if change.is_empty() => unmet.found(["no moves at all".to_owned()]),
        None => unmet.found(
            std::iter::once("these move:".to_owned()).chain(change.iter().take(12).cloned()),
        ),
    };
    match read {
        Some(_) => unmet,
        None => unmet.nearest(path, change.iter().map(String::as_str)),
    }
}

/// Whether a fact is what a test means by that value: of several parts those
/// that it names.
fn agrees(subject: &Subject, after: &WantedState, wanted: &Value) -> bool {
    if let Some(secret) = after.setting_secret() {
        return *wanted == Value::Secret(secret.clone())
            || wanted.text() == Some(&*secret.to_string())
            || *wanted == Value::Bool(true);
    }
    match (&after.state, wanted) {
        (State::Absent, wanted) => matches!(wanted, Value::Unit | Value::Bool(false)),
        (State::Present, wanted) => *wanted == Value::Bool(true),
        (fact @ State::Text(_), wanted) => wanted
            .plain()
            .is_some_and(|wanted| is_met(subject, fact, &State::Text(wanted.into()).into())),
        (_, Value::Map(_)) => match (serde_json::to_value(after), serde_json::json!(wanted)) {
            (Ok(Json::Object(fact)), Json::Object(wanted)) => wanted
                .iter()
                .all(|(key, value)| fact.get(key).unwrap_or(&Json::Null) == value),
            _ => false,
        },
        (_, wanted) => *wanted == Value::Bool(true),
    }
}

/// The state after a change as a test writes it.
fn told_after(change: &Change) -> String {
    match change.after.setting_secret() {
        Some(_) => written(&Value::from(change.after.clone())),
        None => told(&change.after.state),
    }
}

/// A fact as a test writes it.
fn told(fact: &State) -> String {
    if *fact == State::Hidden {
        return "a secret that is not shown".to_owned();
    }
    written(&Value::from(fact.clone()))
}

fn does_not_touch(seen: &Seen<'_>, args: &[Value]) -> Result<Judged> {
    let path = text(args).trim_end_matches('/');
    facts::prefix(path)?;
    let below = format!("{path}/");
    let is_below = |change: &Change| {
        let subject = change.subject.to_string();
        subject == path || subject.starts_with(&below)
    };
    let touched = all_changes(seen.run).filter(|(_, _, change)| is_below(change));
    let found: Vec<_> = touched
        .map(|(number, _, change)| {
            let (before, after) = (told(&change.before), told_after(change));
            format!("step {number}: {}: {before} → {after}", change.subject)
        })
        .collect();
    Ok(none(found, || Unmet::new(format!("{path} is touched"))))
}

fn none(found: Vec<String>, unmet: impl FnOnce() -> Unmet) -> Judged {
    if found.is_empty() {
        return Ok(());
    }
    Err(unmet().found(found))
}

fn restarts_exactly(seen: &Seen<'_>, args: &[Value]) -> Result<Judged> {
    let mut wanted = BTreeSet::new();
    if let Some(Value::List(names)) = args.first() {
        for name in names.iter().filter_map(Value::text) {
            facts::subject(&format!("service/{name}"), seen.platform)?;
            wanted.insert(name.to_owned());
        }
    }
    let found: BTreeSet<_> = seen
        .run
        .steps
        .iter()
        .flat_map(|step| restarted(step, seen.platform))
        .collect();
    if wanted == found {
        return Ok(Ok(()));
    }
    let list = |names: BTreeSet<String>| match names.len() {
        0 => "no restart".to_owned(),
        _ => names.into_iter().collect::<Vec<_>>().join(", "),
    };
    Ok(Err(Unmet::new("other services restart")
        .expected([list(wanted)])
        .found([list(found)])))
}

/// The services that a step restarts.
fn restarted(step: &Step, platform: Platform) -> Vec<String> {
    if step.commands.is_empty() {
        return Vec::new();
    }
    let change = step
        .changes
        .iter()
        .filter_map(|change| change.subject.service());
    let acted = tools::service_names(platform).iter().filter(|name| {
        let restart = tools::restart(platform, name);
        restart.is_ok_and(|commands| commands == step.commands)
    });
    change.chain(acted.copied()).map(str::to_owned).collect()
}

fn ids<'a>(seen: &'a Seen<'_>) -> BTreeSet<&'a str> {
    let all = seen.run.all_advisories().chain(&seen.notes);
    all.map(|note| &*note.id).collect()
}

fn advises(seen: &Seen<'_>, id: &str) -> Judged {
    let known = ids(seen);
    if known.contains(id) {
        return Ok(());
    }
    let unmet = Unmet::new(format!("there is no note `{id}`"));
    if known.is_empty() {
        return Err(unmet.found(["no notes at all".to_owned()]));
    }
    let list: Vec<_> = known.iter().copied().collect();
    Err(unmet.nearest(id, known).found([list.join(", ")]))
}

fn does_not_advise(seen: &Seen<'_>, id: &str) -> Judged {
    let all = seen.run.all_advisories().chain(&seen.notes);
    let found = all
        .filter(|note| note.id == id)
        .map(|note| note.text.to_string());
    none(found.collect(), || {
        Unmet::new(format!("there is a note `{id}`"))
    })
}

fn changes(seen: &Seen<'_>, args: &[Value]) -> Judged {
    let is_change = |step: &&Step| step.kind == StepKind::Change;
    let found = seen.run.steps.iter().filter(is_change).count();
    match args.first() {
        Some(Value::Int(wanted)) if usize::try_from(*wanted).is_ok_and(|n| n == found) => Ok(()),
        wanted => Err(Unmet::new("another number of steps changes something")
            .expected(wanted.map(written))
            .found([found.to_string()])),
    }
}

fn nothing_to_do(seen: &Seen<'_>) -> Judged {
    if !seen.run.is_pending() {
        return Ok(());
    }
    let steps = seen.run.steps.iter().zip(1..);
    let pending = steps.filter(|(step, _)| step.kind != StepKind::Settled);
    let found = pending.map(|(step, number)| format!("step {number}: {}", about(step)));
    Err(Unmet::new("there is something to do").found(found))
}

/// What a step does, in a line.
fn about(step: &Step) -> String {
    match step.changes.first() {
        Some(change) => format!("{} moves {}", step.binding, change.subject),
        None => step.binding.to_string(),
    }
}

fn equal(args: &[Value]) -> Judged {
    match args {
        [found, wanted] if found != wanted => Err(Unmet::new("these are not equal")
            .expected([written(wanted)])
            .found([written(found)])),
        _ => Ok(()),
    }
}

fn that(args: &[Value]) -> Judged {
    if args.first() == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let why = args.get(1).and_then(Value::text);
    Err(Unmet::new(why.unwrap_or("the condition does not hold")))
}
