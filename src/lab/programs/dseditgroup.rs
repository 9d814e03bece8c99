//! `dseditgroup` of macOS: membership of groups.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemGroup};
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::password_prompt;
use crate::lab::passwords::is_administrator;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("dseditgroup", ActingCalls::When(acts), run).only(LabPlatform::Macos);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "qLp",
    values: "omaditnuPrgT",
    long_flags: &[],
    long_values: &[],
};

fn acts(args: &[String], _: &str) -> bool {
    let at = args.iter().position(|arg| arg == "-o");
    let verb = at.and_then(|at| args.get(at + 1)).map(String::as_str);
    !matches!(verb, Some("read" | "checkmember") | None)
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let plain = options.operands();
    let Some(group) = plain.last() else {
        return call.report_error(64, "Group name not provided");
    };
    if !is_allowed(call, &options)? {
        return call.report_error(
            77,
            "Username and password are not those of an administrator.",
        );
    }
    match options.value("o").unwrap_or("read") {
        "checkmember" => check(call, &options, group),
        "edit" => edit(call, &options, group),
        "create" => create(call, &options, group),
        "delete" => delete(call, group),
        "read" => read(call, group),
        _ => call.report_error(64, "Unknown operation"),
    }
}

/// Checks the administrator given with `-u`. Without `-u` the caller is root.
fn is_allowed(call: &ProgramCall, options: &ParsedArgs) -> io::Result<bool> {
    let Some(name) = options.value("u") else {
        return Ok(true);
    };
    let password = match options.value("P") {
        Some(given) => given.to_owned(),
        None => password_prompt::prompt("Password: ")?,
    };
    let _lock = call.folder.lock()?;
    is_administrator(&call.folder, name, &password)
}

fn check(call: &ProgramCall, options: &ParsedArgs, group: &str) -> io::Result<u8> {
    let name = options.value("m").unwrap_or("root");
    if SystemAccounts::load(&call.folder)?.is_member(name, group) {
        call.print_line(format_args!("yes {name} is a member of {group}"))?;
        return Ok(0);
    }
    call.print_line(format_args!("no {name} is NOT a member of {group}"))?;
    Ok(67)
}

fn edit(call: &ProgramCall, options: &ParsedArgs, group: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if let Some(name) = options
        .value("a")
        .filter(|name| !accounts.users.contains_key(*name))
    {
        return call.report_error(67, format_args!("Record was not found: {name}"));
    }
    let Some(found) = accounts.groups.get_mut(group) else {
        return missing(call);
    };
    if let Some(name) = options.value("a") {
        found.members.insert(name.to_owned());
    }
    if let Some(name) = options.value("d") {
        found.members.remove(name);
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn create(call: &ProgramCall, options: &ParsedArgs, group: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let given = options.value("i").and_then(|gid| gid.parse().ok());
    let gid = given.unwrap_or_else(|| accounts.free_id(501));
    accounts.groups.insert(
        group.to_owned(),
        SystemGroup {
            gid,
            ..SystemGroup::default()
        },
    );
    accounts.save(&call.folder)?;
    Ok(0)
}

fn delete(call: &ProgramCall, group: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if accounts.groups.remove(group).is_none() {
        return missing(call);
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn read(call: &ProgramCall, group: &str) -> io::Result<u8> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let Some(found) = accounts.groups.get(group) else {
        return missing(call);
    };
    call.print_line(format_args!(
        "dsAttrTypeStandard:PrimaryGroupID -\n\t\t{}",
        found.gid
    ))?;
    call.print_line(format_args!("dsAttrTypeStandard:RecordName -\n\t\t{group}"))?;
    Ok(0)
}

fn missing(call: &ProgramCall) -> io::Result<u8> {
    call.report_error(64, "Group not found.")
}
