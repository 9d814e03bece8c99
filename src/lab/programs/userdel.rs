//! `userdel` of Linux.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::files::FileTree;
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;
use crate::lab::passwords::PasswordOwner;

pub(super) const PROGRAM: Program =
    Program::new("userdel", Acts::Always, run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
    flags: "rf",
    values: "",
    long_flags: &[("remove", "r"), ("force", "f")],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let &[name] = words.plain().as_slice() else {
        return call.complain(2, "Usage: userdel [options] LOGIN");
    };
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    let Some(user) = accounts.remove(name) else {
        return call.complain(6, format_args!("userdel: user '{name}' does not exist"));
    };
    // The group that was made with the account goes with it.
    let own = |group: &&str| accounts.groups[*group].members.is_empty() && *group == name;
    if let Some(group) = accounts.group_of(user.gid).filter(own).map(str::to_owned) {
        accounts.groups.remove(&group);
    }
    accounts.save(&call.folder)?;
    PasswordOwner::Account(name).remove_password(&call.folder)?;
    if words.has("r") {
        let mut files = FileTree::load(&call.folder)?;
        files.remove_tree(&user.home);
        files.save(&call.folder)?;
    }
    Ok(0)
}
