//! Performs a plan to the letter, after its premises were read again.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json};

use crate::fault::{Fault, FaultKind, Result};
use crate::run::RunRecord;
use crate::session::Session;
use crate::state::{State, Subject, WantedState};

/// Performs exactly the steps of a plan whose premises were checked.
pub fn apply(plan: &RunRecord, session: &mut Session) -> Result<()> {
    for advisory in &plan.advisories {
        session.advise(advisory.clone());
    }
    plan.steps
        .iter()
        .try_for_each(|step| session.perform(step.clone()))
}

/// Reads every premise of a plan again, and names each that no longer holds.
pub fn check(plan: &RunRecord, session: &mut Session) -> Result<()> {
    let node = session.node();
    if (&node.name, node.platform) != (&plan.node.name, plan.node.platform) {
        return Err(Fault::new(
            FaultKind::Stale,
            format!(
                "the plan is for {} ({}), this is {} ({})",
                plan.node.name, plan.node.platform, node.name, node.platform
            ),
        )
        .hint("apply it on its own node, or plan for this one"));
    }
    let mut broken = Vec::new();
    for premise in &plan.observations {
        let is = session.read(&premise.subject)?;
        if is != premise.value {
            let differences = differences(&premise.value, &is);
            broken.push(format!("{}: {differences}", premise.subject));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(drift(broken))
}

/// Whether the premises of a plan tell that it was applied: one of them is
/// different afterwards. A secret is set before and after.
pub fn shows(plan: &RunRecord) -> bool {
    let changes = plan.steps.iter().flat_map(|step| &step.changes);
    let left: HashMap<&Subject, &WantedState> = changes
        .map(|change| (&change.subject, &change.after))
        .collect();
    plan.observations.iter().any(|premise| {
        let after = left.get(&premise.subject);
        after.is_some_and(|after| premise.value != after.state)
    })
}

fn drift(broken: Vec<String>) -> Fault {
    let message = match broken.len() {
        1 => "1 premise of the plan no longer holds; nothing was done".to_owned(),
        count => format!("{count} premises of the plan no longer hold; nothing was done"),
    };
    Fault::new(FaultKind::Stale, message)
        .with_hints(broken)
        .hint("plan again, and review what is different")
}

/// What a premise was and is; of one with many parts only those that differ.
fn differences(was: &State, is: &State) -> String {
    let json = |fact| serde_json::to_value(fact).unwrap_or_default();
    let told = |was: &Json, is: &Json| format!("was {}, is {}", said(was), said(is));
    match (was, is, json(was), json(is)) {
        (State::Present, ..) => "was there, is not there".to_owned(),
        (_, State::Present, ..) => "was not there, is there".to_owned(),
        (State::Hidden, ..) | (_, State::Hidden, ..) => told(&json(was), &json(is)),
        (_, _, Json::Object(was), Json::Object(is)) => {
            let names: BTreeSet<_> = was.keys().chain(is.keys()).collect();
            let part = |name: &String| {
                let of = |fact: &Map<String, Json>| fact.get(name).cloned().unwrap_or_default();
                let (was, is) = (of(&was), of(&is));
                (was != is).then(|| format!("{name} {}", told(&was, &is)))
            };
            let parts: Vec<_> = names.into_iter().filter_map(part).collect();
            parts.join("; ")
        }
        (_, _, was, is) => told(&was, &is),
    }
}

fn said(value: &Json) -> String {
    match value {
        Json::Null => "not there".to_owned(),
        Json::String(text) => format!("`{}`", text.escape_debug()),
        Json::Object(parts) if parts.contains_key("secret") => "set".to_owned(),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}
