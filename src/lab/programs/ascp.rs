//! `ascp -A`: version and licence. It transfers nothing.

use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::license_file;

pub(super) const PROGRAM: Program = Program::new("ascp", Acts::Never, run);

fn run(call: &Call) -> io::Result<u8> {
    let wanted = |arg: &String| arg == "-A" || arg == "--version";
    if call.args.iter().any(wanted) {
        return license_file::report(call, "ascp");
    }
    // A call without arguments was seen to exit with this code.
    let code = if call.args.is_empty() { 112 } else { 1 };
    call.complain(code, "Usage: ascp -A; the lab transfers nothing")
}
