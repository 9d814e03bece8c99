//! `asnodeadmin`: the users of the Node API. It does not know whether their
//! system accounts exist.

use std::collections::BTreeMap;

use super::output::unintelligible;
use super::{Output, Run, impossible, words};
use crate::fault::{Fault, Result};
use crate::state::{ApiUser, Secret, State};
use crate::step::{Change, Command, Piece, Stdin};

pub(super) fn read(run: Run<'_>) -> Result<BTreeMap<String, ApiUser>> {
    let output = run(&Command::new("asnodeadmin").arg("-l"))?;
    if !output.is_success() {
        return Err(output.unreadable("asnodeadmin", "api_users"));
    }
    listed(&output)
}

/// Three layouts are published: with the title `List of node user(s):`,
/// without a title, and with `List of Node API user(s):` and other column
/// widths. All have a rule of `=` above the rows, and blanks between columns.
fn listed(output: &Output) -> Result<BTreeMap<String, ApiUser>> {
    let mut lines = output.stdout.lines().filter(|line| !line.trim().is_empty());
    if !lines.by_ref().any(is_rule) {
        return without_rule(output);
    }
    lines.map(row).collect()
}

fn is_rule(line: &str) -> bool {
    line.contains('=') && line.chars().all(|c| c == '=' || c.is_whitespace())
}

/// A title alone is an empty list. Anything else may be a failure that ended
/// with exit code 0, and must not read as "no users".
fn without_rule(output: &Output) -> Result<BTreeMap<String, ApiUser>> {
    let mut lines = output.stdout.lines().filter(|line| !line.trim().is_empty());
    match (lines.next(), lines.next()) {
        (Some(title), None) if title.starts_with("List of ") => Ok(BTreeMap::new()),
        (Some(line), _) => Err(unintelligible("asnodeadmin", "api_users", line)),
        (None, _) => Err(output.unreadable("asnodeadmin", "api_users")),
    }
}

/// `node_admin  console_admin  [impersonation]`; without rights the third
/// column is blank.
fn row(line: &str) -> Result<(String, ApiUser)> {
    let unknown = || unintelligible("asnodeadmin", "api_users", line);
    let mut columns = line.split_whitespace();
    let (Some(name), Some(transfer_user)) = (columns.next(), columns.next()) else {
        return Err(unknown());
    };
    let rest: String = columns.collect();
    let mut acls = Vec::new();
    if !rest.is_empty() {
        let inside = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']'));
        let names = inside.ok_or_else(unknown)?.split(',');
        acls.extend(names.filter(|acl| !acl.is_empty()).map(str::to_owned));
    }
    // In whatever order they were given, they mean the same.
    acls.sort();
    let user = ApiUser {
        transfer_user: transfer_user.to_owned(),
        acls,
    };
    Ok((name.to_owned(), user))
}

pub(super) fn commands(name: &str, asked: &Change) -> Result<Vec<Command>> {
    words::api_name("a Node API user", name)?;
    match (&asked.before, &asked.after.state) {
        (State::Absent, State::ApiUser(user)) => Ok(vec![add(name, user, asked.after.password())?]),
        (State::ApiUser(now), State::ApiUser(then)) => modify(name, now, then),
        (State::ApiUser(_), State::Absent) => Ok(vec![for_user("-d", name)]),
        _ => Err(impossible(asked)),
    }
}

fn add(name: &str, user: &ApiUser, password: Option<&Secret>) -> Result<Command> {
    words::api_name("a transfer user", &user.transfer_user)?;
    let Some(password) = password else {
        return Err(
            Fault::refused(format!("api_user/{name} is new and has no password"))
                .hint("name a password: `password: secret(\"env:NAME\")`"),
        );
    };
    let mut command = for_user("-a", name)
        .args(["-x".to_owned(), user.transfer_user.clone()])
        .stdin(prompted(password));
    if !user.acls.is_empty() {
        command = command.args(["--acl-set".to_owned(), joined(&user.acls)?]);
    }
    Ok(command)
}

/// A change keeps the password and passes none. Whether 4.x prompts for one
/// all the same is not published; with no input to read, it then fails
/// instead of waiting.
fn modify(name: &str, now: &ApiUser, then: &ApiUser) -> Result<Vec<Command>> {
    let mut made = Vec::new();
    let mut command = for_user("-m", name);
    if now.transfer_user != then.transfer_user {
        words::api_name("a transfer user", &then.transfer_user)?;
        command = command.args(["-x".to_owned(), then.transfer_user.clone()]);
    }
    let has_new_acls = now.acls != then.acls;
    if has_new_acls && !then.acls.is_empty() {
        command = command.args(["--acl-set".to_owned(), joined(&then.acls)?]);
    }
    if command.args.len() > 3 {
        made.push(command);
    }
    if has_new_acls && then.acls.is_empty() {
        // No form of `--acl-set` that leaves none is published ("Node Admin
        // Tool"), so each right is taken away by itself.
        for acl in &now.acls {
            words::api_name("an access right", acl)?;
            made.push(for_user("-m", name).args(["--acl-del".to_owned(), acl.clone()]));
        }
    }
    Ok(made)
}

pub(super) fn set_password(name: &str, password: &Secret) -> Result<Command> {
    words::api_name("a Node API user", name)?;
    Ok(for_user("-m", name).stdin(prompted(password)))
}

fn for_user(action: &'static str, name: &str) -> Command {
    Command::new("asnodeadmin")
        .args([action, "-u"])
        .arg(name.to_owned())
}

/// Without `-p`, which every local user could see, the tool prompts ("Node
/// Admin Tool"). How often is not published: the executor gives the last
/// answer again if there is another prompt.
fn prompted(password: &Secret) -> Stdin {
    Stdin::Terminal(vec![Piece::Secret(password.clone())])
}

fn joined(acls: &[String]) -> Result<String> {
    for acl in acls {
        words::api_name("an access right", acl)?;
    }
    Ok(acls.join(","))
}
