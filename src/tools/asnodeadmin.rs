//! `asnodeadmin`: the users of the Node API.

use std::collections::BTreeMap;

use super::output::unknown_format;
use super::{Output, RunReading, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{ApiUser, Secret, State, ValueType};
use crate::step::{Change, Command, Piece, Stdin};

pub(super) fn read(run: RunReading<'_>) -> Result<BTreeMap<String, ApiUser>> {
    let output = run(&Command::new("asnodeadmin").arg("-l"))?;
    if !output.is_success() {
        return Err(output.unreadable("asnodeadmin", "api_users"));
    }
    parse_list(&output)
}

/// Three formats are published: with the title `List of node user(s):`, without a
/// title, and with `List of Node API user(s):` and other column widths. All have a
/// line of `=` above the rows, and blanks between columns.
fn parse_list(output: &Output) -> Result<BTreeMap<String, ApiUser>> {
    let not_blank = |line: &&str| !line.trim().is_empty();
    let mut lines: Vec<_> = output.stdout.lines().filter(not_blank).collect();
    let count = lines.last().and_then(|line| parse_count(line));
    let count_line = count.and_then(|_| lines.pop());
    let users = match lines.iter().position(|line| is_rule(line)) {
        Some(rule) => lines[rule + 1..]
            .iter()
            .map(|line| parse_row(line))
            .collect(),
        None => parse_empty_list(&lines, output),
    }?;
    match count_line {
        Some(line) if count != Some(users.len()) => {
            Err(unknown_format("asnodeadmin", "api_users", line))
        }
        _ => Ok(users),
    }
}

/// `1 user(s)`, the number of users below the rows. No name contains parentheses,
/// so it is no row.
fn parse_count(line: &str) -> Option<usize> {
    let mut words = line.split_whitespace();
    let count = words.find_map(|word| word.parse().ok())?;
    words
        .any(|word| word.trim_end_matches('.') == "user(s)")
        .then_some(count)
}

fn is_rule(line: &str) -> bool {
    line.contains('=') && line.chars().all(|c| c == '=' || c.is_whitespace())
}

/// A title alone is an empty list. Anything else may be a failure with exit code
/// 0, and must not be taken for an empty list.
fn parse_empty_list(lines: &[&str], output: &Output) -> Result<BTreeMap<String, ApiUser>> {
    match lines {
        [title] if title.starts_with("List of ") => Ok(BTreeMap::new()),
        [line, ..] => Err(unknown_format("asnodeadmin", "api_users", line)),
        [] => Err(output.unreadable("asnodeadmin", "api_users")),
    }
}

/// `node_admin  console_admin  [impersonation]`; without access rights the third
/// column is blank.
fn parse_row(line: &str) -> Result<(String, ApiUser)> {
    let unknown = || unknown_format("asnodeadmin", "api_users", line);
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
    // Their order has no meaning.
    acls.sort();
    let user = ApiUser {
        transfer_user: transfer_user.to_owned(),
        acls,
    };
    Ok((name.to_owned(), user))
}

/// A command that makes asperanoded reload its configuration, its license and its users.
pub(super) fn reload() -> Command {
    Command::new("asnodeadmin").arg("--reload")
}

pub(super) fn commands(name: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::ApiName, "the Node API user", name)?;
    match (&change.before, &change.after.state) {
        (State::Absent, State::ApiUser(user)) => {
            Ok(vec![add(name, user, change.after.password())?])
        }
        (State::ApiUser(now), State::ApiUser(then)) => modify(name, now, then),
        (State::ApiUser(_), State::Absent) => Ok(vec![for_user("-d", name)]),
        _ => Err(no_command_for(change)),
    }
}

fn add(name: &str, user: &ApiUser, password: Option<&Secret>) -> Result<Command> {
    validate::argument(ValueType::ApiName, "the transfer user", &user.transfer_user)?;
    let Some(password) = password else {
        return Err(
            Fault::refused(format!("the new Node API user `{name}` has no password"))
                .hint("add a password: `password: secret(\"env:NAME\")`"),
        );
    };
    let mut command = for_user("-a", name)
        .args(["-x".to_owned(), user.transfer_user.clone()])
        .stdin(prompted(password));
    if !user.acls.is_empty() {
        command = with_acls(command, "--acl-set", &user.acls)?;
    }
    Ok(command)
}

/// A change leaves the password as it is. Whether 4.x prompts for one anyway is not
/// published; without input, it would fail instead of waiting.
fn modify(name: &str, now: &ApiUser, then: &ApiUser) -> Result<Vec<Command>> {
    let mut commands = Vec::new();
    let mut command = for_user("-m", name);
    if now.transfer_user != then.transfer_user {
        validate::argument(ValueType::ApiName, "the transfer user", &then.transfer_user)?;
        command = command.args(["-x".to_owned(), then.transfer_user.clone()]);
    }
    let has_new_acls = now.acls != then.acls;
    if has_new_acls && !then.acls.is_empty() {
        command = with_acls(command, "--acl-set", &then.acls)?;
    }
    if command.args.len() > 3 {
        commands.push(command);
    }
    if has_new_acls && then.acls.is_empty() {
        // No form of `--acl-set` that removes all rights is published ("Node
        // Admin Tool"), so each right is removed by a command of its own.
        for acl in &now.acls {
            let acls = std::slice::from_ref(acl);
            commands.push(with_acls(for_user("-m", name), "--acl-del", acls)?);
        }
    }
    Ok(commands)
}

pub(super) fn set_password(name: &str, password: &Secret) -> Result<Command> {
    validate::argument(ValueType::ApiName, "the Node API user", name)?;
    Ok(for_user("-m", name).stdin(prompted(password)))
}

fn for_user(action: &'static str, name: &str) -> Command {
    Command::new("asnodeadmin")
        .args([action, "-u"])
        .arg(name.to_owned())
}

/// Without `-p`, which every local user could see, the tool prompts ("Node Admin
/// Tool"). How often is not published: the executor repeats the last answer at
/// each further prompt.
fn prompted(password: &Secret) -> Stdin {
    Stdin::Terminal(vec![Piece::Secret(password.clone())])
}

/// Adds access rights; `internal` is allowed with `--internal` only (IBM/aspera-cli, hints of the
/// node plugin).
fn with_acls(command: Command, option: &'static str, acls: &[String]) -> Result<Command> {
    for acl in acls {
        validate::argument(ValueType::ApiName, "the access right", acl)?;
    }
    let command = command.args([option.to_owned(), acls.join(",")]);
    Ok(if acls.iter().any(|acl| acl == "internal") {
        command.arg("--internal")
    } else {
        command
    })
}
