//! `useradd` of Linux.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemGroup, SystemUser};
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("useradd", ActingCalls::Always, run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "mMrUN",
    values: "dscgGu",
    long_flags: &[
        ("create-home", "m"),
        ("no-create-home", "M"),
        ("system", "r"),
        ("user-group", "U"),
        ("no-user-group", "N"),
    ],
    long_values: &[
        ("home-dir", "d"),
        ("home", "d"),
        ("shell", "s"),
        ("comment", "c"),
        ("gid", "g"),
        ("groups", "G"),
        ("uid", "u"),
    ],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(2, "Usage: useradd [options] LOGIN");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if accounts.users.contains_key(name) {
        return call.report_error(9, format_args!("useradd: user '{name}' already exists"));
    }
    let more: Vec<&str> = options
        .value("G")
        .map_or_else(Vec::new, |groups| groups.split(',').collect());
    let named = more.iter().copied().chain(options.value("g"));
    if let Some(group) = named
        .into_iter()
        .find(|group| !accounts.groups.contains_key(*group))
    {
        return call.report_error(6, format_args!("useradd: group '{group}' does not exist"));
    }
    if options.value("g").is_none() && accounts.groups.contains_key(name) {
        return call.report_error(
            9,
            format_args!(
                "useradd: group {name} exists - if you want to add this user to that group, use -g."
            ),
        );
    }
    let user = user(&mut accounts, &options, name);
    if options.has("m") {
        let mut files = FileTree::load(&call.folder)?;
        let group = accounts.group_name(user.gid).unwrap_or(name);
        files.create(&user.home, &FileEntry::dir(name, group, 0o700));
        files.save(&call.folder)?;
    }
    for group in more {
        accounts
            .groups
            .entry(group.to_owned())
            .or_default()
            .members
            .insert(name.to_owned());
    }
    accounts.users.insert(name.to_owned(), user);
    accounts.save(&call.folder)?;
    Ok(0)
}

/// The account; without `-g` it gets a group of its own.
fn user(accounts: &mut SystemAccounts, options: &ParsedArgs, name: &str) -> SystemUser {
    let from = if options.has("r") { 201 } else { 1001 };
    let uid = options.value("u").and_then(|uid| uid.parse().ok());
    let uid = uid.unwrap_or_else(|| accounts.free_id(from));
    let group = options.value("g").unwrap_or(name);
    let fresh = || SystemGroup {
        gid: uid,
        ..SystemGroup::default()
    };
    let gid = accounts
        .groups
        .entry(group.to_owned())
        .or_insert_with(fresh)
        .gid;
    SystemUser {
        uid,
        gid,
        full_name: options.value("c").unwrap_or_default().to_owned(),
        home: options
            .value("d")
            .map_or_else(|| format!("/home/{name}"), str::to_owned),
        shell: options.value("s").unwrap_or("/bin/bash").to_owned(),
        // Until it gets a password.
        locked: true,
        ..SystemUser::default()
    }
}
