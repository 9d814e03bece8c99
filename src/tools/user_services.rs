//! `asrun`, `asperawatchd` and `asperawatchfolderd`: the services that asperarund keeps running
//! for a user.

use serde::Deserialize;

use super::{Output, RunReading, no_command_for, service, validate};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{State, System, UserService, ValueType};
use crate::step::{Change, Command};

/// The service that starts and keeps them.
pub const KEEPER: &str = "asperarund";

/// The program that lists them.
const LISTER: &str = "asrun";

/// The state of a service that runs.
const RUNNING: &str = "RUNNING";

/// What the lister prints, as far as it is needed. Passwords are in it too.
#[derive(Deserialize)]
struct Listing {
    services: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    configuration: Configuration,
    state: String,
}

#[derive(Deserialize)]
struct Configuration {
    run_as: RunAs,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct RunAs {
    user: String,
}

/// Reads whether a service runs for a user. None does where asperarund does not run, which
/// then does not answer.
pub(super) fn read(
    system: System,
    name: UserService,
    user: &str,
    run: RunReading<'_>,
) -> Result<State> {
    let keeper = service::read(system, KEEPER, run)?;
    if !keeper.is_some_and(|status| status.running) {
        return Ok(State::Absent);
    }
    let output = run(&Command::new(LISTER).args(["send", "-l"]))?;
    let subject = format!("user_service/{name}/{user}");
    let mut found = State::Absent;
    for listed in listing(&output, &subject)?.services {
        let configuration = listed.configuration;
        if configuration.kind != kind(name) || configuration.run_as.user != user {
            continue;
        }
        if listed.state != RUNNING {
            return Err(not_running(&subject, &listed.state));
        }
        found = State::Present;
    }
    Ok(found)
}

/// Whether a call of the lister only reads.
pub(super) fn is_listing(args: &[&str]) -> bool {
    args == ["send", "-l"]
}

/// Returns the command that makes asperarund start a service for a user and keep it.
pub(super) fn commands(name: UserService, user: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the user", user)?;
    if change.after.state != State::Present {
        return Err(no_command_for(change));
    }
    Ok(vec![
        Command::new(name.program())
            .arg("--user")
            .arg(user.to_owned()),
    ])
}

/// The type of a service, as the lister names it.
fn kind(name: UserService) -> &'static str {
    match name {
        UserService::Watch => "WATCHD",
        UserService::WatchFolder => "WATCHFOLDERD",
    }
}

/// A line with a code, and JSON below it. No message quotes the JSON, which may hold passwords.
fn listing(output: &Output, subject: &str) -> Result<Listing> {
    if !output.is_success() {
        return Err(output.unreadable(LISTER, subject));
    }
    let start = output.stdout.find('{').unwrap_or_default();
    let (head, json) = output.stdout.split_at(start);
    let has_code = head.split_whitespace().any(|word| word == "code=0");
    let listing = has_code.then(|| serde_json::from_str(json));
    listing.and_then(std::result::Result::ok).ok_or_else(|| {
        let message = format!("`{LISTER}` printed {subject} in an unknown format");
        Fault::new(FaultKind::Unknown, message)
            .hint(format!("`{LISTER} send -l` shows it; report its format and the version of the product, so that support for it can be added"))
    })
}

fn not_running(subject: &str, state: &str) -> Fault {
    let state = super::output::quoted(state);
    let message = format!("`{LISTER}` lists {subject} as `{state}`, not as `{RUNNING}`");
    Fault::new(FaultKind::Unknown, message).hint(format!(
        "wait or restart {KEEPER}, until `{LISTER} send -l` lists it so"
    ))
}
