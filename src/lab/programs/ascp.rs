//! `ascp -A`: version and license. It transfers nothing.

use std::io;

use crate::lab::license_file;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("ascp", ActingCalls::Never, run);

fn run(call: &ProgramCall) -> io::Result<u8> {
    let wanted = |arg: &String| arg == "-A" || arg == "--version";
    if call.args.iter().any(wanted) {
        return license_file::print_license(call, "ascp");
    }
    // The exit code observed for a call without arguments.
    let code = if call.args.is_empty() { 112 } else { 1 };
    call.report_error(code, "Usage: ascp -A; the lab transfers nothing")
}
