//! `usermod` of Linux.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("usermod", ActingCalls::Always, run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "aLUm",
    values: "Gsdcg",
    long_flags: &[
        ("append", "a"),
        ("lock", "L"),
        ("unlock", "U"),
        ("move-home", "m"),
    ],
    long_values: &[
        ("groups", "G"),
        ("shell", "s"),
        ("home", "d"),
        ("comment", "c"),
        ("gid", "g"),
    ],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(2, "Usage: usermod [options] LOGIN");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if !accounts.users.contains_key(name) {
        return call.report_error(6, format_args!("usermod: user '{name}' does not exist"));
    }
    let mut named = options
        .value("G")
        .into_iter()
        .flat_map(|groups| groups.split(','))
        .chain(options.value("g"));
    if let Some(group) =
        named.find(|group| !group.is_empty() && !accounts.groups.contains_key(*group))
    {
        return call.report_error(6, format_args!("usermod: group '{group}' does not exist"));
    }
    regroup(&mut accounts, &options, name);
    change(&mut accounts, &options, name);
    accounts.save(&call.folder)?;
    Ok(0)
}

fn regroup(accounts: &mut SystemAccounts, options: &ParsedArgs, name: &str) {
    let Some(groups) = options.value("G") else {
        return;
    };
    for (group, found) in &mut accounts.groups {
        if groups.split(',').any(|wanted| wanted == group) {
            found.members.insert(name.to_owned());
        } else if !options.has("a") {
            found.members.remove(name);
        }
    }
}

fn change(accounts: &mut SystemAccounts, options: &ParsedArgs, name: &str) {
    let gid = options
        .value("g")
        .and_then(|group| accounts.groups.get(group))
        .map(|group| group.gid);
    let Some(user) = accounts.users.get_mut(name) else {
        return;
    };
    let fields = [
        ("s", &mut user.shell),
        ("d", &mut user.home),
        ("c", &mut user.full_name),
    ];
    for (key, field) in fields {
        if let Some(value) = options.value(key) {
            value.clone_into(field);
        }
    }
    user.gid = gid.unwrap_or(user.gid);
    user.locked = options.has("L") || (user.locked && !options.has("U"));
}
