//! `usermod` of Linux.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};

pub(super) const PROGRAM: Program =
    Program::new("usermod", Acts::Always, run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
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

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let &[name] = words.plain().as_slice() else {
        return call.complain(2, "Usage: usermod [options] LOGIN");
    };
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    if !accounts.users.contains_key(name) {
        return call.complain(6, format_args!("usermod: user '{name}' does not exist"));
    }
    let mut named = words
        .value("G")
        .into_iter()
        .flat_map(|groups| groups.split(','))
        .chain(words.value("g"));
    if let Some(group) =
        named.find(|group| !group.is_empty() && !accounts.groups.contains_key(*group))
    {
        return call.complain(6, format_args!("usermod: group '{group}' does not exist"));
    }
    regroup(&mut accounts, &words, name);
    change(&mut accounts, &words, name);
    accounts.save(&call.folder)?;
    Ok(0)
}

fn regroup(accounts: &mut Accounts, words: &Words, name: &str) {
    let Some(groups) = words.value("G") else {
        return;
    };
    for (group, found) in &mut accounts.groups {
        if groups.split(',').any(|wanted| wanted == group) {
            found.members.insert(name.to_owned());
        } else if !words.has("a") {
            found.members.remove(name);
        }
    }
}

fn change(accounts: &mut Accounts, words: &Words, name: &str) {
    let gid = words
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
        if let Some(value) = words.value(key) {
            value.clone_into(field);
        }
    }
    user.gid = gid.unwrap_or(user.gid);
    user.locked = words.has("L") || (user.locked && !words.has("U"));
}
