//! `find`, for the links to init scripts: `find FOLDER... -name PATTERN`.

use std::io;

use crate::lab::lab_manager::LabManager;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, NAMES};

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("find", ActingCalls::Never, run).of_manager(LabManager::Init);

/// Prints a link in each folder for each enabled service whose name ends the pattern.
fn run(call: &ProgramCall) -> io::Result<u8> {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    let [folders @ .., "-name", pattern] = words.as_slice() else {
        return call.report_error(1, "find: the lab has only -name");
    };
    let script = pattern.strip_prefix("S[0-9][0-9]").unwrap_or_default();
    for name in NAMES.into_iter().filter(|name| *name == script) {
        if !LabService::load(&call.folder, name)?.disabled {
            for folder in folders {
                call.print_line(format_args!("{folder}/S20{name}"))?;
            }
        }
    }
    Ok(0)
}
