//! `id`, `getent`, `passwd`, `chage`, `usermod`, `gpasswd` on Linux and `dscl`, `dseditgroup`,
//! `pwpolicy` on macOS: groups of an account, its lock and its expiry.

use jiff::civil::Date;

use super::output::{Output, unknown_format};
use super::{RunReading, groups, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{AccountProperty, Platform, PrimaryGroup, State, Subject, ValueType};
use crate::step::{Change, Command};

/// Reads a property of an account that exists.
pub(super) fn read(
    platform: Platform,
    account: &str,
    property: &AccountProperty,
    run: RunReading<'_>,
) -> Result<State> {
    validate::argument(ValueType::AccountName, "the account", account)?;
    let path = format!("account/{account}/{property}");
    match (property, platform) {
        (AccountProperty::PrimaryGroup, _) => primary_group(platform, account, &path, run),
        (AccountProperty::Member(group), _) => {
            let members = groups::read(platform, group, run)?.map(|group| group.members);
            let is_member = members.is_some_and(|members| members.iter().any(|it| it == account));
            Ok(yes_if(is_member))
        }
        (AccountProperty::Locked, Platform::Linux) => linux_lock(account, &path, run),
        (AccountProperty::Locked, Platform::Macos) => macos_lock(account, &path, run),
        (AccountProperty::Expiry, Platform::Linux) => {
            account_expiry(&aging(account, &path, run)?, &path)
        }
        (AccountProperty::PasswordExpiry, Platform::Linux) => {
            password_expiry(&aging(account, &path, run)?, &path)
        }
        (AccountProperty::Expiry | AccountProperty::PasswordExpiry, Platform::Macos) => {
            Err(no_expiry_on_macos())
        }
    }
}

/// The fault of asking macOS when an account expires: no tool of this program reads that there.
pub fn no_expiry_on_macos() -> Fault {
    Fault::refused("the expiry of an account can be read and set on Linux only")
        .hint("remove `expires` for macOS, where password policies decide it")
}

fn yes_if(holds: bool) -> State {
    if holds {
        State::Text(AccountProperty::YES.into())
    } else {
        State::Absent
    }
}

fn primary_group(
    platform: Platform,
    account: &str,
    path: &str,
    run: RunReading<'_>,
) -> Result<State> {
    let mut id = |flag: &'static str| -> Result<String> {
        let output = run(&Command::new("id").arg(flag).arg(account.to_owned()))?;
        match output.stdout.trim() {
            word if output.is_success() && !word.is_empty() => Ok(word.to_owned()),
            _ => Err(output.unreadable("id", path)),
        }
    };
    let name = id("-gn")?;
    let gid = match platform {
        Platform::Linux => None,
        Platform::Macos => {
            let printed = id("-g")?;
            let gid = printed.parse();
            Some(gid.map_err(|_| unknown_format("id", path, &printed))?)
        }
    };
    let group = PrimaryGroup {
        primary_group: name,
        gid,
    };
    Ok(State::PrimaryGroup(group.into()))
}

/// `faspex L 2026-01-01 0 99999 7 -1`; Red Hat writes `LK` and `PS`, others `L` and `P`.
fn linux_lock(account: &str, path: &str, run: RunReading<'_>) -> Result<State> {
    let output = run(&Command::new("passwd").arg("-S").arg(account.to_owned()))?;
    if !output.is_success() {
        return Err(as_root(output.unreadable("passwd", path)));
    }
    let line = output.stdout.lines().next().unwrap_or_default();
    match line.split_whitespace().nth(1) {
        Some("L" | "LK") => Ok(yes_if(true)),
        Some("P" | "PS" | "NP") => Ok(yes_if(false)),
        _ => Err(unknown_format("passwd", path, line)),
    }
}

/// `Policy allows user <faspex> to authenticate`, or that it does not.
fn macos_lock(account: &str, path: &str, run: RunReading<'_>) -> Result<State> {
    let command = policy(account).arg("-authentication-allowed");
    let output = run(&command)?;
    if output.contains("not allowed to authenticate") || output.contains("is disabled") {
        return Ok(yes_if(true));
    }
    if !output.is_success() {
        return Err(as_root(output.unreadable("pwpolicy", path)));
    }
    if output.contains("Policy allows user") || output.contains("is allowed to authenticate") {
        return Ok(yes_if(false));
    }
    let line = output.first_line().unwrap_or_default();
    Err(unknown_format("pwpolicy", path, line))
}

fn aging(account: &str, path: &str, run: RunReading<'_>) -> Result<Output> {
    let output = run(&Command::new("chage").arg("-l").arg(account.to_owned()))?;
    if output.is_success() {
        return Ok(output);
    }
    Err(as_root(output.unreadable("chage", path)))
}

/// These tools read only one's own account without root's permissions.
fn as_root(fault: Fault) -> Fault {
    fault.hint("this can be read by root only: call ascript with sudo")
}

/// The value of a row such as `Account expires : never`.
fn row<'a>(output: &'a Output, label: &str, path: &str) -> Result<&'a str> {
    let mut rows = output
        .stdout
        .lines()
        .filter_map(|line| line.split_once(':'));
    let found = rows.find(|(name, _)| name.trim() == label);
    found.map(|(_, value)| value.trim()).ok_or_else(|| {
        let line = output.first_line().unwrap_or_default();
        unknown_format("chage", path, line)
    })
}

fn account_expiry(output: &Output, path: &str) -> Result<State> {
    let printed = row(output, "Account expires", path)?;
    if printed == AccountProperty::NEVER {
        return Ok(State::Text(AccountProperty::NEVER.into()));
    }
    let date = Date::strptime("%b %d, %Y", printed).or_else(|_| printed.parse());
    let date: Date = date.map_err(|_| unknown_format("chage", path, printed))?;
    Ok(State::Text(date.to_string().into()))
}

fn password_expiry(output: &Output, path: &str) -> Result<State> {
    let printed = row(output, "Password expires", path)?;
    if printed == AccountProperty::NEVER {
        return Ok(State::Text(AccountProperty::NEVER.into()));
    }
    if printed.contains("must be changed") {
        return Ok(State::Text(AT_NEXT_LOGIN.into()));
    }
    let label = "Maximum number of days between password change";
    let days = row(output, label, path)?;
    match days.parse::<u32>() {
        Ok(days) => Ok(State::Text(format!("after {days} days").into())),
        Err(_) => Err(unknown_format("chage", path, days)),
    }
}

/// The state of a password that must be changed at the next login.
const AT_NEXT_LOGIN: &str = "at the next login";

/// The commands for properties of one account, in their order. Those of an account that is
/// created or deleted by the same step come after or go with it.
pub(super) fn commands(
    platform: Platform,
    account: &str,
    changes: &[Change],
) -> Result<Vec<Command>> {
    validate::argument(ValueType::AccountName, "the account", account)?;
    let mut commands = Vec::new();
    for change in changes {
        let Subject::AccountProperty(_, property) = &change.subject else {
            return Err(no_command_for(change));
        };
        commands.push(match platform {
            Platform::Linux => linux_command(account, property, change)?,
            Platform::Macos => macos_command(account, property, change)?,
        });
    }
    Ok(commands)
}

fn linux_command(account: &str, property: &AccountProperty, change: &Change) -> Result<Command> {
    let then = &change.after.state;
    let command = match (property, then) {
        (AccountProperty::PrimaryGroup, State::PrimaryGroup(group)) => Command::new("usermod")
            .arg("-g")
            .arg(checked_group(&group.primary_group)?),
        (AccountProperty::Member(group), State::Text(_)) => Command::new("usermod")
            .arg("-aG")
            .arg(checked_group(group)?),
        (AccountProperty::Member(group), State::Absent) => {
            let command = Command::new("gpasswd").args(["-d".to_owned(), account.to_owned()]);
            return Ok(command.arg(checked_group(group)?));
        }
        (AccountProperty::Locked, State::Text(_)) => Command::new("passwd").arg("--lock"),
        (AccountProperty::Locked, State::Absent) => Command::new("passwd").arg("--unlock"),
        (AccountProperty::Expiry, State::Text(date)) => {
            Command::new("chage").arg("-E").arg(expiry_date(date)?)
        }
        (AccountProperty::PasswordExpiry, State::Text(_)) if change.before == at_next_login() => {
            return Err(must_change_password(account));
        }
        (AccountProperty::PasswordExpiry, State::Text(after)) => {
            Command::new("chage").arg("-M").arg(days(after, change)?)
        }
        _ => return Err(no_command_for(change)),
    };
    Ok(command.arg(account.to_owned()))
}

fn at_next_login() -> State {
    State::Text(AT_NEXT_LOGIN.into())
}

fn must_change_password(account: &str) -> Fault {
    Fault::refused(format!(
        "{account} must change its password at the next login, which also stops logins with a key"
    ))
    .hint(format!(
        "set its password, or lift that with `chage -d -1 {account}`"
    ))
}

fn checked_group(group: &str) -> Result<String> {
    validate::argument(ValueType::AccountName, "the group", group)?;
    Ok(group.to_owned())
}

/// The argument of `chage -E`: a date, or -1 for never (chage(1)).
fn expiry_date(text: &str) -> Result<String> {
    if text == AccountProperty::NEVER {
        return Ok("-1".to_owned());
    }
    let date: std::result::Result<Date, _> = text.parse();
    match date {
        Ok(date) => Ok(date.to_string()),
        Err(_) => Err(Fault::refused(format!(
            "`{}` is not a date of expiry",
            text.escape_debug()
        ))),
    }
}

/// The argument of `chage -M`: a number of days, or -1 for never (chage(1)).
fn days(text: &str, change: &Change) -> Result<String> {
    if text == AccountProperty::NEVER {
        return Ok("-1".to_owned());
    }
    let days = text
        .strip_prefix("after ")
        .and_then(|it| it.strip_suffix(" days"));
    let days = days.and_then(|days| days.parse::<u32>().ok());
    days.map(|days| days.to_string())
        .ok_or_else(|| no_command_for(change))
}

fn macos_command(account: &str, property: &AccountProperty, change: &Change) -> Result<Command> {
    Ok(match (property, &change.after.state) {
        (AccountProperty::PrimaryGroup, State::PrimaryGroup(group)) => {
            let gid = group
                .gid
                .ok_or_else(|| gid_not_known(&group.primary_group))?;
            Command::new("dscl")
                .args([".", "-create"])
                .arg(format!("/Users/{account}"))
                .arg("PrimaryGroupID")
                .arg(gid.to_string())
        }
        (AccountProperty::Member(group), state) => Command::new("dseditgroup")
            .args(["-o", "edit"])
            .arg(if *state == State::Absent { "-d" } else { "-a" })
            .arg(account.to_owned())
            .args(["-t", "user"])
            .arg(checked_group(group)?),
        (AccountProperty::Locked, state) => {
            let flag = u8::from(*state != State::Absent);
            policy(account)
                .arg("-setpolicy")
                .arg(format!("isDisabled={flag}"))
        }
        (AccountProperty::Expiry | AccountProperty::PasswordExpiry, _) => {
            return Err(no_expiry_on_macos());
        }
        (AccountProperty::PrimaryGroup, _) => return Err(no_command_for(change)),
    })
}

fn gid_not_known(group: &str) -> Fault {
    Fault::refused(format!(
        "the number of the group {group} is not known, and macOS needs it for a primary group"
    ))
    .hint(format!(
        "give it a number: `group.ensure(\"{group}\", #{{ gid: 600 }})`"
    ))
}

fn policy(account: &str) -> Command {
    Command::new("pwpolicy").args(["-u".to_owned(), account.to_owned()])
}
