//! `service`: calls an init script. The words that it prints are those of asperarund.

use std::io;

use crate::lab::lab_folder::LabPlatform;
use crate::lab::lab_manager::LabManager;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, find_service};

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("service", ActingCalls::When(acts), run).of_manager(LabManager::Init);

/// The exit code of the status of a service that does not run.
const STOPPED: u8 = 3;

fn acts(args: &[String], _: &str) -> bool {
    args.get(1).is_none_or(|verb| verb != "status")
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let (Some(script), Some(verb)) = (call.arg(0), call.arg(1)) else {
        return call.report_error(1, "Usage: service < option > | --status-all");
    };
    let Some(name) = find_service(LabPlatform::Linux, script) else {
        return call.report_error(1, format_args!("{script}: unrecognized service"));
    };
    if verb == "status" {
        return status(call, name);
    }
    let folder = &call.folder;
    let _lock = folder.lock()?;
    let mut service = LabService::load(folder, name)?;
    match verb {
        "start" => service.start(folder, name)?,
        "stop" => service.stop(),
        "restart" => {
            service.stop();
            service.start(folder, name)?;
        }
        _ => {
            return call.report_error(2, format_args!("Usage: {script} start|stop|restart|status"));
        }
    }
    service.save(folder, name)?;
    Ok(u8::from(verb != "stop" && service.pid.is_none()))
}

fn status(call: &ProgramCall, name: &str) -> io::Result<u8> {
    let service = LabService::load(&call.folder, name)?;
    let (state, code) = match service.pid {
        Some(_) => ("RUNNING", 0),
        None => ("STOPPED", STOPPED),
    };
    call.print_line(format_args!("Aspera: {name:<21}[ {state} ]"))?;
    Ok(code)
}
