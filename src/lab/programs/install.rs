//! `install -d`: folders with owner and mode in one go.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::files::{FileEntry, FileTree};
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("install", Acts::Always, run);

const SYNTAX: Syntax = Syntax {
    flags: "dv",
    values: "ogm",
    long_flags: &[("directory", "d"), ("verbose", "v")],
    long_values: &[("owner", "o"), ("group", "g"), ("mode", "m")],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    if !words.has("d") {
        return call.complain(1, "install: the lab makes folders only, with -d");
    }
    let accounts = Accounts::load(&call.folder)?;
    let owner = words.value("o").unwrap_or("root");
    let Some(user) = accounts.users.get(owner) else {
        return call.complain(1, format_args!("install: invalid user: '{owner}'"));
    };
    let group = words
        .value("g")
        .or_else(|| accounts.group_of(user.gid))
        .unwrap_or("root");
    if !accounts.groups.contains_key(group) {
        return call.complain(1, format_args!("install: invalid group: '{group}'"));
    }
    let mode = words.value("m").unwrap_or("755");
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        return call.complain(1, format_args!("install: invalid mode: '{mode}'"));
    };
    let _turn = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in words.plain() {
        if let Some(reason) = super::mkdir::refusal(call, &files, path)? {
            return call.complain(1, format_args!("install: {reason}"));
        }
        files.make(path, &FileEntry::dir(owner, group, mode));
    }
    files.save(&call.folder)?;
    Ok(0)
}
