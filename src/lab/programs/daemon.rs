//! The services themselves, on a lab where somebody starts them by hand: each ends the process
//! that runs, and starts another one.

use std::io;

use crate::lab::lab_folder::LabPlatform;
use crate::lab::lab_manager::LabManager;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, find_service};

pub(super) const ASPERACENTRAL: LabProgram = daemon("asperacentral");
pub(super) const ASPERAHTTPD: LabProgram = daemon("asperahttpd");
pub(super) const ASPERANODED: LabProgram = daemon("asperanoded");

const fn daemon(name: &'static str) -> LabProgram {
    LabProgram::new(name, ActingCalls::Always, run).of_manager(LabManager::None)
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let Some(name) = find_service(LabPlatform::Linux, call.program) else {
        return call.report_error(1, "not a service of this lab");
    };
    let folder = &call.folder;
    let _lock = folder.lock()?;
    let mut service = LabService::load(folder, name)?;
    service.stop();
    service.start(folder, name)?;
    service.save(folder, name)?;
    Ok(u8::from(service.pid.is_none()))
}
