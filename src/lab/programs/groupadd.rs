//! `groupadd` of Linux.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemGroup};
use crate::lab::arguments::OptionSyntax;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("groupadd", ActingCalls::Always, run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "rf",
    values: "g",
    long_flags: &[("system", "r"), ("force", "f")],
    long_values: &[("gid", "g")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(2, "Usage: groupadd [options] GROUP");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if accounts.groups.contains_key(name) {
        if options.has("f") {
            return Ok(0);
        }
        return call.report_error(9, format_args!("groupadd: group '{name}' already exists"));
    }
    let from = if options.has("r") { 201 } else { 1001 };
    let given = options.value("g").and_then(|gid| gid.parse().ok());
    let gid = given.unwrap_or_else(|| accounts.free_id(from));
    if given.is_some_and(|gid| accounts.group_name(gid).is_some()) {
        let message = format_args!("groupadd: GID '{gid}' already exists");
        return call.report_error(4, message);
    }
    accounts.groups.insert(
        name.to_owned(),
        SystemGroup {
            gid,
            ..SystemGroup::default()
        },
    );
    accounts.save(&call.folder)?;
    Ok(0)
}
