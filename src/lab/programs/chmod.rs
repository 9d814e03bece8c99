//! `chmod MODE PATH`, with the mode in octal digits.

use std::io;

use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::FileTree;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("chmod", ActingCalls::Always, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "Rv",
    values: "",
    long_flags: &[("recursive", "R")],
    long_values: &[],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let plain = options.operands();
    let Some((mode, paths)) = plain.split_first() else {
        return call.report_error(1, "usage: chmod [-R] MODE PATH");
    };
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        return call.report_error(1, format_args!("chmod: invalid mode: '{mode}'"));
    };
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in paths {
        let found = if options.has("R") {
            files.paths_below(path)
        } else {
            vec![(*path).to_owned()]
        };
        for path in &found {
            match files.get_mut(path) {
                Some(entry) => entry.mode = mode,
                None => {
                    return call
                        .report_error(1, format_args!("chmod: {path}: No such file or directory"));
                }
            }
        }
    }
    files.save(&call.folder)?;
    Ok(0)
}
