//! `chage -l NAME`, `chage -E DATE NAME` and `chage -M DAYS NAME` of Linux: when an account
//! and its password expire.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemUser};
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("chage", ActingCalls::When(acts), run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "l",
    values: "EM",
    long_flags: &[("list", "l")],
    long_values: &[("expiredate", "E"), ("maxdays", "M")],
};

fn acts(args: &[String], _: &str) -> bool {
    !args
        .iter()
        .any(|arg| matches!(arg.as_str(), "-l" | "--list"))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(2, "Usage: chage [options] LOGIN");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.users.get_mut(name) else {
        let line = format_args!("chage: user '{name}' does not exist in /etc/passwd");
        return call.report_error(1, line);
    };
    if options.has("l") {
        return list(call, user);
    }
    if let Err(line) = set(user, &options) {
        return call.report_error(2, format_args!("chage: {line}"));
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn set(user: &mut SystemUser, options: &ParsedArgs) -> Result<(), String> {
    if let Some(date) = options.value("E") {
        let date: Option<jiff::civil::Date> = match date {
            "-1" => None,
            date => Some(date.parse().map_err(|_| format!("invalid date '{date}'"))?),
        };
        user.expires = date.map(|date| date.to_string());
    }
    if let Some(days) = options.value("M") {
        user.password_days = match days {
            "-1" => None,
            days => {
                let parsed = days.parse();
                Some(parsed.map_err(|_| format!("invalid numeric argument '{days}'"))?)
            }
        };
    }
    Ok(())
}

fn list(call: &ProgramCall, user: &SystemUser) -> io::Result<u8> {
    let written = |date: &str| {
        let date: Result<jiff::civil::Date, _> = date.parse();
        date.map_or_else(
            |_| "never".to_owned(),
            |date| date.strftime("%b %d, %Y").to_string(),
        )
    };
    let never = || "never".to_owned();
    let changed = jiff::civil::date(2026, 1, 1);
    let password = user.password_days.map(|days| {
        let date = changed.saturating_add(jiff::Span::new().days(i64::from(days.min(9_999))));
        date.strftime("%b %d, %Y").to_string()
    });
    for (label, value) in [
        ("Last password change", "Jan 01, 2026".to_owned()),
        ("Password expires", password.unwrap_or_else(never)),
        ("Password inactive", never()),
        (
            "Account expires",
            user.expires.as_deref().map_or_else(never, written),
        ),
        (
            "Minimum number of days between password change",
            "0".to_owned(),
        ),
        (
            "Maximum number of days between password change",
            user.password_days.map_or(-1, i64::from).to_string(),
        ),
        (
            "Number of days of warning before password expires",
            "7".to_owned(),
        ),
    ] {
        call.print_line(format_args!("{label}\t: {value}"))?;
    }
    Ok(0)
}
