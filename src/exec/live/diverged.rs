//! Faults of a step after which the node is not as the step should have left
//! it.

use serde_json::Value as Json;

use crate::fault::{Fault, FaultKind};
use crate::state::{State, Subject, WantedState};
use crate::step::Step;

/// Adds to the fault of a step whose commands reported success.
pub(super) fn after_success(fault: Fault, step: &Step) -> Fault {
    if fault.kind() != FaultKind::Diverged {
        return fault;
    }
    match step.commands.last() {
        Some(command) => fault
            .hint(format!("but `{}` reported success", command.shell()))
            .hint("another program may have undone the change, or the tool failed silently; run this again to find out"),
        None => fault,
    }
}

/// A subject has another state than the step should have brought about.
pub(super) fn from_state(subject: &Subject, is: &State, wanted: &WantedState) -> Fault {
    let expected = match wanted.setting_secret() {
        Some(secret) => format!("‹{secret}›"),
        None => describe(&wanted.state),
    };
    let message = format!("{subject} is {}, expected {expected}", describe(is));
    Fault::new(FaultKind::Diverged, message)
}

/// A restarted service is still the same process.
pub(super) fn same_process(service: &str, pid: u32) -> Fault {
    Fault::new(
        FaultKind::Diverged,
        format!("service/{service} still runs as process {pid}, expected another one"),
    )
}

fn describe(state: &State) -> String {
    if let Some(text) = state.text() {
        return format!("`{}`", text.escape_debug());
    }
    if *state == State::Hidden {
        return "another secret".to_owned();
    }
    match serde_json::to_value(state) {
        Ok(Json::Null) => "absent".to_owned(),
        Ok(Json::Bool(_)) => "present".to_owned(),
        Ok(Json::Object(fields)) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| format!("{name}: {}", plain(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        Ok(value) => plain(&value),
        Err(_) => "another".to_owned(),
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.escape_debug().to_string(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" and "),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => value.to_string(),
    }
}
