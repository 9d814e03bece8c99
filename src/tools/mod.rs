//! How each vendor or system program is spoken to and understood: moves
//! become commands, what was printed becomes facts. Text in, values out;
//! nothing here starts a program or reads a file.

mod asconfigurator;
mod ascp;
mod asnodeadmin;
mod asuserdata;
mod folder;
mod launchctl;
mod linux_accounts;
mod macos_accounts;
mod output;
mod programs;
mod service;
mod sync;
mod systemctl;
mod words;

use std::collections::BTreeMap;

use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Account, ApiUser, Dir, License, Platform, Secret, Section, Subject};
use crate::step::{Change, Command};

pub use ascp::expiry;
pub use asuserdata::{validate, validated};
pub use output::Output;
pub use programs::{is_reading, program_names, programs_about, system_path};
pub use service::{Managed, restart, restarted, service_name, service_names, short_name};
pub use sync::{SYNC_OPTIONS, Sync, SyncKind, SyncOption, sync};

/// Starts a reading for this room and gives what it printed, in English:
/// `LC_ALL` is to be `C`, for some answers are known by their words only.
pub type Run<'a> = &'a mut dyn FnMut(&Command) -> Result<Output>;

/// Whether a command that acts says that it went well. What it says is not
/// enough: a reading decides.
pub fn accept(command: &Command, output: &Output) -> Result<()> {
    if *command == asuserdata::validate() {
        return asuserdata::validated(output);
    }
    if output.is_success() {
        return Ok(());
    }
    Err(output.failed(&command.program))
}

/// What `ascp -A` says of licence and product.
pub fn license(run: Run<'_>) -> Result<License> {
    ascp::read(run)
}

/// All users of the Node API, by name; their access rights are sorted.
pub fn api_users(run: Run<'_>) -> Result<BTreeMap<String, ApiUser>> {
    asnodeadmin::read(run)
}

/// A system account, if there is one of that name.
pub fn account(platform: Platform, name: &str, run: Run<'_>) -> Result<Option<Account>> {
    words::account_name(name)?;
    match platform {
        Platform::Macos => macos_accounts::read(name, run),
        Platform::Linux => linux_accounts::read(name, run),
    }
}

/// Whether root can log in. A notion of macOS only.
pub fn root_user(run: Run<'_>) -> Result<bool> {
    macos_accounts::read_root(run)
}

/// What is known of a service; nothing where the platform has no such one.
pub fn service(platform: Platform, name: &str, run: Run<'_>) -> Result<Option<Managed>> {
    match platform {
        Platform::Macos => launchctl::read(name, run),
        Platform::Linux => systemctl::read(name, run),
    }
}

/// Owner and mode of a folder, if there is one at that path.
pub fn dir(platform: Platform, path: &str, run: Run<'_>) -> Result<Option<Dir>> {
    folder::read(platform, path, run)
}

/// The commands that make these moves, in their order. Consecutive moves in
/// one section of aspera.conf share a call. A service moves by [`restart`],
/// which is an act, and has no commands here.
pub fn commands(platform: Platform, changes: &[Change]) -> Result<Vec<Command>> {
    let mut made = Vec::new();
    for batch in changes.chunk_by(|a, b| section(a).is_some() && section(a) == section(b)) {
        for_batch(platform, batch, &mut made)?;
    }
    Ok(made)
}

/// The command that gives a user of the Node API a new password.
pub fn set_api_password(name: &str, password: &Secret) -> Result<Command> {
    asnodeadmin::set_password(name, password)
}

/// The command that gives a system account a new password.
pub fn set_account_password(platform: Platform, name: &str, password: &Secret) -> Result<Command> {
    words::account_name(name)?;
    Ok(match platform {
        Platform::Macos => macos_accounts::set_password(name, password),
        Platform::Linux => linux_accounts::set_password(name, password),
    })
}

fn section(made: &Change) -> Option<&Section> {
    if let Subject::Setting(section, _) | Subject::Entry(section) = &made.subject {
        Some(section)
    } else {
        None
    }
}

fn for_batch(platform: Platform, batch: &[Change], made: &mut Vec<Command>) -> Result<()> {
    let Some(first) = batch.first() else {
        return Ok(());
    };
    let more = match &first.subject {
        Subject::Setting(section, _) | Subject::Entry(section) => {
            asconfigurator::commands(section, batch)?
        }
        Subject::ApiUser(name) => asnodeadmin::commands(name, first)?,
        Subject::Account(name) => match platform {
            Platform::Macos => macos_accounts::commands(name, first)?,
            Platform::Linux => linux_accounts::commands(name, first)?,
        },
        Subject::RootUser => macos_accounts::root_commands(platform, first)?,
        Subject::Dir(path) => folder::commands(platform, path, first)?,
        Subject::Service(_) => Vec::new(),
        Subject::License | Subject::Settings(_) | Subject::Users | Subject::ApiUsers => {
            return Err(impossible(first));
        }
    };
    // Mostly there is one batch, and its list is the whole one.
    if made.is_empty() {
        *made = more;
    } else {
        made.extend(more);
    }
    Ok(())
}

/// A move that no program can make; a binding should not have asked.
fn impossible(asked: &Change) -> Fault {
    Fault::new(
        FaultKind::Internal,
        format!("no command makes this move of {}", asked.subject),
    )
}
