//! `update-rc.d` of Debian: whether an init script starts with the machine.

use std::io;

use crate::lab::lab_folder::LabPlatform;
use crate::lab::lab_manager::LabManager;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, find_service};

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("update-rc.d", ActingCalls::Always, run).of_manager(LabManager::Init);

fn run(call: &ProgramCall) -> io::Result<u8> {
    let script = call.arg(0).unwrap_or_default();
    let Some(name) = find_service(LabPlatform::Linux, script) else {
        let message =
            format!("update-rc.d: error: initscript does not exist: /etc/init.d/{script}");
        return call.report_error(1, message);
    };
    let _lock = call.folder.lock()?;
    let mut service = LabService::load(&call.folder, name)?;
    service.disabled = match call.arg(1) {
        Some("enable" | "defaults") => false,
        Some("disable") => true,
        _ => return call.report_error(1, "usage: update-rc.d <basename> enable|disable"),
    };
    service.save(&call.folder, name)?;
    Ok(0)
}
