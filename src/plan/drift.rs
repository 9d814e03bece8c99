//! What of a node is no longer as it was left.

use crate::exec::World;
use crate::facts::{Facts, NodeReader as _};
use crate::fault::{Fault, FaultKind, Result};
use crate::run::Recorder;
use crate::state::{State, Subject, WantedState};

use super::expected::{ExpectedState, ExpectedStates};
use super::former::{compare, current};

/// A subject of which it is not certain that it is as it was left.
#[derive(Debug)]
pub struct DriftedSubject<'a> {
    /// The subject.
    pub subject: &'a Subject,
    /// The state that it had.
    pub expected: &'a ExpectedState,
    /// What it is now.
    pub found: Found,
}

/// What was found of a subject.
#[derive(Debug)]
pub enum Found {
    /// Another state.
    Other(State),
    /// A state whose secret cannot be compared, since its value is not known here.
    NotCompared,
    /// No state: it could not be read, or the run failed when it was to set it.
    Unknown(Fault),
}

/// Reads every subject, and returns those that are not certain to be as they were left.
pub fn drift<'a>(
    expected: &'a ExpectedStates,
    world: &mut World,
) -> Result<Vec<DriftedSubject<'a>>> {
    let mut recorder = Recorder::new(world.node().clone());
    let mut facts = Facts::new(world, &mut recorder);
    for step in &expected.logins {
        facts.log_in_as(step);
    }
    let mut drifted = Vec::new();
    for (subject, state) in &expected.states {
        let found = match &state.left {
            None => Some(Found::Unknown(failed(state))),
            Some(left) => find(&mut facts, subject, left)?,
        };
        drifted.extend(found.map(|found| DriftedSubject {
            subject,
            expected: state,
            found,
        }));
    }
    Ok(drifted)
}

/// What is found of a subject that is not certain to be as it was left.
fn find(facts: &mut Facts<'_>, subject: &Subject, left: &WantedState) -> Result<Option<Found>> {
    let read = current(facts, subject).and_then(|is| {
        let same = compare(facts, &is, subject, left)?;
        Ok((is, same))
    });
    Ok(match read {
        Err(fault) if fault.kind() == FaultKind::Stopped => return Err(fault),
        Err(fault) => Some(Found::Unknown(fault)),
        Ok((is, Some(false))) => Some(Found::Other(is)),
        Ok((State::Hidden, Some(true))) if left.setting_secret().is_none() => {
            Some(Found::NotCompared)
        }
        Ok((_, Some(true))) => None,
        Ok((_, None)) => Some(Found::NotCompared),
    })
}

fn failed(state: &ExpectedState) -> Fault {
    let number = state.run.number.unwrap_or_default();
    let message = format!("run {number} failed in the step that was to change it");
    Fault::new(FaultKind::Unknown, message).hint("run the script again")
}
