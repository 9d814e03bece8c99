//! `getent`, `useradd`, `usermod`, `userdel`, `gpasswd` and `chpasswd`:
//! system accounts on Linux.

use super::output::unknown_format;
use super::{RunReading, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{Account, Secret, State, ValueType, WantedState};
use crate::step::{Change, Command, Piece, Stdin};

/// The groups of administrators in the sudo rules of distributions: `sudo` on Debian
/// and Ubuntu, where `wheel` may exist for su(1) alone, and `wheel` on Red Hat and
/// SUSE.
const ADMIN_GROUPS: [&str; 2] = ["sudo", "wheel"];

pub(super) fn read(name: &str, run: RunReading<'_>) -> Result<Option<Account>> {
    let subject = format!("account/{name}");
    let Some(line) = entry(["passwd", name], &subject, run)? else {
        return Ok(None);
    };
    let fields: Vec<&str> = line.split(':').collect();
    let [_, _, _, group, comment, home, shell] = fields[..] else {
        return Err(unknown_format("getent", &subject, &line));
    };
    let mut is_admin = false;
    for admins in ADMIN_GROUPS {
        if let Some(line) = entry(["group", admins], &subject, run)? {
            is_admin |= is_member(&line, name, group);
        }
    }
    Ok(Some(Account {
        admin: is_admin,
        // The comment field may contain an office and telephone numbers too.
        full_name: comment.split(',').next().unwrap_or_default().to_owned(),
        home: home.to_owned(),
        shell: shell.to_owned(),
        unfinished: false,
    }))
}

pub(super) fn home(name: &str, run: RunReading<'_>) -> Result<Option<String>> {
    let subject = format!("account/{name}");
    let Some(line) = entry(["passwd", name], &subject, run)? else {
        return Ok(None);
    };
    match line.split(':').nth(5) {
        Some(home) if home.starts_with('/') => Ok(Some(home.to_owned())),
        _ => Err(unknown_format("getent", &subject, &line)),
    }
}

/// Whether an account becomes an administrator when it joins that group.
pub(super) fn is_admin_group(name: &str) -> bool {
    ADMIN_GROUPS.contains(&name)
}

/// The group of administrators that exists.
pub(super) fn admin_group(run: RunReading<'_>) -> Result<Option<&'static str>> {
    for group in ADMIN_GROUPS {
        if entry(["group", group], "admin_group", run)?.is_some() {
            return Ok(Some(group));
        }
    }
    Ok(None)
}

/// Reads one line of a database; `None` for exit code 2 (getent(1)). A name of digits finds the
/// entry with that number too, which is another one.
fn entry(key: [&str; 2], subject: &str, run: RunReading<'_>) -> Result<Option<String>> {
    let is_number = key[1].bytes().all(|byte| byte.is_ascii_digit());
    let command = Command::new("getent").args(key.map(str::to_owned));
    let output = run(&command)?;
    match (output.code, output.stdout.lines().next()) {
        (Some(0), Some(line)) if is_number && line.split(':').next() != Some(key[1]) => Ok(None),
        (Some(0), Some(line)) => Ok(Some(line.to_owned())),
        (Some(2), _) => Ok(None),
        _ => Err(output.unreadable("getent", subject)),
    }
}

/// `wheel:x:10:ann,faspex`
fn is_member(line: &str, name: &str, primary_group: &str) -> bool {
    let mut fields = line.split(':').skip(2);
    let id = fields.next().unwrap_or_default();
    let members = fields.next().unwrap_or_default();
    id == primary_group || members.split(',').any(|member| member.trim() == name)
}

/// `primary_group` is the change of the primary group of an account that is created.
pub(super) fn commands(
    name: &str,
    change: &Change,
    primary_group: Option<&Change>,
) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the account", name)?;
    match (&change.before, &change.after.state) {
        (State::Absent, State::Account(account)) => {
            let group = primary_group.map(|change| &change.after.state);
            create(name, account, &change.after, group)
        }
        (State::Account(now), State::Account(then)) => alter(name, now, then, &change.after),
        // Without `-r` the home folder is kept.
        (State::Account(_), State::Absent) => {
            Ok(vec![Command::new("userdel").arg(name.to_owned())])
        }
        _ => Err(no_command_for(change)),
    }
}

/// The group that makes an account an administrator.
fn group_of(wanted: &WantedState) -> Result<&str> {
    let group = wanted.credentials().and_then(|c| c.admin_group.as_deref());
    group.ok_or_else(|| {
        Fault::refused("this node has no group of administrators: neither `sudo` nor `wheel`")
            .hint("create one of them, or do not change `admin`")
    })
}

/// Without `-g` the account gets a group of its own.
fn create(
    name: &str,
    account: &Account,
    wanted: &WantedState,
    primary_group: Option<&State>,
) -> Result<Vec<Command>> {
    let mut command = Command::new("useradd").arg("-m");
    if let Some(State::PrimaryGroup(group)) = primary_group {
        let group = &group.primary_group;
        validate::argument(ValueType::AccountName, "the group", group)?;
        command = command.args(["-g".to_owned(), group.clone()]);
    }
    for (flag, value) in fields(account) {
        if !value.is_empty() {
            check_field(flag, value)?;
            command = command.args([flag.to_owned(), value.to_owned()]);
        }
    }
    if account.admin {
        command = command.args(["-G".to_owned(), group_of(wanted)?.to_owned()]);
    }
    let mut commands = vec![command.arg(name.to_owned())];
    if let Some(password) = wanted.password() {
        commands.push(set_password(name, password));
    }
    Ok(commands)
}

/// An existing account keeps its password, unless a run was cut off before it set
/// one.
fn alter(name: &str, now: &Account, then: &Account, wanted: &WantedState) -> Result<Vec<Command>> {
    let mut commands = Vec::new();
    let mut command = Command::new("usermod");
    for ((flag, value), (_, old)) in fields(then).into_iter().zip(fields(now)) {
        if !value.is_empty() && value != old {
            check_field(flag, value)?;
            command = command.args([flag.to_owned(), value.to_owned()]);
        }
    }
    if !command.args.is_empty() {
        commands.push(command.arg(name.to_owned()));
    }
    if then.admin && !now.admin {
        commands.push(
            Command::new("usermod")
                .arg("-aG")
                .args([group_of(wanted)?.to_owned(), name.to_owned()]),
        );
    }
    if now.admin && !then.admin {
        commands.push(
            Command::new("gpasswd")
                .args(["-d".to_owned(), name.to_owned()])
                .arg(group_of(wanted)?.to_owned()),
        );
    }
    if now.unfinished {
        let password = wanted.password().into_iter();
        commands.extend(password.map(|password| set_password(name, password)));
    }
    Ok(commands)
}

fn fields(account: &Account) -> [(&'static str, &str); 3] {
    [
        ("-d", &account.home),
        ("-s", &account.shell),
        ("-c", &account.full_name),
    ]
}

/// Refuses a value that cannot be a field of `/etc/passwd`.
fn check_field(flag: &str, value: &str) -> Result<()> {
    match flag {
        "-d" => validate::argument(ValueType::Path, "the home folder", value)?,
        "-s" => validate::argument(ValueType::Path, "the login shell", value)?,
        _ => validate::argument(ValueType::Line, "the full name", value)?,
    }
    if value.contains(':') || (flag == "-c" && value.contains(',')) {
        return Err(Fault::refused(format!(
            "`{value}` contains a character that separates the fields of `/etc/passwd`"
        )));
    }
    Ok(())
}

/// `chpasswd` reads `NAME:PASSWORD` lines from standard input.
pub(super) fn set_password(name: &str, password: &Secret) -> Command {
    Command::new("chpasswd").stdin(Stdin::Pipe(vec![
        Piece::from(format!("{name}:")),
        Piece::from(password.clone()),
        Piece::from("\n"),
    ]))
}
