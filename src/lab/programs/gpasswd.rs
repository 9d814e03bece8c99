//! `gpasswd -a NAME GROUP` and `gpasswd -d NAME GROUP` of Linux: one member of a
//! group.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("gpasswd", ActingCalls::Always, run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "",
    values: "ad",
    long_flags: &[],
    long_values: &[("add", "a"), ("delete", "d")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let (added, removed) = (options.value("a"), options.value("d"));
    let (&[group], Some(name)) = (options.operands().as_slice(), added.or(removed)) else {
        return call.report_error(2, "Usage: gpasswd -a|-d USER GROUP");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let is_known = accounts.users.contains_key(name);
    let Some(members) = accounts
        .groups
        .get_mut(group)
        .map(|group| &mut group.members)
    else {
        return call.report_error(3, format_args!("gpasswd: group '{group}' does not exist"));
    };
    if added.is_some() {
        if !is_known {
            return call.report_error(3, format_args!("gpasswd: user '{name}' does not exist"));
        }
        members.insert(name.to_owned());
        call.print_line(format_args!("Adding user {name} to group {group}"))?;
    } else {
        call.print_line(format_args!("Removing user {name} from group {group}"))?;
        if !members.remove(name) {
            return call.report_error(
                3,
                format_args!("gpasswd: user '{name}' is not a member of '{group}'"),
            );
        }
    }
    accounts.save(&call.folder)?;
    Ok(0)
}
