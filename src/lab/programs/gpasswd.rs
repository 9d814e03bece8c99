//! `gpasswd -a NAME GROUP` and `gpasswd -d NAME GROUP` of Linux: one member of a
//! group.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program =
    Program::new("gpasswd", Acts::Always, run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
    flags: "",
    values: "ad",
    long_flags: &[],
    long_values: &[("add", "a"), ("delete", "d")],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let (added, removed) = (words.value("a"), words.value("d"));
    let (&[group], Some(name)) = (words.plain().as_slice(), added.or(removed)) else {
        return call.complain(2, "Usage: gpasswd -a|-d USER GROUP");
    };
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    let is_known = accounts.users.contains_key(name);
    let Some(members) = accounts
        .groups
        .get_mut(group)
        .map(|group| &mut group.members)
    else {
        return call.complain(3, format_args!("gpasswd: group '{group}' does not exist"));
    };
    if added.is_some() {
        if !is_known {
            return call.complain(3, format_args!("gpasswd: user '{name}' does not exist"));
        }
        members.insert(name.to_owned());
        call.say(format_args!("Adding user {name} to group {group}"))?;
    } else {
        call.say(format_args!("Removing user {name} from group {group}"))?;
        if !members.remove(name) {
            return call.complain(
                3,
                format_args!("gpasswd: user '{name}' is not a member of '{group}'"),
            );
        }
    }
    accounts.save(&call.folder)?;
    Ok(0)
}
