//! `rmdir`: removes empty folders.

use std::io;

use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileTree, clean};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("rmdir", ActingCalls::Always, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "v",
    values: "",
    long_flags: &[],
    long_values: &[],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in options.operands() {
        let reason = match files.0.get(&clean(path)) {
            None => "No such file or directory",
            Some(entry) if !entry.is_dir => "Not a directory",
            Some(_) if files.paths_below(path).len() > 1 => "Directory not empty",
            Some(_) => {
                files.remove_tree(path);
                continue;
            }
        };
        return call.report_error(1, format_args!("rmdir: {path}: {reason}"));
    }
    files.save(&call.folder)?;
    Ok(0)
}
