//! `groupdel` of Linux.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("groupdel", ActingCalls::Always, run).only(LabPlatform::Linux);

fn run(call: &ProgramCall) -> io::Result<u8> {
    let [name] = call.args.as_slice() else {
        return call.report_error(2, "Usage: groupdel [options] GROUP");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if accounts.is_primary(name) {
        return call.report_error(8, "groupdel: cannot remove the primary group of a user");
    }
    if accounts.groups.remove(name).is_none() {
        return call.report_error(6, format_args!("groupdel: group '{name}' does not exist"));
    }
    accounts.save(&call.folder)?;
    Ok(0)
}
