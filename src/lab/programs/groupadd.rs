//! `groupadd` of Linux.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{Accounts, Group};
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program =
    Program::new("groupadd", Acts::Always, run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
    flags: "rf",
    values: "g",
    long_flags: &[("system", "r"), ("force", "f")],
    long_values: &[("gid", "g")],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let &[name] = words.plain().as_slice() else {
        return call.complain(2, "Usage: groupadd [options] GROUP");
    };
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    if accounts.groups.contains_key(name) {
        if words.has("f") {
            return Ok(0);
        }
        return call.complain(9, format_args!("groupadd: group '{name}' already exists"));
    }
    let from = if words.has("r") { 201 } else { 1001 };
    let given = words.value("g").and_then(|gid| gid.parse().ok());
    let gid = given.unwrap_or_else(|| accounts.free_number(from));
    accounts.groups.insert(
        name.to_owned(),
        Group {
            gid,
            ..Group::default()
        },
    );
    accounts.save(&call.folder)?;
    Ok(0)
}
