//! One file for each vendor or system program: turns changes into commands, and
//! output into states. Nothing here spawns a program or reads a file.

mod access_keys;
mod account_groups;
mod account_properties;
mod asconfigurator;
mod ascp;
mod asnodeadmin;
mod asuserdata;
mod asyncadmin;
mod authorized_keys;
mod files;
mod folder;
mod groups;
mod in_folder;
mod init_script;
mod launchctl;
mod linux_accounts;
mod macos_accounts;
mod node_api;
mod output;
mod processes;
mod program_table;
mod service;
mod service_names;
mod sync;
mod systemctl;
mod user_services;
mod validate;

use std::collections::BTreeMap;

use crate::fault::{Fault, FaultKind, Result};
use crate::state::{
    Account, ApiUser, FileState, Group, Platform, RootUser, Secret, Section, State, Subject,
    System, ValueType,
};
use crate::step::{Act, Change, Command};

pub use access_keys::trimmed_pem;
pub use account_properties::no_expiry_on_macos;
pub use asconfigurator::edits_conf;
pub use ascp::expiry;
pub use asuserdata::{validate, validated};
pub use asyncadmin::ASYNCADMIN;
pub use authorized_keys::authorized_keys_file;
pub use files::{content_head, is_file_command, takes_content, writes_file};
pub use folder::plain_path;
pub use in_folder::in_folder;
pub use node_api::{
    NODE_API, NODE_API_SERVICE, NodeApiInfo, as_node_api_user, node_api_login, verify_info,
};
pub use output::Output;
pub use program_table::{OWN_PROGRAM, is_reading, program_names, programs_about, system_path};
pub use service::{RELOADED, is_by_hand, restart, stopped};
pub use service_names::{
    ServiceStatus, service_name, service_names, short_name, sync_service_name,
};
pub use sync::{
    SYNC_OPTIONS, ServiceFile, SyncOption, SyncService, check_service_manager, is_sync_service,
    refused_sync_option, service_variables, sync, sync_definition, sync_folder, sync_service,
    unfit_variable,
};

pub use user_services::KEEPER as USER_SERVICES_KEEPER;

/// Runs a command that only reads, and returns its output. `LC_ALL` must be `C`,
/// since some answers are recognized by their English words.
pub type RunReading<'a> = &'a mut dyn FnMut(&Command) -> Result<Output>;

/// Whether a command that changes something reports success. A reading must
/// still confirm the change.
pub fn accept(command: &Command, output: &Output) -> Result<()> {
    if *command == asuserdata::validate() {
        return asuserdata::validated(output);
    }
    if command.program == NODE_API {
        return node_api::accept(command, output);
    }
    if command.program == ascp::PROGRAM {
        return ascp::accept(command, output);
    }
    if output.is_success() {
        return match &*command.program {
            "dsenableroot" => macos_accounts::accept_root(output),
            _ => Ok(()),
        };
    }
    Err(output.failed(&command.program))
}

/// Reads the state of a subject. Those in aspera.conf and the users of the Node
/// API are read elsewhere, each group as a whole.
pub fn read(system: impl Into<System>, subject: &Subject, run: RunReading<'_>) -> Result<State> {
    let system = system.into();
    let platform = system.platform;
    Ok(match subject {
        Subject::License => State::License(ascp::read(run)?.into()),
        Subject::AccessKey(id) => access_keys::read(id, run)?,
        Subject::AccessKeySecret(id) => access_keys::read_secret(id, run)?,
        Subject::Account(name) => account(platform, name, run)?
            .map_or(State::Absent, |account| State::Account(account.into())),
        Subject::AccountProperty(name, property) => {
            account_properties::read(platform, name, property, run)?
        }
        Subject::AuthorizedKey(name, key) => match home(platform, name, run)? {
            Some(home) => authorized_keys::read(name, key, &home, run)?,
            None => State::Absent,
        },
        Subject::Group(name) => groups::read(platform, name, run)?.map_or(State::Absent, |group| {
            State::Group(Group {
                gid: Some(group.gid),
            })
        }),
        Subject::AccountGroups(name) => {
            account_groups::read(name, run)?.map_or(State::Absent, State::Names)
        }
        Subject::RootUser => {
            let enabled = platform == Platform::Linux || macos_accounts::read_root(run)?;
            State::RootUser(RootUser { enabled }.into())
        }
        Subject::AdminGroup if platform == Platform::Linux => linux_accounts::admin_group(run)?
            .map_or(State::Absent, |group| State::Text(group.into())),
        Subject::Service(name) => {
            service::read(system, name, run)?.map_or(State::Absent, State::from)
        }
        Subject::EnabledService(name) => State::of_presence(service::enabled(system, name, run)?),
        Subject::UserService(name, user) => user_services::read(system, *name, user, run)?,
        Subject::Dir(path) => {
            folder::read(platform, path, run)?.map_or(State::Absent, |dir| State::Dir(dir.into()))
        }
        Subject::SyncSession(name, folder) => {
            State::SyncStatus(asyncadmin::read(name, folder, run)?.into())
        }
        Subject::File(path) => {
            file(platform, path, run)?.map_or(State::Absent, |file| State::File(file.into()))
        }
        Subject::Setting(..)
        | Subject::FileLine(..)
        | Subject::Entry(_)
        | Subject::Settings(_)
        | Subject::Sections(_)
        | Subject::ApiUser(_)
        | Subject::AdminGroup
        | Subject::TokenKey
        | Subject::HostKey
        | Subject::ApiUsers => State::Absent,
    })
}

/// Returns the command that shows a subject to a person; `None` where the product has none.
///
/// It is the first that [`read`] runs, so that it needs no table of its own.
pub fn reading(system: impl Into<System>, subject: &Subject) -> Option<Command> {
    if let Some(section) = subject.section() {
        return Some(asuserdata::show(section));
    }
    let mut first = None;
    let mut record = |command: &Command| {
        first.get_or_insert_with(|| command.clone());
        Err(Fault::new(FaultKind::Unknown, "only the command is wanted"))
    };
    // Each fails at the first command, or needs none.
    let is_of_api = matches!(subject, Subject::ApiUser(_) | Subject::ApiUsers);
    if is_of_api {
        let _ = api_users(&mut record);
    } else {
        let _ = read(system, subject, &mut record);
    }
    first
}

/// Reads all users of the Node API, by name. Their access rights are sorted.
pub fn api_users(run: RunReading<'_>) -> Result<BTreeMap<String, ApiUser>> {
    asnodeadmin::read(run)
}

fn account(platform: Platform, name: &str, run: RunReading<'_>) -> Result<Option<Account>> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    match platform {
        Platform::Macos => macos_accounts::read(name, run),
        Platform::Linux => linux_accounts::read(name, run),
    }
}

/// The home folder of an account; `None` if there is no such account.
fn home(platform: Platform, name: &str, run: RunReading<'_>) -> Result<Option<String>> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    match platform {
        Platform::Macos => macos_accounts::home(name, run),
        Platform::Linux => linux_accounts::home(name, run),
    }
}

/// Reads a file, without its content; `None` if it does not exist.
pub fn file(platform: Platform, path: &str, run: RunReading<'_>) -> Result<Option<FileState>> {
    files::read(platform, path, run)
}

/// Reads a service; `None` if it does not exist.
pub fn service(
    system: impl Into<System>,
    name: &str,
    run: RunReading<'_>,
) -> Result<Option<ServiceStatus>> {
    service::read(system.into(), name, run)
}

/// The file of the license in the folder of the installation.
pub fn license_file(platform: Platform) -> String {
    format!("{}/etc/aspera-license", platform.installation())
}

fn is_license_file(platform: Platform, subject: &Subject) -> bool {
    matches!(subject, Subject::File(path) if **path == *license_file(platform))
}

/// Returns the commands of a step: those for its changes, and for its act.
pub fn step_commands(
    system: impl Into<System>,
    changes: &[Change],
    act: Option<&Act>,
) -> Result<Vec<Command>> {
    let system = system.into();
    match act {
        None => commands(system, changes),
        Some(Act::LogIn(login)) => {
            let requests = commands(system, changes)?;
            if let Some(other) = changes.iter().find(|it| it.subject.access_key().is_none()) {
                return Err(no_command_for(other));
            }
            let requests = requests.iter();
            Ok(requests.map(|it| as_node_api_user(it, login)).collect())
        }
        Some(Act::SetUnchecked { settings }) => commands(system, &[changes, settings].concat()),
        Some(Act::CheckLicense { user }) => {
            if let Some(other) = changes
                .iter()
                .find(|it| !is_license_file(system.platform, &it.subject))
            {
                return Err(no_command_for(other));
            }
            let mut commands = commands(system, changes)?;
            commands.push(ascp::check(user.as_deref())?);
            Ok(commands)
        }
        // A service that the step defines reads its files when it starts.
        Some(Act::Restart { service })
            if sync::is_sync_service(service)
                && !changes.is_empty()
                && defines(changes, service) =>
        {
            let mut all = commands(system, changes)?;
            all.extend(restart(system, service)?);
            Ok(all)
        }
        // What a restart changes is the service alone.
        Some(Act::Restart { service })
            if changes
                .iter()
                .all(|change| change.subject.service() == Some(service)) =>
        {
            restart(system, service)
        }
        Some(_) if !changes.is_empty() => Err(no_command_for(&changes[0])),
        Some(Act::Restart { service }) => restart(system, service),
        Some(Act::Reload { service }) => service::reload(service),
        Some(Act::SetApiPassword { user, password }) => Ok(vec![set_api_password(user, password)?]),
        Some(Act::PingNodeApi) => Ok(vec![node_api::ping()]),
        Some(Act::CheckNodeApi(check)) => Ok(vec![node_api::info(check)]),
        Some(Act::Sync(session)) => Ok(vec![sync(session)?]),
    }
}

/// Returns the commands for changes, in their order. Consecutive changes in one
/// section of aspera.conf share a command, and those of one account may.
pub fn commands(system: impl Into<System>, changes: &[Change]) -> Result<Vec<Command>> {
    let system = system.into();
    let mut commands = Vec::new();
    let is_one_batch = |a: &Change, b: &Change| {
        let section = section(a);
        if section.is_some() {
            return section == self::section(b);
        }
        let account = a.subject.account();
        if account.is_some() {
            return account == b.subject.account();
        }
        let key = a.subject.access_key();
        key.is_some() && key == b.subject.access_key()
    };
    for batch in changes.chunk_by(is_one_batch) {
        let batch = batch_commands(system, batch)?;
        // A run keeps the commands of every step: see `preview of 10,000 calls`.
        commands.reserve_exact(batch.len());
        commands.extend(batch);
    }
    Ok(commands)
}

/// Whether an account becomes an administrator when it joins that group.
pub fn is_admin_group(platform: Platform, name: &str) -> bool {
    match platform {
        Platform::Macos => name == macos_accounts::ADMIN_GROUP,
        Platform::Linux => linux_accounts::is_admin_group(name),
    }
}

/// Returns the request with which an access key logs in with that secret.
pub fn log_in_with_access_key(id: &str, secret: &Secret) -> Result<Command> {
    access_keys::log_in(id, secret)
}

/// Returns the command that sets the password of a Node API user.
pub fn set_api_password(name: &str, password: &Secret) -> Result<Command> {
    asnodeadmin::set_password(name, password)
}

/// Returns the command that sets the password of a system account.
pub fn set_account_password(platform: Platform, name: &str, password: &Secret) -> Result<Command> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    Ok(match platform {
        Platform::Macos => macos_accounts::set_password(name, password),
        Platform::Linux => linux_accounts::set_password(name, password),
    })
}

/// Whether changes are about the files of a service, and whether it starts with the machine.
fn defines(changes: &[Change], service: &str) -> bool {
    let enabled = Subject::EnabledService(service.into());
    let mut changes = changes.iter();
    changes.all(|it| it.subject == enabled || matches!(it.subject, Subject::File(_)))
}

fn section(change: &Change) -> Option<&Section> {
    if let Subject::Setting(section, _) | Subject::Entry(section) = &change.subject {
        Some(section)
    } else {
        None
    }
}

fn batch_commands(system: System, batch: &[Change]) -> Result<Vec<Command>> {
    let platform = system.platform;
    let Some(first) = batch.first() else {
        return Ok(Vec::new());
    };
    match &first.subject {
        Subject::Setting(section, _) | Subject::Entry(section) => {
            asconfigurator::commands(section, batch)
        }
        Subject::ApiUser(name) => asnodeadmin::commands(name, first),
        Subject::AccessKey(id) | Subject::AccessKeySecret(id) => access_keys::commands(id, batch),
        Subject::Account(name) | Subject::AccountProperty(name, _) => {
            account_commands(platform, name, batch)
        }
        Subject::AuthorizedKey(name, _) => authorized_keys::commands(name, first),
        Subject::Group(name) => groups::commands(platform, name, first),
        Subject::RootUser => macos_accounts::root_commands(platform, first),
        Subject::Dir(path) => folder::commands(platform, path, first),
        Subject::File(path) => file_commands(platform, path, first),
        Subject::FileLine(path, start) => files::line_commands(path, start, first),
        Subject::Service(name) => service::commands(system, name, first),
        Subject::EnabledService(name) => {
            service::set_enabled(system, name, first.after.state == State::Present)
        }
        Subject::UserService(name, user) => user_services::commands(*name, user, first),
        Subject::License
        | Subject::SyncSession(..)
        | Subject::AdminGroup
        | Subject::TokenKey
        | Subject::HostKey
        | Subject::Settings(_)
        | Subject::Sections(_)
        | Subject::AccountGroups(_)
        | Subject::ApiUsers => Err(no_command_for(first)),
    }
}

/// The commands for a file, which may define a service.
fn file_commands(platform: Platform, path: &str, change: &Change) -> Result<Vec<Command>> {
    let mut commands = files::commands(platform, path, change)?;
    if change.after.state == State::Absent {
        commands.extend(sync::after_removal(platform, path));
    }
    Ok(commands)
}

/// The commands for an account and its properties. What creates it on Linux gives it its
/// primary group too, and what deletes it takes its properties away.
fn account_commands(platform: Platform, name: &str, batch: &[Change]) -> Result<Vec<Command>> {
    let is_record = |change: &&Change| matches!(change.subject, Subject::Account(_));
    let Some(record) = batch.iter().find(is_record) else {
        return account_properties::commands(platform, name, batch);
    };
    let (mut properties, _): (Vec<_>, Vec<_>) = batch
        .iter()
        .cloned()
        .partition(|change| !is_record(&change));
    let mut commands = match platform {
        Platform::Macos => macos_accounts::commands(name, record)?,
        Platform::Linux => {
            let primary = properties.iter().position(|change| {
                record.before == State::Absent
                    && matches!(change.after.state, State::PrimaryGroup(_))
            });
            let primary = primary.map(|index| properties.remove(index));
            linux_accounts::commands(name, record, primary.as_ref())?
        }
    };
    if record.after.state != State::Absent {
        commands.extend(account_properties::commands(platform, name, &properties)?);
    }
    Ok(commands)
}

/// The fault of a change that no program can make; a binding must not ask for it.
fn no_command_for(change: &Change) -> Fault {
    Fault::new(
        FaultKind::Internal,
        format!("no command makes this change of {}", change.subject),
    )
}
