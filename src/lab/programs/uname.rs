//! `uname`: the name of the system and of the node.

use std::fs;
use std::io;

use crate::lab::lab_folder::{HOSTNAME, LabPlatform};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("uname", ActingCalls::Never, run);

fn run(call: &ProgramCall) -> io::Result<u8> {
    match call.arg(0) {
        Some("-n") => call.print_line(fs::read_to_string(call.folder.path(HOSTNAME))?.trim())?,
        None | Some("-s") => call.print_line(match call.folder.platform()? {
            LabPlatform::Macos => "Darwin",
            LabPlatform::Linux => "Linux",
        })?,
        Some(other) => {
            return call.report_error(1, format_args!("uname: the lab does not support {other}"));
        }
    }
    Ok(0)
}
