//! `install -d`: creates folders with owner and mode.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("install", ActingCalls::Always, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "dv",
    values: "ogm",
    long_flags: &[("directory", "d"), ("verbose", "v")],
    long_values: &[("owner", "o"), ("group", "g"), ("mode", "m")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    if !options.has("d") {
        return call.report_error(1, "install: the lab supports only -d");
    }
    let accounts = SystemAccounts::load(&call.folder)?;
    let owner = options.value("o").unwrap_or("root");
    if !accounts.users.contains_key(owner) {
        return call.report_error(1, format_args!("install: invalid user: '{owner}'"));
    }
    let group = options.value("g");
    if let Some(group) = group.filter(|group| !accounts.groups.contains_key(*group)) {
        return call.report_error(1, format_args!("install: invalid group: '{group}'"));
    }
    let mode = options.value("m").unwrap_or("755");
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        return call.report_error(1, format_args!("install: invalid mode: '{mode}'"));
    };
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in options.operands() {
        if let Some(reason) = files.refuse_dir(call.folder.platform()?, path) {
            return call.report_error(1, format_args!("install: {reason}"));
        }
        // Without `-g`, a folder keeps its group, and a new one gets that of the caller.
        let old = files.get_mut(path).map(|entry| entry.group.clone());
        let own = accounts.group_name(0).unwrap_or("root").to_owned();
        let group = group.map(str::to_owned).or(old).unwrap_or(own);
        files.create(path, &FileEntry::dir(owner, &group, mode));
    }
    files.save(&call.folder)?;
    Ok(0)
}
