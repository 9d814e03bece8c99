//! `useradd` of Linux.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{Accounts, Group, User};
use crate::lab::call::Call;
use crate::lab::files::{FileEntry, FileTree};
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};

pub(super) const PROGRAM: Program =
    Program::new("useradd", Acts::Always, run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
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

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let &[name] = words.plain().as_slice() else {
        return call.complain(2, "Usage: useradd [options] LOGIN");
    };
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    if accounts.users.contains_key(name) {
        return call.complain(9, format_args!("useradd: user '{name}' already exists"));
    }
    let more: Vec<&str> = words
        .value("G")
        .map_or_else(Vec::new, |groups| groups.split(',').collect());
    let named = more.iter().copied().chain(words.value("g"));
    if let Some(group) = named
        .into_iter()
        .find(|group| !accounts.groups.contains_key(*group))
    {
        return call.complain(6, format_args!("useradd: group '{group}' does not exist"));
    }
    if words.value("g").is_none() && accounts.groups.contains_key(name) {
        return call.complain(
            9,
            format_args!(
                "useradd: group {name} exists - if you want to add this user to that group, use -g."
            ),
        );
    }
    let user = user(&mut accounts, &words, name);
    if words.has("m") {
        let mut files = FileTree::load(&call.folder)?;
        let group = accounts.group_of(user.gid).unwrap_or(name);
        files.make(&user.home, &FileEntry::dir(name, group, 0o700));
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

/// The account, with a group of its own where none is named.
fn user(accounts: &mut Accounts, words: &Words, name: &str) -> User {
    let from = if words.has("r") { 201 } else { 1001 };
    let uid = words.value("u").and_then(|uid| uid.parse().ok());
    let uid = uid.unwrap_or_else(|| accounts.free_number(from));
    let group = words.value("g").unwrap_or(name);
    let fresh = || Group {
        gid: uid,
        ..Group::default()
    };
    let gid = accounts
        .groups
        .entry(group.to_owned())
        .or_insert_with(fresh)
        .gid;
    User {
        uid,
        gid,
        full_name: words.value("c").unwrap_or_default().to_owned(),
        home: words
            .value("d")
            .map_or_else(|| format!("/home/{name}"), str::to_owned),
        shell: words.value("s").unwrap_or("/bin/bash").to_owned(),
        ..User::default()
    }
}
