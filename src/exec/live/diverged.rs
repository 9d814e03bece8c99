//! Says how a node differs from what a step was to make of it. It compares
//! nothing itself.

use serde_json::Value as Json;

use crate::fault::{Fault, FaultKind};
use crate::state::{State, Subject};
use crate::step::Step;

/// The fault of a step whose commands said that all went well.
pub(super) fn after_success(fault: Fault, step: &Step) -> Fault {
    if fault.kind() != FaultKind::Diverged {
        return fault;
    }
    match step.commands.last() {
        Some(command) => fault
            .hint(format!("`{}` reported success all the same", command.shell()))
            .hint("another program may have undone it, or the tool does not do what it says; run this again to see"),
        None => fault,
    }
}

/// The node does not show what it was to show.
pub(super) fn fault(subject: &Subject, is: &State, wanted: &State) -> Fault {
    let message = format!("{subject} is {}, expected {}", said(is), said(wanted));
    Fault::new(FaultKind::Diverged, message)
}

/// A service that was to start anew did not.
pub(super) fn not_replaced(service: &str, process: u32) -> Fault {
    Fault::new(
        FaultKind::Diverged,
        format!("service/{service} still runs as process {process}, expected another one"),
    )
}

fn said(fact: &State) -> String {
    if let Some(text) = fact.text() {
        return format!("`{}`", text.escape_debug());
    }
    if let State::Secret(secret) = fact {
        return format!("‹{secret}›");
    }
    if *fact == State::Absent {
        return "not there".to_owned();
    }
    if *fact == State::Present {
        return "there".to_owned();
    }
    if *fact == State::Hidden {
        return "another secret".to_owned();
    }
    match serde_json::to_value(fact.clone().readable()) {
        Ok(Json::Object(parts)) => {
            let parts = parts.iter();
            let parts = parts.map(|(name, value)| format!("{name}: {}", word(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
        Ok(value) => word(&value),
        Err(_) => "another".to_owned(),
    }
}

fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.escape_debug().to_string(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(" and "),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => value.to_string(),
    }
}
