//! `userdel` of Linux.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::FileTree;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::passwords::PasswordOwner;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("userdel", ActingCalls::Always, run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "rf",
    values: "",
    long_flags: &[("remove", "r"), ("force", "f")],
    long_values: &[],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(2, "Usage: userdel [options] LOGIN");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.remove(name) else {
        return call.report_error(6, format_args!("userdel: user '{name}' does not exist"));
    };
    // The group that `useradd` created with the account is removed too.
    let own = |group: &&str| accounts.groups[*group].members.is_empty() && *group == name;
    if let Some(group) = accounts.group_name(user.gid).filter(own).map(str::to_owned) {
        accounts.groups.remove(&group);
    }
    accounts.save(&call.folder)?;
    PasswordOwner::Account(name).remove_password(&call.folder)?;
    if options.has("r") {
        let mut files = FileTree::load(&call.folder)?;
        files.remove_tree(&user.home);
        files.save(&call.folder)?;
    }
    Ok(0)
}
