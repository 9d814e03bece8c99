//! `async`: a Sync session as one command. The bindings add the advisories.

mod control;
mod filters;
mod options;
mod service;
mod table;

use crate::fault::{Fault, Result};
use crate::state::{Scalar, ValueType};
use crate::step::{Command, SyncSession};

use super::validate;

pub use control::check_manager as check_service_manager;
pub(super) use control::{after_removal, change, restart};
pub use options::SyncOption;
pub use service::{
    ServiceFile, SyncService, is_sync_service, service_variables, sync_definition, sync_folder,
    sync_service, unfit_variable,
};
use table::REFUSED_OPTIONS;
pub use table::SYNC_OPTIONS;

/// The options that are rules too. A map of options sorts its keys, so two of them have no order.
const RULE_OPTIONS: [&str; 4] = ["include", "exclude", "include_from", "exclude_from"];

/// Returns the command that runs a session, without progress lines: their form is
/// not published, and nothing reads them.
pub fn sync(session: &SyncSession) -> Result<Command> {
    // Without `-d` the tool would take a folder of its own.
    for (key, ty, value) in [
        ("name", ValueType::SessionName, &session.name),
        ("local", ValueType::Path, &session.local),
        ("remote", ValueType::RemotePath, &session.remote),
    ] {
        ty.check(format_args!("`{key}`"), Scalar::Text(value))
            .map_err(|fault| fault.in_argument(key))?;
    }
    if let Some(user) = &session.user {
        validate::argument(ValueType::AccountName, "the account", user)?;
    }
    refuse_combinations(session)?;
    let (before, after) = option_arguments(session)?;
    // The name stands between the options of the process and those of the
    // session ("async command reference").
    let command = Command::new("async")
        .arg("-q")
        .args(before)
        .args(["-N".to_owned(), session.name.clone()])
        .args(["-d".to_owned(), session.local.clone()])
        .args(["-r".to_owned(), session.remote.clone()])
        .args(after)
        .args(filters::arguments(&session.filters)?);
    let command = with_secrets(command, session);
    Ok(match &session.user {
        Some(user) => command.user(user),
        None => command,
    })
}

/// Returns the arguments for the process and those for the session.
fn option_arguments(session: &SyncSession) -> Result<(Vec<String>, Vec<String>)> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (nth, (name, value)) in session.options.iter().enumerate() {
        let option = find(name)?;
        let is_again = session.options[..nth]
            .iter()
            .any(|(other, _)| other == name);
        if is_again && !option.is_repeatable {
            return Err(Fault::script(format!("`{name}` is given twice")));
        }
        option
            .check(value)
            .map_err(|fault| fault.in_argument(name.clone()))?;
        let args = if option.is_for_instance {
            &mut before
        } else {
            &mut after
        };
        option.write(value, args);
    }
    Ok((before, after))
}

fn find(name: &str) -> Result<&'static SyncOption> {
    if let Some(fault) = refused_sync_option(name) {
        return Err(fault);
    }
    let option = SYNC_OPTIONS.iter().find(|option| option.name == name);
    option.ok_or_else(|| {
        Fault::script(format!("async has no option `{}`", name.escape_debug()))
            .suggest(name, SYNC_OPTIONS.iter().map(|option| option.name))
    })
}

/// The fault of an option that `async` has and scripts cannot give.
pub fn refused_sync_option(name: &str) -> Option<Fault> {
    let option = REFUSED_OPTIONS.iter().find(|option| option.name == name)?;
    let message = format!("`{name}` cannot be given here: {}", option.reason);
    Some(
        Fault::script(message)
            .hint(option.instead)
            .in_argument(name.to_owned()),
    )
}

/// By the environment: every local user could see the options for them.
fn with_secrets(mut command: Command, session: &SyncSession) -> Command {
    for (name, secret) in [
        ("ASPERA_SCP_TOKEN", &session.token),
        ("ASPERA_SCP_PASS", &session.password),
        ("ASPERA_SCP_COOKIE", &session.cookie),
    ] {
        if let Some(secret) = secret {
            command = command.env(name, secret.clone());
        }
    }
    command
}

fn refuse_combinations(session: &SyncSession) -> Result<()> {
    refuse_log_inside(session)?;
    refuse_lost_order(session)?;
    let is_given = |name: &str, value: &str| {
        let mut options = session.options.iter();
        options.any(|(key, given)| key == name && given == value)
    };
    if is_given("mirror", "true") && is_given("direction", "bidi") {
        return Err(Fault::script(
            "`mirror` cannot be used in a bidi session: neither side is the copy",
        )
        .hint("choose the direction push or pull, or leave `mirror` out")
        .in_argument("mirror"));
    }
    Ok(())
}

/// Refuses rules in several options, whose order decides what is synchronized.
fn refuse_lost_order(session: &SyncSession) -> Result<()> {
    let is_given = |name: &&str| session.options.iter().any(|(key, _)| key == name);
    let given = RULE_OPTIONS.into_iter().filter(is_given);
    let filters = (!session.filters.is_empty()).then_some("filters");
    let mut given = filters.into_iter().chain(given);
    let (Some(one), Some(other)) = (given.next(), given.next()) else {
        return Ok(());
    };
    Err(Fault::script(format!(
        "`{one}` and `{other}` are both given, so the order of their rules is not known"
    ))
    .hint("write all rules in `filters`, in their order: `filters: [\"+ /Raw/**\", \"- *\"]`")
    .in_argument(other))
}

/// The log may not be in the folder that is synchronized ("Composing an Async
/// Session").
fn refuse_log_inside(session: &SyncSession) -> Result<()> {
    let log = session.options.iter().find(|(name, _)| name == "log_dir");
    if log.is_some_and(|(_, log)| std::path::Path::new(log).starts_with(&session.local)) {
        return Err(
            Fault::script("the log folder is inside the folder that is synchronized")
                .hint("choose a `log_dir` outside of `local`")
                .in_argument("log_dir"),
        );
    }
    Ok(())
}
