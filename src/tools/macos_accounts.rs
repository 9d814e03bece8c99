//! `dscl`, `dseditgroup`, `sysadminctl` and `dsenableroot`: system accounts
//! and the root user on macOS, in the local directory only.

use std::collections::BTreeMap;

use super::output::{quoted, unknown_format};
use super::{Output, RunReading, no_command_for, validate};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Account, Credentials, Platform, Secret, State, ValueType};
use crate::step::{Change, Command, Piece, Stdin};

/// The group of administrators.
pub(super) const ADMIN_GROUP: &str = "admin";

const ATTRIBUTES: [&str; 4] = ["UniqueID", "RealName", "NFSHomeDirectory", "UserShell"];

pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<Account>> {
    let subject = format!("account/{name}");
    let output = run(&record("-read", name).args(ATTRIBUTES))?;
    if output.code == Some(56) || output.contains("eDSRecordNotFound") {
        return Ok(None);
    }
    if !output.is_success() {
        return Err(output.unreadable("dscl", &subject));
    }
    let mut attributes = attributes(&output.stdout);
    if !attributes.contains_key("UniqueID") {
        let line = output.first_line().unwrap_or_default();
        return Err(unknown_format("dscl", &subject, line));
    }
    let mut take = |key: &str| attributes.remove(key).unwrap_or_default();
    let account = Account {
        admin: false,
        full_name: take("RealName"),
        home: take("NFSHomeDirectory"),
        shell: take("UserShell"),
        unfinished: false,
    };
    let admin = is_admin(name, &subject, run)?;
    Ok(Some(Account { admin, ..account }))
}

pub(super) fn home(name: &str, run: RunReading<'_>) -> Result<Option<String>> {
    let subject = format!("account/{name}");
    let output = run(&record("-read", name).arg("NFSHomeDirectory"))?;
    if output.code == Some(56) || output.contains("eDSRecordNotFound") {
        return Ok(None);
    }
    let home = attributes(&output.stdout).remove("NFSHomeDirectory");
    match home {
        Some(home) if output.is_success() && home.starts_with('/') => Ok(Some(home)),
        _ => Err(output.unreadable("dscl", &subject)),
    }
}

/// `dseditgroup` returns exit code 0 for a member and 67 for others.
fn is_admin(name: &str, subject: &str, run: RunReading<'_>) -> Result<bool> {
    let command = Command::new("dseditgroup")
        .args(["-o", "checkmember", "-m"])
        .args([name.to_owned(), ADMIN_GROUP.to_owned()]);
    let output = run(&command)?;
    match output.code {
        Some(0) => Ok(true),
        Some(67) => Ok(false),
        _ => Err(output.unreadable("dseditgroup", subject)),
    }
}

/// `Key: value`, or, if the value has blanks, `Key:` and the value on the next line
/// after a blank. A key without a value is `No such key: Key`.
pub(super) fn attributes(printed: &str) -> BTreeMap<&str, String> {
    let mut found = BTreeMap::<&str, String>::new();
    let mut last = "";
    for line in printed.lines() {
        if let Some(value) = line.strip_prefix(' ') {
            if let Some(known) = found.get_mut(last).filter(|known| known.is_empty()) {
                value.trim_end().clone_into(known);
            }
        } else if let Some((key, value)) = line.split_once(':') {
            last = key;
            if key != "No such key" {
                found.insert(key, value.trim().to_owned());
            }
        }
    }
    found
}

pub(super) fn commands(name: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    let password = change.after.password();
    match (&change.before, &change.after.state) {
        (State::Absent, State::Account(account)) => Ok(vec![create(name, account, password)?]),
        (State::Account(now), State::Account(then)) => alter(name, now, then, password),
        (State::Account(_), State::Absent) => Ok(vec![
            Command::new("sysadminctl")
                .args(["-deleteUser".to_owned(), name.to_owned()])
                .arg("-keepHome"),
        ]),
        _ => Err(no_command_for(change)),
    }
}

/// With `-password -`, the tool prompts on the terminal (usage of sysadminctl).
fn create(name: &str, account: &Account, password: Option<&Secret>) -> Result<Command> {
    let mut command = Command::new("sysadminctl").args(["-addUser".to_owned(), name.to_owned()]);
    let options = ["-fullName", "-home", "-shell"];
    for (option, (_, what, value)) in options.into_iter().zip(fields(account)) {
        if !value.is_empty() {
            check_field(what, value)?;
            command = command.args([option.to_owned(), value.to_owned()]);
        }
    }
    if let Some(password) = password {
        command = command.args(["-password", "-"]).stdin(answers([password]));
    }
    if account.admin {
        command = command.arg("-admin");
    }
    Ok(command)
}

/// An existing account keeps its password, unless a run was cut off before it set
/// one.
fn alter(
    name: &str,
    now: &Account,
    then: &Account,
    password: Option<&Secret>,
) -> Result<Vec<Command>> {
    let mut commands = Vec::new();
    for ((key, what, value), (_, _, old)) in fields(then).into_iter().zip(fields(now)) {
        if !value.is_empty() && value != old {
            check_field(what, value)?;
            commands.push(record("-create", name).arg(key).arg(value.to_owned()));
        }
    }
    if then.admin != now.admin {
        let verb = if then.admin { "-a" } else { "-d" };
        commands.push(
            Command::new("dseditgroup")
                .args(["-o", "edit", verb])
                .arg(name.to_owned())
                .args(["-t", "user", ADMIN_GROUP]),
        );
    }
    if now.unfinished {
        commands.extend(password.into_iter().map(|p| set_password(name, p)));
    }
    Ok(commands)
}

fn fields(account: &Account) -> [(&'static str, &'static str, &str); 3] {
    [
        ("RealName", "the full name", &account.full_name),
        ("NFSHomeDirectory", "the home folder", &account.home),
        ("UserShell", "the login shell", &account.shell),
    ]
}

fn check_field(what: &str, value: &str) -> Result<()> {
    if what != "the full name" {
        return validate::argument(ValueType::Path, what, value);
    }
    if value.starts_with('-') {
        return Err(Fault::refused(format!(
            "the full name `{}` looks like an option",
            value.escape_debug()
        )));
    }
    validate::argument(ValueType::Line, what, value)
}

/// Without a password among its arguments, `dscl` prompts for one.
pub(super) fn set_password(name: &str, password: &Secret) -> Command {
    record("-passwd", name).stdin(answers([password]))
}

/// Root can log in if it has an authentication authority: a check by CIS takes
/// `No such key: AuthenticationAuthority` for disabled.
pub(super) fn read_root(run: RunReading<'_>) -> Result<bool> {
    let output = run(&record("-read", "root").arg("AuthenticationAuthority"))?;
    if output.contains("No such key: AuthenticationAuthority") {
        return Ok(false);
    }
    if !output.is_success() {
        return Err(output.unreadable("dscl", "root_user"));
    }
    match attributes(&output.stdout).get("AuthenticationAuthority") {
        Some(authority) => Ok(!authority.contains(";DisabledUser;")),
        None => Err(unknown_format(
            "dscl",
            "root_user",
            output.first_line().unwrap_or_default(),
        )),
    }
}

pub(super) fn root_commands(platform: Platform, change: &Change) -> Result<Vec<Command>> {
    let (State::RootUser(now), State::RootUser(then)) = (&change.before, &change.after.state)
    else {
        return Err(no_command_for(change));
    };
    match platform {
        Platform::Linux => Err(Fault::refused("root can be enabled on macOS only")),
        Platform::Macos if now.enabled == then.enabled => Ok(Vec::new()),
        Platform::Macos => {
            let credentials = change.after.credentials().cloned().unwrap_or_default();
            Ok(vec![dsenableroot(then.enabled, &credentials)?])
        }
    }
}

/// Without `-p` and `-r` the tool prompts for the administrator's password and, to
/// enable root, twice for root's (dsenableroot(8)). Without `-u` it authenticates
/// `$USER`, which is root under sudo.
fn dsenableroot(enable: bool, credentials: &Credentials) -> Result<Command> {
    let missing =
        |what: &str| Fault::refused(format!("the root user cannot be changed without {what}"));
    let mut command = Command::new("dsenableroot");
    if !enable {
        command = command.arg("-d");
    }
    let admin = credentials.admin.as_ref();
    let admin = admin.ok_or_else(|| missing("the name of an administrator"))?;
    validate::argument(ValueType::AccountName, "the administrator", admin)?;
    command = command.args(["-u".to_owned(), admin.clone()]);
    let admin_password = credentials.admin_password.as_ref();
    let admin_password = admin_password.ok_or_else(|| missing("an administrator's password"))?;
    if !enable {
        return Ok(command.stdin(answers([admin_password])));
    }
    let password = credentials.password.as_ref();
    let password = password.ok_or_else(|| missing("a password for root"))?;
    Ok(command.stdin(answers([admin_password, password, password])))
}

/// `dsenableroot` always exits with 0; only its last line tells the result.
pub(super) fn accept_root(output: &Output) -> Result<()> {
    let mut lines = output.stdout.lines().chain(output.stderr.lines());
    match lines.find(|line| line.contains("***Failed")) {
        Some(line) => Err(Fault::new(FaultKind::Node, "`dsenableroot` failed")
            .hint(format!("its output: {}", quoted(line.trim())))
            .hint("check the name and the password of the administrator")),
        None => Ok(()),
    }
}

fn record(verb: &'static str, name: &str) -> Command {
    Command::new("dscl")
        .args([".", verb])
        .arg(format!("/Users/{name}"))
}

fn answers<const N: usize>(secrets: [&Secret; N]) -> Stdin {
    Stdin::Terminal(secrets.map(|secret| Piece::from(secret.clone())).to_vec())
}
