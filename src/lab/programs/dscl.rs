//! `dscl . …` of macOS: records of users and groups.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemGroup, SystemUser};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::password_prompt;
use crate::lab::passwords::PasswordOwner;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("dscl", ActingCalls::When(acts), run).only(LabPlatform::Macos);

fn acts(args: &[String], _: &str) -> bool {
    let verb = args.get(1).map(|verb| verb.trim_start_matches('-'));
    !matches!(verb, Some("read" | "list" | "authonly"))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let verb = call.arg(1).unwrap_or_default().trim_start_matches('-');
    let path = call.arg(2).unwrap_or_default();
    let rest = call.args.get(3..).unwrap_or_default();
    let (kind, name) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_start_matches('/'), ""));
    match verb {
        "list" => list(call, kind),
        "read" => read(call, kind, name, rest),
        "create" => create(call, kind, name, rest),
        "append" => append(call, kind, name, rest),
        "delete" => delete(call, kind, name),
        "passwd" => passwd(call, name, rest),
        "authonly" => authenticate(call, path, rest),
        _ => call.report_error(
            64,
            "Usage: dscl . -list | -read | -create | -append | -delete | -passwd PATH | -authonly NAME",
        ),
    }
}

/// The error for a path that does not exist.
fn not_found(call: &ProgramCall) -> io::Result<u8> {
    call.report_error(56, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)")
}

fn list(call: &ProgramCall, kind: &str) -> io::Result<u8> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let names: Vec<&String> = match kind {
        "Users" => accounts.users.keys().collect(),
        "Groups" => accounts.groups.keys().collect(),
        _ => return not_found(call),
    };
    names
        .into_iter()
        .try_for_each(|name| call.print_line(name))?;
    Ok(0)
}

/// The keys of a record, sorted like the output of the real tool.
fn record(accounts: &SystemAccounts, kind: &str, name: &str) -> Option<Vec<(String, String)>> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |key: &str, value: String| rows.push((key.to_owned(), value));
    if kind == "Groups" {
        let group = accounts.groups.get(name)?;
        let members: Vec<&str> = group.members.iter().map(String::as_str).collect();
        if !members.is_empty() {
            row("GroupMembership", members.join(" "));
        }
        row("PrimaryGroupID", group.gid.to_string());
    } else {
        let user = accounts.users.get(name).filter(|_| kind == "Users")?;
        // The key that enables root; all other accounts always have it.
        if name != "root" || accounts.root_enabled {
            row(
                "AuthenticationAuthority",
                ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>".to_owned(),
            );
        }
        row("NFSHomeDirectory", user.home.clone());
        row("PrimaryGroupID", user.gid.to_string());
        row("RealName", user.full_name.clone());
        row("UniqueID", user.uid.to_string());
        row("UserShell", user.shell.clone());
        user.other
            .iter()
            .for_each(|(key, value)| row(key, value.clone()));
    }
    row("RecordName", name.to_owned());
    rows.sort();
    Some(rows)
}

fn read(call: &ProgramCall, kind: &str, name: &str, keys: &[String]) -> io::Result<u8> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let Some(rows) = record(&accounts, kind, name) else {
        return not_found(call);
    };
    if keys.is_empty() {
        rows.iter().try_for_each(|row| print(call, row))?;
    }
    for key in keys {
        match rows.iter().find(|row| row.0 == *key) {
            Some(row) => print(call, row)?,
            None => call.print_line(format_args!("No such key: {key}"))?,
        }
    }
    Ok(0)
}

/// Prints a key; a value with spaces gets a line of its own, except members.
fn print(call: &ProgramCall, (key, value): &(String, String)) -> io::Result<()> {
    if value.contains(' ') && key != "GroupMembership" {
        call.print_line(format_args!("{key}:"))?;
        return call.print_line(format_args!(" {value}"));
    }
    call.print_line(format_args!("{key}: {value}"))
}

fn create(call: &ProgramCall, kind: &str, name: &str, rest: &[String]) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let value = rest.get(1).cloned().unwrap_or_default();
    let key = rest.first().map_or("", String::as_str);
    if kind == "Groups" {
        let gid = accounts.free_id(501);
        let fresh = || SystemGroup {
            gid,
            ..SystemGroup::default()
        };
        let group = accounts.groups.entry(name.to_owned()).or_insert_with(fresh);
        if matches!(key, "gid" | "PrimaryGroupID") {
            group.gid = value.parse().unwrap_or(gid);
        }
    } else {
        let uid = accounts.free_id(501);
        let fresh = || SystemUser {
            uid,
            gid: 20,
            home: "/var/empty".to_owned(),
            shell: "/usr/bin/false".to_owned(),
            ..SystemUser::default()
        };
        let user = accounts.users.entry(name.to_owned()).or_insert_with(fresh);
        set(user, key, value);
    }
    accounts.save(&call.folder)?;
    Ok(0)
}

fn set(user: &mut SystemUser, key: &str, value: String) {
    match key {
        "" => {}
        "UniqueID" => user.uid = value.parse().unwrap_or(user.uid),
        "PrimaryGroupID" => user.gid = value.parse().unwrap_or(user.gid),
        "RealName" => user.full_name = value,
        "NFSHomeDirectory" => user.home = value,
        "UserShell" => user.shell = value,
        _ => {
            user.other.insert(key.to_owned(), value);
        }
    }
}

fn append(call: &ProgramCall, kind: &str, name: &str, rest: &[String]) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let member = rest
        .get(1)
        .filter(|_| rest[0] == "GroupMembership")
        .cloned();
    let group = accounts.groups.get_mut(name).filter(|_| kind == "Groups");
    let (Some(group), Some(member)) = (group, member) else {
        return not_found(call);
    };
    group.members.insert(member);
    accounts.save(&call.folder)?;
    Ok(0)
}

fn delete(call: &ProgramCall, kind: &str, name: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let found = match kind {
        "Groups" => accounts.groups.remove(name).is_some(),
        _ => accounts.remove(name).is_some(),
    };
    if !found {
        return not_found(call);
    }
    accounts.save(&call.folder)?;
    PasswordOwner::Account(name).remove_password(&call.folder)?;
    Ok(0)
}

/// `-passwd PATH [[OLD] NEW]`; without a new password it prompts for one.
fn passwd(call: &ProgramCall, name: &str, rest: &[String]) -> io::Result<u8> {
    if !SystemAccounts::load(&call.folder)?.users.contains_key(name) {
        return not_found(call);
    }
    let owner = PasswordOwner::Account(name);
    let password = match rest {
        [] => password_prompt::prompt("New Password: ")?,
        [new] => new.clone(),
        [old, new, ..] if owner.accepts(&call.folder, old)? => new.clone(),
        [..] => return wrong_password(call),
    };
    let _lock = call.folder.lock()?;
    owner.set_password(&call.folder, &password)?;
    Ok(0)
}

/// `-authonly NAME [PASSWORD]`: checks a password.
fn authenticate(call: &ProgramCall, name: &str, rest: &[String]) -> io::Result<u8> {
    let password = match rest.first() {
        Some(given) => given.clone(),
        None => password_prompt::prompt("Password: ")?,
    };
    let is_user = SystemAccounts::load(&call.folder)?.users.contains_key(name);
    let _lock = call.folder.lock()?;
    if is_user && PasswordOwner::Account(name).accepts(&call.folder, &password)? {
        return Ok(0);
    }
    wrong_password(call)
}

fn wrong_password(call: &ProgramCall) -> io::Result<u8> {
    call.report_error(10, "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)")
}
