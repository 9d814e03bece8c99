//! What a test can expect of a run: one function for each expectation.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::bindings::Value;
use crate::facts::is_met;
use crate::fault::{Fault, Result};
use crate::run::RunRecord;
use crate::state::{Platform, State, Subject, WantedState};
use crate::step::{Advisory, Change, Step, StepKind};

use super::state_literal;
use super::unmet::{Unmet, Verdict, literal};

/// What an expectation is about.
pub struct RunUnderTest<'a> {
    /// The run since the node was given, or the last run of the script.
    pub run: &'a RunRecord,
    /// Notes about the node itself.
    pub notes: Vec<Advisory>,
    /// The operating system of the node.
    pub platform: Platform,
}

/// Checks a run against arguments of the types that the table of bindings
/// requires. A fault means that the arguments make no sense.
pub type Expectation = fn(&RunUnderTest<'_>, &[Value]) -> Result<Verdict>;

/// The expectation of that binding.
pub fn expectation(binding: &str) -> Option<Expectation> {
    Some(match binding {
        "expect.sets" => sets,
        "expect.does_not_touch" => does_not_touch,
        "expect.restarts_exactly" => restarts_exactly,
        "expect.reloads_exactly" => reloads_exactly,
        "expect.advises" => |test, args| Ok(advises(test, text(args))),
        "expect.does_not_advise" => |test, args| Ok(does_not_advise(test, text(args))),
        "expect.changes" => |test, args| Ok(changes(test, args)),
        "expect.nothing_to_do" => |test, _| Ok(nothing_to_do(test)),
        "expect.equal" => |_, args| Ok(equal(args)),
        "expect.that" => |_, args| Ok(that(args)),
        _ => return None,
    })
}

/// Expects a fault of that kind, or with that text in its message.
pub fn fails_with(wanted: &str, fault: Option<&Fault>) -> Verdict {
    let is_expected = |fault: &&Fault| {
        fault.kind().name() == wanted || (!wanted.is_empty() && fault.message().contains(wanted))
    };
    let expected = format!("a fault of the kind, or with the words, {wanted:?}");
    match fault {
        Some(fault) if is_expected(&fault) => Ok(()),
        Some(fault) => {
            let found = format!("{}, of the kind {:?}", fault.message(), fault.kind().name());
            Err(Unmet::new("the script stopped with another fault")
                .expected([expected])
                .found([found]))
        }
        None => Err(Unmet::new("the script did not stop")
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

fn sets(test: &RunUnderTest<'_>, args: &[Value]) -> Result<Verdict> {
    let path = text(args);
    let subject = state_literal::subject(path, test.platform)?;
    let last = all_changes(test.run)
        .filter(|(_, _, change)| change.subject == subject)
        .last();
    let wanted = args.get(1);
    let Some((number, _, change)) = last else {
        let unmet = Unmet::new(format!("no step changes {path}")).expected(wanted.map(literal));
        return Ok(Err(without_change(test.run, &subject, path, unmet)));
    };
    Ok(match wanted {
        Some(wanted) if !agrees(&subject, &change.after, wanted) => {
            let found = format!("{}, by step {number}", text_after(change));
            Err(Unmet::new(format!("{path} ends at another value"))
                .expected([literal(wanted)])
                .found([found]))
        }
        _ => Ok(()),
    })
}

/// Adds what was found instead of a change: the state as it was read, or the
/// subjects that do change.
fn without_change(run: &RunRecord, subject: &Subject, path: &str, unmet: Unmet) -> Unmet {
    let read = run
        .observations
        .iter()
        .find(|read| read.subject == *subject);
    let mut change: Vec<String> = all_changes(run)
        .map(|(_, _, change)| change.subject.to_string())
        .collect();
    change.dedup();
    let unmet = match read {
        Some(read) => unmet.found([format!("{}, and unchanged", state_text(&read.value))]),
        None if change.is_empty() => unmet.found(["no changes at all".to_owned()]),
        None => unmet.found(
            std::iter::once("these change:".to_owned()).chain(change.iter().take(12).cloned()),
        ),
    };
    match read {
        Some(_) => unmet,
        None => unmet.nearest(path, change.iter().map(String::as_str)),
    }
}

/// Whether a state is the one that a value stands for. Of several parts, only
/// those in the value count.
fn agrees(subject: &Subject, after: &WantedState, wanted: &Value) -> bool {
    if let Some(secret) = after.setting_secret() {
        return *wanted == Value::from(after.clone())
            || wanted.text() == Some(after.state.text().unwrap_or(&secret.to_string()))
            || *wanted == Value::Bool(true);
    }
    match (&after.state, wanted) {
        (State::Absent, wanted) => matches!(wanted, Value::Unit | Value::Bool(false)),
        (State::Present, wanted) => *wanted == Value::Bool(true),
        (state @ State::Text(_), wanted) => wanted
            .plain()
            .is_some_and(|wanted| is_met(subject, state, &State::Text(wanted.into()).into())),
        (_, Value::Map(_)) => match (serde_json::to_value(after), serde_json::json!(wanted)) {
            (Ok(Json::Object(state)), Json::Object(wanted)) => wanted
                .iter()
                .all(|(key, value)| state.get(key).unwrap_or(&Json::Null) == value),
            _ => false,
        },
        (_, wanted) => *wanted == Value::Bool(true),
    }
}

/// The state after a change as a test writes it.
fn text_after(change: &Change) -> String {
    match change.after.setting_secret() {
        Some(_) => literal(&Value::from(change.after.clone())),
        None => state_text(&change.after.state),
    }
}

/// A state as a test writes it.
fn state_text(state: &State) -> String {
    if *state == State::Hidden {
        return "a secret that cannot be read".to_owned();
    }
    literal(&Value::from(state.clone()))
}

fn does_not_touch(test: &RunUnderTest<'_>, args: &[Value]) -> Result<Verdict> {
    let path = text(args).trim_end_matches('/');
    state_literal::check_prefix(path)?;
    let below = format!("{path}/");
    let is_below = |change: &Change| {
        let subject = change.subject.to_string();
        subject == path || subject.starts_with(&below)
    };
    let touched = all_changes(test.run).filter(|(_, _, change)| is_below(change));
    let found: Vec<_> = touched
        .map(|(number, _, change)| {
            let (before, after) = (state_text(&change.before), text_after(change));
            format!("step {number}: {}: {before} → {after}", change.subject)
        })
        .collect();
    Ok(expect_none(found, || {
        Unmet::new(format!("{path} is changed"))
    }))
}

fn expect_none(found: Vec<String>, unmet: impl FnOnce() -> Unmet) -> Verdict {
    if found.is_empty() {
        return Ok(());
    }
    Err(unmet().found(found))
}

fn restarts_exactly(test: &RunUnderTest<'_>, args: &[Value]) -> Result<Verdict> {
    let all = test.run.steps.iter().flat_map(Step::restarts);
    services_are(test, args, all.collect(), ["restarted", "no restart"])
}

fn reloads_exactly(test: &RunUnderTest<'_>, args: &[Value]) -> Result<Verdict> {
    let all = test.run.steps.iter().flat_map(Step::reloads);
    services_are(test, args, all.collect(), ["reloaded", "no reload"])
}

/// Compares the services to which something happened, which has these words, with those
/// in the arguments.
fn services_are(
    test: &RunUnderTest<'_>,
    args: &[Value],
    found: BTreeSet<&str>,
    [verb, none]: [&str; 2],
) -> Result<Verdict> {
    let mut wanted = BTreeSet::new();
    if let Some(Value::List(names)) = args.first() {
        for name in names.iter().filter_map(Value::text) {
            state_literal::subject(&format!("service/{name}"), test.platform)?;
            wanted.insert(name);
        }
    }
    if wanted == found {
        return Ok(Ok(()));
    }
    let list = |names: BTreeSet<&str>| match names.len() {
        0 => none.to_owned(),
        _ => names.into_iter().collect::<Vec<_>>().join(", "),
    };
    Ok(Err(Unmet::new(format!("other services are {verb}"))
        .expected([list(wanted)])
        .found([list(found)])))
}

fn ids<'a>(test: &'a RunUnderTest<'_>) -> BTreeSet<&'a str> {
    let all = test.run.all_advisories().chain(&test.notes);
    all.map(|note| &*note.id).collect()
}

fn advises(test: &RunUnderTest<'_>, id: &str) -> Verdict {
    let known = ids(test);
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

fn does_not_advise(test: &RunUnderTest<'_>, id: &str) -> Verdict {
    let all = test.run.all_advisories().chain(&test.notes);
    let found = all
        .filter(|note| note.id == id)
        .map(|note| note.text.to_string());
    expect_none(found.collect(), || {
        Unmet::new(format!("there is a note `{id}`"))
    })
}

fn changes(test: &RunUnderTest<'_>, args: &[Value]) -> Verdict {
    let is_change = |step: &&Step| step.kind == StepKind::Change;
    let found = test.run.steps.iter().filter(is_change).count();
    match args.first() {
        Some(Value::Int(wanted)) if usize::try_from(*wanted).is_ok_and(|n| n == found) => Ok(()),
        wanted => Err(Unmet::new("another number of steps changes something")
            .expected(wanted.map(literal))
            .found([found.to_string()])),
    }
}

fn nothing_to_do(test: &RunUnderTest<'_>) -> Verdict {
    if !test.run.is_pending() {
        return Ok(());
    }
    let steps = test.run.steps.iter().zip(1..);
    let pending = steps.filter(|(step, _)| step.kind != StepKind::Settled);
    let found = pending.map(|(step, number)| format!("step {number}: {}", step_summary(step)));
    Err(Unmet::new("there is something to do").found(found))
}

/// What a step does, in a line.
fn step_summary(step: &Step) -> String {
    match step.changes.first() {
        Some(change) => format!("{} changes {}", step.binding, change.subject),
        None => step.binding.to_string(),
    }
}

fn equal(args: &[Value]) -> Verdict {
    match args {
        [found, wanted] if found != wanted => Err(Unmet::new("these are not equal")
            .expected([literal(wanted)])
            .found([literal(found)])),
        _ => Ok(()),
    }
}

fn that(args: &[Value]) -> Verdict {
    if args.first() == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let why = args.get(1).and_then(Value::text);
    Err(Unmet::new(why.unwrap_or("the condition does not hold")))
}
