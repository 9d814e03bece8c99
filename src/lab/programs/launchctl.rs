//! `launchctl` of macOS, for the services of the product.

use std::io;

use crate::lab::knobs;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{self, LabService, find_any_service, service_names};

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("launchctl", ActingCalls::When(acts), run).only(LabPlatform::Macos);

/// How many readings a process that is slow to stop survives.
const SLOW_STOP: u32 = 4;

fn acts(args: &[String], _: &str) -> bool {
    !matches!(
        args.first().map(String::as_str),
        Some("list" | "print" | "print-disabled")
    )
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let verb = call.arg(0).unwrap_or_default();
    // The service is the last operand: `kickstart -k system/LABEL`.
    let target = call.args.iter().skip(1).rfind(|arg| !arg.starts_with('-'));
    let Some(target) = target else {
        if verb == "list" {
            return list_all(call);
        }
        return call.report_error(64, "Usage: launchctl <subcommand> ... | help [subcommand]");
    };
    if verb == "print-disabled" {
        return list_disabled(call);
    }
    let label = target.strip_prefix("system/").unwrap_or(target);
    let file = label.rsplit('/').next().unwrap_or(label);
    let label = file.strip_suffix(".plist").unwrap_or(label);
    let Some(name) = find_any_service(&call.folder, LabPlatform::Macos, label) else {
        return missing(call, verb, label);
    };
    match verb {
        "list" | "print" => show(call, verb, &name, label),
        "stop" | "start" | "kickstart" | "load" | "unload" | "enable" | "disable" => {
            change(call, verb, &name, label)
        }
        _ => call.report_error(64, format_args!("Unrecognized subcommand: {verb}")),
    }
}

/// Lists every loaded service; a dash means that it does not run.
fn list_all(call: &ProgramCall) -> io::Result<u8> {
    call.print_line("PID\tStatus\tLabel")?;
    for name in service_names(&call.folder, LabPlatform::Macos) {
        let service = LabService::load(&call.folder, &name)?;
        if !service.unloaded {
            let pid = service
                .pid
                .map_or_else(|| "-".to_owned(), |pid| pid.to_string());
            call.print_line(format_args!(
                "{pid}\t{}\t{}",
                service.last_exit,
                services::label(&name)
            ))?;
        }
    }
    Ok(0)
}

/// Lists the services of which somebody said whether they start with the machine.
fn list_disabled(call: &ProgramCall) -> io::Result<u8> {
    call.print_line("\tdisabled services = {")?;
    for name in service_names(&call.folder, LabPlatform::Macos) {
        if LabService::load(&call.folder, &name)?.disabled {
            let label = services::label(&name);
            call.print_line(format_args!("\t\t\"{label}\" => disabled"))?;
        }
    }
    call.print_line("\t}")?;
    Ok(0)
}

fn missing(call: &ProgramCall, verb: &str, label: &str) -> io::Result<u8> {
    // Only the older verbs exit with ESRCH.
    let code = if matches!(verb, "stop" | "start") {
        3
    } else {
        113
    };
    call.report_error(
        code,
        format_args!("Could not find service \"{label}\" in domain for system"),
    )
}

fn change(call: &ProgramCall, verb: &str, name: &str, label: &str) -> io::Result<u8> {
    let folder = &call.folder;
    let _lock = folder.lock()?;
    let mut service = LabService::load(folder, name)?;
    if service.unloaded && !matches!(verb, "load" | "enable" | "disable") {
        return missing(call, verb, label);
    }
    match verb {
        "enable" | "disable" => service.disabled = verb == "disable",
        "stop" if knobs::value(folder, "stop") == "slow" => service.stopping = SLOW_STOP,
        "stop" => end(call, &mut service, name)?,
        "kickstart" => {
            if call.args.iter().any(|arg| arg == "-k") {
                service.stop();
            }
            service.start(folder, name)?;
        }
        "unload" => {
            service.stop();
            service.unloaded = true;
        }
        "load" => {
            service.unloaded = false;
            service.definition = None;
            service.start(folder, name)?;
        }
        _ => service.start(folder, name)?,
    }
    service.save(folder, name)?;
    Ok(0)
}

/// Ends the process, and starts another one if launchd keeps the job alive.
fn end(call: &ProgramCall, service: &mut LabService, name: &str) -> io::Result<()> {
    service.stop();
    if knobs::value(&call.folder, "keepalive") == "yes" {
        service.start(&call.folder, name)?;
    }
    Ok(())
}

fn show(call: &ProgramCall, verb: &str, name: &str, label: &str) -> io::Result<u8> {
    let mut service = LabService::load(&call.folder, name)?;
    if service.stopping > 0 {
        if service.ages() {
            end(call, &mut service, name)?;
        }
        service.save(&call.folder, name)?;
    }
    if service.unloaded {
        return missing(call, verb, label);
    }
    if verb == "list" {
        list(call, &service, name, label)?;
    } else {
        print(call, &service, name, label)?;
    }
    Ok(0)
}

fn list(call: &ProgramCall, service: &LabService, name: &str, label: &str) -> io::Result<()> {
    call.print_line("{")?;
    call.print_line("\t\"LimitLoadToSessionType\" = \"System\";")?;
    call.print_line(format_args!("\t\"Label\" = \"{label}\";"))?;
    call.print_line("\t\"OnDemand\" = false;")?;
    // launchd reports the wait status.
    call.print_line(format_args!(
        "\t\"LastExitStatus\" = {};",
        service.last_exit * 256
    ))?;
    if let Some(pid) = service.pid {
        call.print_line(format_args!("\t\"PID\" = {pid};"))?;
    }
    call.print_line(format_args!(
        "\t\"Program\" = \"/Library/Aspera/sbin/{name}\";"
    ))?;
    call.print_line("};")
}

fn print(call: &ProgramCall, service: &LabService, name: &str, label: &str) -> io::Result<()> {
    let (count, state) = if service.pid.is_some() {
        (1, "running")
    } else {
        (0, "not running")
    };
    call.print_line(format_args!("system/{label} = {{"))?;
    call.print_line(format_args!("\tactive count = {count}"))?;
    call.print_line(format_args!(
        "\tpath = /Library/LaunchDaemons/{label}.plist"
    ))?;
    call.print_line("\ttype = LaunchDaemon")?;
    call.print_line(format_args!("\tstate = {state}"))?;
    call.print_line("")?;
    call.print_line(format_args!("\tprogram = /Library/Aspera/sbin/{name}"))?;
    call.print_line(format_args!("\truns = {}", service.starts))?;
    if let Some(pid) = service.pid {
        call.print_line(format_args!("\tpid = {pid}"))?;
    }
    call.print_line(format_args!("\tlast exit code = {}", service.last_exit))?;
    call.print_line("}")
}
