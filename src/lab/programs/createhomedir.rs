//! `createhomedir -c -u NAME` of macOS.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("createhomedir", ActingCalls::Always, run).only(LabPlatform::Macos);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "cbls",
    values: "un",
    long_flags: &[],
    long_values: &[],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let name = options.value("u").unwrap_or_default();
    let _lock = call.folder.lock()?;
    let accounts = SystemAccounts::load(&call.folder)?;
    // The real tool ignores unknown names.
    let Some(user) = accounts.users.get(name) else {
        return Ok(0);
    };
    let mut files = FileTree::load(&call.folder)?;
    if files.get(&call.folder, &user.home).is_none() {
        call.print_line(format_args!(
            "creating home directory for user '{name}' at '{}'",
            user.home
        ))?;
        files.create(&user.home, &FileEntry::dir(name, "staff", 0o750));
        files.save(&call.folder)?;
    }
    Ok(0)
}
