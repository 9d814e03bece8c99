//! `getent`, `useradd`, `usermod`, `userdel`, `gpasswd` and `chpasswd`:
//! system accounts on Linux. Keys, quotas and login rules are out of reach.

use super::output::unintelligible;
use super::{Run, impossible, words};
use crate::fault::{Fault, Result};
use crate::state::{Account, Secret, State};
use crate::step::{Change, Command, Piece, Stdin};

/// Members of either administer the machine, by the sudo rules that
/// distributions ship.
const ADMIN_GROUPS: [&str; 2] = ["wheel", "sudo"];

/// The group a new administrator joins: that of Red Hat, the vendor's main
/// Linux. Debian and its kin have only the other.
const ADMIN_GROUP: &str = "wheel";

pub(super) fn read(name: &str, run: Run<'_>) -> Result<Option<Account>> {
    let subject = format!("account/{name}");
    let Some(line) = entry(["passwd", name], &subject, run)? else {
        return Ok(None);
    };
    let fields: Vec<&str> = line.split(':').collect();
    let [_, _, _, group, comment, home, shell] = fields[..] else {
        return Err(unintelligible("getent", &subject, &line));
    };
    let mut is_admin = false;
    for admins in ADMIN_GROUPS {
        if let Some(line) = entry(["group", admins], &subject, run)? {
            is_admin |= is_member(&line, name, group);
        }
    }
    Ok(Some(Account {
        admin: is_admin,
        // The comment field may go on with an office and telephone numbers.
        full_name: comment.split(',').next().unwrap_or_default().to_owned(),
        home: home.to_owned(),
        shell: shell.to_owned(),
        unfinished: false,
    }))
}

/// One line of a database, or nothing: exit code 2 (getent(1)).
fn entry(asked: [&str; 2], subject: &str, run: Run<'_>) -> Result<Option<String>> {
    let command = Command::new("getent").args(asked.map(str::to_owned));
    let output = run(&command)?;
    match (output.code, output.stdout.lines().next()) {
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

pub(super) fn commands(name: &str, asked: &Change) -> Result<Vec<Command>> {
    words::account_name(name)?;
    let password = asked.after.password();
    match (&asked.before, &asked.after.state) {
        (State::Absent, State::Account(account)) => create(name, account, password),
        (State::Account(now), State::Account(then)) => alter(name, now, then, password),
        // Without `-r` the home folder stays.
        (State::Account(_), State::Absent) => {
            Ok(vec![Command::new("userdel").arg(name.to_owned())])
        }
        _ => Err(impossible(asked)),
    }
}

fn create(name: &str, account: &Account, password: Option<&Secret>) -> Result<Vec<Command>> {
    let mut command = Command::new("useradd").arg("-m");
    for (flag, value) in fields(account) {
        if !value.is_empty() {
            checked(flag, value)?;
            command = command.args([flag.to_owned(), value.to_owned()]);
        }
    }
    if account.admin {
        command = command.args(["-G", ADMIN_GROUP]);
    }
    let mut made = vec![command.arg(name.to_owned())];
    if let Some(password) = password {
        made.push(set_password(name, password));
    }
    Ok(made)
}

/// An account that is there keeps its password, unless it never got it.
fn alter(
    name: &str,
    now: &Account,
    then: &Account,
    password: Option<&Secret>,
) -> Result<Vec<Command>> {
    let mut made = Vec::new();
    let mut command = Command::new("usermod");
    for ((flag, value), (_, old)) in fields(then).into_iter().zip(fields(now)) {
        if !value.is_empty() && value != old {
            checked(flag, value)?;
            command = command.args([flag.to_owned(), value.to_owned()]);
        }
    }
    if !command.args.is_empty() {
        made.push(command.arg(name.to_owned()));
    }
    if then.admin && !now.admin {
        made.push(
            Command::new("usermod")
                .args(["-aG", ADMIN_GROUP])
                .arg(name.to_owned()),
        );
    }
    if now.admin && !then.admin {
        made.push(
            Command::new("gpasswd")
                .args(["-d".to_owned(), name.to_owned()])
                .arg(ADMIN_GROUP),
        );
    }
    if now.unfinished {
        made.extend(password.into_iter().map(|p| set_password(name, p)));
    }
    Ok(made)
}

fn fields(account: &Account) -> [(&'static str, &str); 3] {
    [
        ("-d", &account.home),
        ("-s", &account.shell),
        ("-c", &account.full_name),
    ]
}

/// Each ends as a field of `/etc/passwd`.
fn checked(flag: &str, value: &str) -> Result<()> {
    match flag {
        "-d" => words::absolute_path("home folder", value)?,
        "-s" => words::absolute_path("login shell", value)?,
        _ => words::one_line("full name", value)?,
    }
    if value.contains(':') || (flag == "-c" && value.contains(',')) {
        return Err(Fault::refused(format!(
            "`{value}` has a character that separates fields of an account"
        )));
    }
    Ok(())
}

/// `chpasswd` reads `NAME:PASSWORD` lines, so nothing shows in its arguments.
pub(super) fn set_password(name: &str, password: &Secret) -> Command {
    Command::new("chpasswd").stdin(Stdin::Pipe(vec![
        Piece::from(format!("{name}:")),
        Piece::from(password.clone()),
        Piece::from("\n"),
    ]))
}
