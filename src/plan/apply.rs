//! Performs a plan exactly, after reading its premises again.

use std::collections::{BTreeSet, HashMap};

use crate::fault::{Fault, FaultKind, Result};
use crate::run::{DocumentKind, RunRecord};
use crate::session::Session;
use crate::state::{Node, Parts, State, Subject, WantedState};
use crate::step::{Step, StepKind};
use crate::tools;

use super::shown;

/// Performs exactly the steps of a plan whose premises were checked.
pub fn apply(plan: &RunRecord, session: &mut Session) -> Result<()> {
    for advisory in &plan.advisories {
        session.advise(advisory.clone());
    }
    plan.steps
        .iter()
        .try_for_each(|step| session.perform(step.clone()))
}

/// The same as a preview, which also refuses a plan that shows something else than its steps do.
pub fn rehearse(plan: &RunRecord, session: &mut Session) -> Result<()> {
    for advisory in &plan.advisories {
        session.advise(advisory.clone());
    }
    for (number, step) in (1..).zip(&plan.steps) {
        shown::check_step(number, step, session)?;
        session.perform(step.clone())?;
    }
    Ok(())
}

/// Reads every premise of a plan again. The fault lists those that no longer
/// hold.
pub fn check(plan: &RunRecord, session: &mut Session) -> Result<()> {
    check_node(plan, session.node())
        .map_err(|fault| fault.hint("apply it on its own node, or plan for this one"))?;
    for step in &plan.steps {
        session.log_in_as(step);
    }
    let mut broken = Vec::new();
    for premise in &plan.observations {
        let is = session.read(&premise.subject)?;
        if !premise.value.is_met_by(&is) {
            let difference = difference(&premise.value, &is);
            broken.push(format!("{}: {difference}", premise.subject));
        }
    }
    for file in &plan.data {
        let digest = session.data_digest(&file.source);
        if digest.map_err(|fault| fault.with_kind(FaultKind::Stale))? != file.digest {
            broken.push(format!("the file `{}` is another one now", file.source));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(drift(broken))
}

/// Refuses a plan or receipt of another node.
pub fn check_node(plan: &RunRecord, node: &Node) -> Result<()> {
    if (&node.name, node.system()) == (&plan.node.name, plan.node.system()) {
        return Ok(());
    }
    let what = match plan.kind {
        DocumentKind::Receipt => "receipt",
        DocumentKind::Plan | DocumentKind::Preview => "plan",
    };
    let words = |node: &Node| format!("{} ({})", node.name, system_words(node));
    let message = format!(
        "the {what} is for {}, this is {}",
        words(&plan.node),
        words(node)
    );
    Err(Fault::new(FaultKind::Stale, message))
}

/// Whether applying a plan makes one of its own premises fail. Of a secret,
/// a reading shows only that it is set, before and after.
pub fn changes_its_premises(plan: &RunRecord) -> bool {
    let last = last_changes(plan);
    plan.observations.iter().any(|premise| {
        let after = last.get(&premise.subject);
        after.is_some_and(|after| premise.value != after.state)
    })
}

/// Whether everything that a plan changes is as the plan leaves it. What cannot be read does not.
pub fn still_holds(plan: &RunRecord, session: &mut Session) -> bool {
    let last = last_changes(plan);
    let mut seen = BTreeSet::new();
    let changes = plan.steps.iter().flat_map(|step| &step.changes);
    // In the order of the steps, in which the document lists what was read.
    let mut subjects = changes.map(|change| &change.subject);
    subjects.all(|subject| {
        let is_new = seen.insert(subject);
        !is_new || {
            let is = session.read(subject);
            is.is_ok_and(|is| last[subject].state.is_met_by(&is))
        }
    })
}

/// The state in which a plan leaves each subject that it changes.
fn last_changes(plan: &RunRecord) -> HashMap<&Subject, &WantedState> {
    let changes = plan.steps.iter().flat_map(|step| &step.changes);
    changes
        .map(|change| (&change.subject, &change.after))
        .collect()
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

/// Refuses a plan with commands other than those that its changes and acts take:
/// what a reader sees must be what is done.
pub fn check_commands(plan: &RunRecord) -> Result<()> {
    for (number, step) in (1..).zip(&plan.steps) {
        let made = tools::step_commands(plan.node.system(), &step.changes, step.act.as_deref());
        let made = made.map_err(|fault| not_made(number, step).hint(fault.message()))?;
        if made != step.commands || !has_kind_of_content(&plan.node, step) {
            return Err(not_made(number, step));
        }
    }
    Ok(())
}

/// Whether a step has the kind of its content. What a person does has none.
fn has_kind_of_content(node: &Node, step: &Step) -> bool {
    if tools::is_by_hand(node.system(), &step.changes, step.act.as_deref()) {
        return step.kind == StepKind::Manual;
    }
    let kind = StepKind::of(&step.changes, step.act.as_deref());
    let is_by_hand = step.kind == StepKind::Manual && kind == StepKind::Settled;
    step.kind == kind || is_by_hand
}

/// The operating system of a node, and what is unusual of it.
fn system_words(node: &Node) -> String {
    match node.services {
        Some(manager) => format!("{}, {}", node.platform, manager.name()),
        None => node.platform.to_string(),
    }
}

fn not_made(number: usize, step: &Step) -> Fault {
    Fault::new(
        FaultKind::Stale,
        format!(
            "step {number} of the plan, `{}`, has other commands than its changes take",
            step.binding.escape_debug()
        ),
    )
    .hint("the plan was edited, or another version of ascript made it: plan again, and review that")
}

/// How a state differs from the one that a premise has; of a state with
/// several parts, only those that differ.
fn difference(was: &State, is: &State) -> String {
    let (was_parts, is_parts) = (was.parts(), is.parts());
    if was_parts.is_empty() || is_parts.is_empty() {
        return format!("was {}, is {}", was.quoted(), is.quoted());
    }
    let names: BTreeSet<_> = was_parts.keys().chain(is_parts.keys()).collect();
    let part = |name: &String| {
        let word = |parts: &Parts| parts.get(name).map_or("not set".to_owned(), String::clone);
        let (was, is) = (word(&was_parts), word(&is_parts));
        (was != is).then(|| format!("{name} was {was}, is {is}"))
    };
    let parts: Vec<_> = names.into_iter().filter_map(part).collect();
    parts.join("; ")
}
