//! What a test can expect of a run: one function an expectation, over what was
//! seen and done.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::bindings::Value;
use crate::facts::shows;
use crate::fault::{Fault, Result};
use crate::journal::{Journal, Summary};
use crate::state::{Fact, Platform, Subject, gathered};
use crate::step::{Advisory, Kind, Move, Step};
use crate::tools;

use super::facts;
use super::unmet::{Judged, Unmet, written};

/// What an expectation looks at.
pub struct Seen<'a> {
    /// What was seen and done since the node was given, or since the script
    /// ran last.
    pub journal: &'a Journal,
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
        fault.kind().word() == wanted || (!wanted.is_empty() && fault.message().contains(wanted))
    };
    let expected = format!("a fault of the kind, or with the words, {wanted:?}");
    match fault {
        Some(fault) if is_it(&fault) => Ok(()),
        Some(fault) => {
            let found = format!("{}, of the kind {:?}", fault.message(), fault.kind().word());
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

fn moves(journal: &Journal) -> impl Iterator<Item = (usize, &Step, &Move)> {
    let steps = journal.steps.iter().zip(1..);
    steps.flat_map(|(step, number)| step.moves.iter().map(move |moved| (number, step, moved)))
}

fn sets(seen: &Seen<'_>, args: &[Value]) -> Result<Judged> {
    let path = text(args);
    let subject = facts::subject(path, seen.platform)?;
    let last = moves(seen.journal)
        .filter(|(_, _, moved)| moved.subject == subject)
        .last();
    let wanted = args.get(1);
    let Some((number, _, moved)) = last else {
        let unmet = Unmet::new(format!("no step moves {path}")).expected(wanted.map(written));
        return Ok(Err(unmoved(seen.journal, &subject, path, unmet)));
    };
    Ok(match wanted {
        Some(wanted) if !agrees(&subject, &moved.after, wanted) => {
            let found = format!("{}, by step {number}", told(&moved.after));
            Err(Unmet::new(format!("{path} ends at another value"))
                .expected([written(wanted)])
                .found([found]))
        }
        _ => Ok(()),
    })
}

/// Says what there is instead of a move: the fact as it was read, the subjects
/// that do move.
fn unmoved(journal: &Journal, subject: &Subject, path: &str, unmet: Unmet) -> Unmet {
    let read = journal
        .observations
        .iter()
        .find(|seen| seen.subject == *subject);
    let mut moved: Vec<String> = moves(journal)
        .map(|(_, _, moved)| moved.subject.to_string())
        .collect();
    moved.dedup();
    let unmet = match read {
        Some(read) => unmet.found([format!("{} before, and left so", told(&read.value))]),
        None if moved.is_empty() => unmet.found(["no moves at all".to_owned()]),
        None => unmet
            .found(std::iter::once("these move:".to_owned()).chain(moved.iter().take(12).cloned())),
    };
    match read {
        Some(_) => unmet,
        None => unmet.nearest(path, moved.iter().map(String::as_str)),
    }
}

/// Whether a fact is what a test means by that value: of several parts those
/// that it names.
fn agrees(subject: &Subject, fact: &Fact, wanted: &Value) -> bool {
    match (fact, wanted) {
        (Fact::Absent, wanted) => matches!(wanted, Value::Unit | Value::Bool(false)),
        (Fact::Present, wanted) => *wanted == Value::Bool(true),
        (Fact::Secret(secret), Value::Secret(wanted)) => secret == wanted,
        (Fact::Secret(secret), Value::Text(wanted)) => *secret.to_string() == **wanted,
        (Fact::Text(_), wanted) => wanted
            .plain()
            .is_some_and(|wanted| shows(subject, fact, &Fact::Text(wanted.into()))),
        (fact, Value::Map(_)) => match (serde_json::to_value(fact), serde_json::json!(wanted)) {
            (Ok(Json::Object(fact)), Json::Object(wanted)) => wanted
                .iter()
                .all(|(key, value)| fact.get(key).unwrap_or(&Json::Null) == value),
            _ => false,
        },
        (_, wanted) => *wanted == Value::Bool(true),
    }
}

/// A fact as a test writes it.
fn told(fact: &Fact) -> String {
    if *fact == Fact::Hidden {
        return "a secret that is not shown".to_owned();
    }
    written(&Value::from(fact.clone()))
}

fn does_not_touch(seen: &Seen<'_>, args: &[Value]) -> Result<Judged> {
    let path = text(args).trim_end_matches('/');
    facts::prefix(path)?;
    let below = format!("{path}/");
    let is_below = |moved: &Move| {
        let subject = moved.subject.to_string();
        subject == path || subject.starts_with(&below)
    };
    let touched = moves(seen.journal).filter(|(_, _, moved)| is_below(moved));
    let found: Vec<_> = touched
        .map(|(number, _, moved)| {
            let (before, after) = (told(&moved.before), told(&moved.after));
            format!("step {number}: {}: {before} → {after}", moved.subject)
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
        .journal
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
    let moved = step
        .moves
        .iter()
        .filter_map(|moved| moved.subject.service());
    let acted = tools::service_names(platform).iter().filter(|name| {
        let restart = tools::restart(platform, name);
        restart.is_ok_and(|commands| commands == step.commands)
    });
    gathered(moved.chain(acted.copied()).map(str::to_owned))
}

fn ids<'a>(seen: &'a Seen<'_>) -> BTreeSet<&'a str> {
    let all = seen.journal.all_advisories().chain(&seen.notes);
    gathered(all.map(|note| &*note.id))
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
    let all = seen.journal.all_advisories().chain(&seen.notes);
    let found = all
        .filter(|note| note.id == id)
        .map(|note| note.text.to_string());
    none(found.collect(), || {
        Unmet::new(format!("there is a note `{id}`"))
    })
}

fn changes(seen: &Seen<'_>, args: &[Value]) -> Judged {
    let is_change = |step: &&Step| step.kind == Kind::Change;
    let found = seen.journal.steps.iter().filter(is_change).count();
    match args.first() {
        Some(Value::Int(wanted)) if usize::try_from(*wanted).is_ok_and(|n| n == found) => Ok(()),
        wanted => Err(Unmet::new("another number of steps changes something")
            .expected(wanted.map(written))
            .found([found.to_string()])),
    }
}

fn nothing_to_do(seen: &Seen<'_>) -> Judged {
    if !Summary::of(seen.journal).is_pending() {
        return Ok(());
    }
    let steps = seen.journal.steps.iter().zip(1..);
    let pending = steps.filter(|(step, _)| step.kind != Kind::Settled);
    let found = pending.map(|(step, number)| format!("step {number}: {}", about(step)));
    Err(Unmet::new("there is something to do").found(found))
}

/// What a step does, in a line.
fn about(step: &Step) -> String {
    match step.moves.first() {
        Some(moved) => format!("{} moves {}", step.binding, moved.subject),
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
