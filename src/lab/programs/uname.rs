//! `uname`: the name of the system and of the node.

use std::fs;
use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::folder::{HOSTNAME, Platform};

pub(super) const PROGRAM: Program = Program::new("uname", Acts::Never, run);

fn run(call: &Call) -> io::Result<u8> {
    match call.arg(0) {
        Some("-n") => call.say(fs::read_to_string(call.folder.path(HOSTNAME))?.trim())?,
        None | Some("-s") => call.say(match call.folder.platform()? {
            Platform::Macos => "Darwin",
            Platform::Linux => "Linux",
        })?,
        Some(other) => {
            return call.complain(1, format_args!("uname: the lab does not know {other}"));
        }
    }
    Ok(0)
}
