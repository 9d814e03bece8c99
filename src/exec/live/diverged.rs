//! Faults of a step after which the node is not as the step should have left
//! it.

use crate::fault::{Fault, FaultKind};
use crate::state::{State, Subject, WantedState};
use crate::step::Step;

/// Adds to the fault of a step whose commands reported success. `printed` is the
/// last line of the last command.
pub(super) fn after_success(fault: Fault, step: &Step, printed: Option<&str>) -> Fault {
    if fault.kind() != FaultKind::Contradicted {
        return fault;
    }
    let fault = match step.commands.last() {
        Some(command) => fault.hint(format!("but `{}` reported success", command.shell())),
        None => return fault,
    };
    let fault = match printed {
        Some(line) => fault.hint(format!("its output: {line}")),
        None => fault,
    };
    fault.hint("another program may have changed it, or the tool does not do what it reports")
}

/// A subject has another state than the step should have brought about.
pub(super) fn from_state(subject: &Subject, is: &State, wanted: &WantedState) -> Fault {
    let is = if *is == State::Hidden {
        "another secret".into()
    } else {
        is.quoted()
    };
    let message = format!("{subject} is {is}, expected {}", wanted.quoted());
    Fault::new(FaultKind::Contradicted, message)
}

/// A restarted service is still the same process.
pub(super) fn same_process(service: &str, pid: u32) -> Fault {
    Fault::new(
        FaultKind::Contradicted,
        format!("service/{service} still runs as process {pid}, expected another one"),
    )
}

/// A service still runs after the command to stop it.
pub(super) fn slow_stop(service: &str, pid: u32) -> Fault {
    Fault::new(
        FaultKind::Contradicted,
        format!("service/{service} still runs as process {pid} after the command to stop it"),
    )
    .hint("transfers may still run: run this again when they have ended, or allow more time with --timeout")
    .hint("when the process ends, the service may stay down; the next run starts it")
}

/// A restarted service, without a PID, shows the same start as before.
pub(super) fn same_start(service: &str) -> Fault {
    Fault::new(
        FaultKind::Contradicted,
        format!("service/{service} shows the start that it had before, expected a later one"),
    )
}
