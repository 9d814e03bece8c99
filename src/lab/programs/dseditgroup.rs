//! `dseditgroup` of macOS: membership of groups.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{Accounts, Group};
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};
use crate::lab::passwords::is_administrator;
use crate::lab::terminal;

pub(super) const PROGRAM: Program =
    Program::new("dseditgroup", Acts::When(acts), run).only(Platform::Macos);

const SYNTAX: Syntax = Syntax {
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

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let plain = words.plain();
    let Some(group) = plain.last() else {
        return call.complain(64, "Group name not provided");
    };
    if !is_allowed(call, &words)? {
        return call.complain(
            77,
            "Username and password are not those of an administrator.",
        );
    }
    match words.value("o").unwrap_or("read") {
        "checkmember" => check(call, &words, group),
        "edit" => edit(call, &words, group),
        "create" => create(call, &words, group),
        "delete" => delete(call, group),
        "read" => read(call, group),
        _ => call.complain(64, "Unknown operation"),
    }
}

/// Whether the administrator named with `-u` is one; without `-u` root asks.
fn is_allowed(call: &Call, words: &Words) -> io::Result<bool> {
    let Some(name) = words.value("u") else {
        return Ok(true);
    };
    let password = match words.value("P") {
        Some(given) => given.to_owned(),
        None => terminal::ask("Password: ")?,
    };
    let _turn = call.folder.lock()?;
    is_administrator(&call.folder, name, &password)
}

fn check(call: &Call, words: &Words, group: &str) -> io::Result<u8> {
    let name = words.value("m").unwrap_or("root");
    if Accounts::load(&call.folder)?.is_member(name, group) {
        call.say(format_args!("yes {name} is a member of {group}"))?;
        return Ok(0);
    }
    call.say(format_args!("no {name} is NOT a member of {group}"))?;
    Ok(67)
}

fn edit(call: &Call, words: &Words, group: &str) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    if let Some(name) = words
        .value("a")
        .filter(|name| !accounts.users.contains_key(*name))
    {
        return call.complain(67, format_args!("Record was not found: {name}"));
    }
    let Some(found) = accounts.groups.get_mut(group) else {
        return missing(call);
    };
    if let Some(name) = words.value("a") {
        found.members.insert(name.to_owned());
    }
    if let Some(name) = words.value("d") {
        found.members.remove(name);
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn create(call: &Call, words: &Words, group: &str) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    let given = words.value("i").and_then(|gid| gid.parse().ok());
    let gid = given.unwrap_or_else(|| accounts.free_number(501));
    accounts.groups.insert(
        group.to_owned(),
        Group {
            gid,
            ..Group::default()
        },
    );
    accounts.save(&call.folder)?;
    Ok(0)
}

fn delete(call: &Call, group: &str) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    if accounts.groups.remove(group).is_none() {
        return missing(call);
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn read(call: &Call, group: &str) -> io::Result<u8> {
    let accounts = Accounts::load(&call.folder)?;
    let Some(found) = accounts.groups.get(group) else {
        return missing(call);
    };
    call.say(format_args!(
        "dsAttrTypeStandard:PrimaryGroupID -\n\t\t{}",
        found.gid
    ))?;
    call.say(format_args!("dsAttrTypeStandard:RecordName -\n\t\t{group}"))?;
    Ok(0)
}

fn missing(call: &Call) -> io::Result<u8> {
    call.complain(64, "Group not found.")
}
