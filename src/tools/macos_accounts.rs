//! `dscl`, `dseditgroup`, `sysadminctl` and `dsenableroot`: system accounts
//! and the root user on macOS. The local directory only; none is ever joined.

use std::collections::BTreeMap;

use super::output::unintelligible;
use super::{Run, impossible, words};
use crate::fault::{Fault, Result};
use crate::state::{Account, Credentials, Platform, Secret, State};
use crate::step::{Change, Command, Piece, Stdin};

const ATTRIBUTES: [&str; 4] = ["UniqueID", "RealName", "NFSHomeDirectory", "UserShell"];

pub(super) fn read(name: &str, run: Run<'_>) -> Result<Option<Account>> {
    let subject = format!("account/{name}");
    let output = run(&record("-read", name).args(ATTRIBUTES))?;
    if output.code == Some(56) || output.says("eDSRecordNotFound") {
        return Ok(None);
    }
    if !output.is_success() {
        return Err(output.unreadable("dscl", &subject));
    }
    let mut attributes = attributes(&output.stdout);
    if !attributes.contains_key("UniqueID") {
        let line = output.first_words().unwrap_or_default();
        return Err(unintelligible("dscl", &subject, line));
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

/// `dseditgroup` answers by its exit code: 0 for a member, 67 for none.
fn is_admin(name: &str, subject: &str, run: Run<'_>) -> Result<bool> {
    let asked = Command::new("dseditgroup")
        .args(["-o", "checkmember", "-m"])
        .args([name.to_owned(), "admin".to_owned()]);
    let output = run(&asked)?;
    match output.code {
        Some(0) => Ok(true),
        Some(67) => Ok(false),
        _ => Err(output.unreadable("dseditgroup", subject)),
    }
}

/// `Key: value`, or, if the value has blanks, `Key:` and the value on the
/// next line behind a blank. A key without value is `No such key: Key`.
fn attributes(printed: &str) -> BTreeMap<&str, String> {
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

pub(super) fn commands(name: &str, asked: &Change) -> Result<Vec<Command>> {
    words::account_name(name)?;
    let password = asked.after.password();
    match (&asked.before, &asked.after.state) {
        (State::Absent, State::Account(account)) => Ok(vec![create(name, account, password)?]),
        (State::Account(now), State::Account(then)) => alter(name, now, then, password),
        (State::Account(_), State::Absent) => Ok(vec![
            Command::new("sysadminctl")
                .args(["-deleteUser".to_owned(), name.to_owned()])
                .arg("-keepHome"),
        ]),
        _ => Err(impossible(asked)),
    }
}

/// `-password -` asks on the terminal (usage of sysadminctl).
fn create(name: &str, account: &Account, password: Option<&Secret>) -> Result<Command> {
    let mut command = Command::new("sysadminctl").args(["-addUser".to_owned(), name.to_owned()]);
    let options = ["-fullName", "-home", "-shell"];
    for (option, (_, what, value)) in options.into_iter().zip(fields(account)) {
        if !value.is_empty() {
            checked(what, value)?;
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

/// An account that is there keeps its password, unless it never got it.
fn alter(
    name: &str,
    now: &Account,
    then: &Account,
    password: Option<&Secret>,
) -> Result<Vec<Command>> {
    let mut made = Vec::new();
    for ((key, what, value), (_, _, old)) in fields(then).into_iter().zip(fields(now)) {
        if !value.is_empty() && value != old {
            checked(what, value)?;
            made.push(record("-create", name).arg(key).arg(value.to_owned()));
        }
    }
    if then.admin != now.admin {
        let verb = if then.admin { "-a" } else { "-d" };
        made.push(
            Command::new("dseditgroup")
                .args(["-o", "edit", verb])
                .arg(name.to_owned())
                .args(["-t", "user", "admin"]),
        );
    }
    if now.unfinished {
        made.extend(password.into_iter().map(|p| set_password(name, p)));
    }
    Ok(made)
}

fn fields(account: &Account) -> [(&'static str, &'static str, &str); 3] {
    [
        ("RealName", "full name", &account.full_name),
        ("NFSHomeDirectory", "home folder", &account.home),
        ("UserShell", "login shell", &account.shell),
    ]
}

fn checked(what: &str, value: &str) -> Result<()> {
    if what != "full name" {
        return words::absolute_path(what, value);
    }
    if value.starts_with('-') {
        return Err(Fault::refused(format!(
            "full name `{}` could be taken for an option",
            value.escape_debug()
        )));
    }
    words::one_line(what, value)
}

/// With no password among its arguments, `dscl` asks for one.
pub(super) fn set_password(name: &str, password: &Secret) -> Command {
    record("-passwd", name).stdin(answers([password]))
}

/// Root can log in if something can check its password: a check by CIS
/// reads `No such key: AuthenticationAuthority` as disabled.
pub(super) fn read_root(run: Run<'_>) -> Result<bool> {
    let output = run(&record("-read", "root").arg("AuthenticationAuthority"))?;
    if output.says("No such key: AuthenticationAuthority") {
        return Ok(false);
    }
    if !output.is_success() {
        return Err(output.unreadable("dscl", "root_user"));
    }
    match attributes(&output.stdout).get("AuthenticationAuthority") {
        Some(authority) => Ok(!authority.contains(";DisabledUser;")),
        None => Err(unintelligible(
            "dscl",
            "root_user",
            output.first_words().unwrap_or_default(),
        )),
    }
}

pub(super) fn root_commands(platform: Platform, asked: &Change) -> Result<Vec<Command>> {
    let (State::RootUser(now), State::RootUser(then)) = (&asked.before, &asked.after.state) else {
        return Err(impossible(asked));
    };
    match platform {
        Platform::Linux => Err(Fault::refused("only macOS has a switch for the root user")),
        Platform::Macos if now.enabled == then.enabled => Ok(Vec::new()),
        Platform::Macos => {
            let credentials = asked.after.credentials().cloned().unwrap_or_default();
            Ok(vec![dsenableroot(then.enabled, &credentials)?])
        }
    }
}

/// Without `-p` and `-r` the tool prompts for the administrator's password and, to
/// enable root, twice for root's (dsenableroot(8)).
fn dsenableroot(enable: bool, credentials: &Credentials) -> Result<Command> {
    let missing =
        |what: &str| Fault::refused(format!("the root user cannot be switched without {what}"));
    let mut command = Command::new("dsenableroot");
    if !enable {
        command = command.arg("-d");
    }
    if let Some(admin) = &credentials.admin {
        words::account_name(admin)?;
        command = command.args(["-u".to_owned(), admin.clone()]);
    }
    let admin_password = credentials.admin_password.as_ref();
    let admin_password = admin_password.ok_or_else(|| missing("an administrator's password"))?;
    if !enable {
        return Ok(command.stdin(answers([admin_password])));
    }
    let password = credentials.password.as_ref();
    let password = password.ok_or_else(|| missing("a password for root"))?;
    Ok(command.stdin(answers([admin_password, password, password])))
}

fn record(verb: &'static str, name: &str) -> Command {
    Command::new("dscl")
        .args([".", verb])
        .arg(format!("/Users/{name}"))
}

fn answers<const N: usize>(secrets: [&Secret; N]) -> Stdin {
    Stdin::Terminal(secrets.map(|secret| Piece::from(secret.clone())).to_vec())
}
