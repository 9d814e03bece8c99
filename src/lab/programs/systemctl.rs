//! `systemctl` of Linux, for the services of the product.

use std::io;

use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::knobs;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::lab_manager::LabManager;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::{LabService, find_any_service, service_names};

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("systemctl", ActingCalls::When(acts), run).of_manager(LabManager::Systemd);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "ql",
    values: "p",
    long_flags: &[
        ("quiet", "q"),
        ("value", "value"),
        ("no-pager", "no-pager"),
        ("full", "l"),
    ],
    long_values: &[("property", "p")],
};

fn acts(args: &[String], _: &str) -> bool {
    let verb = args.iter().find(|arg| !arg.starts_with('-'));
    !matches!(
        verb.map(String::as_str),
        Some("is-active" | "is-enabled" | "show" | "status")
    )
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let (verb, units) = match options.operands().split_first() {
        Some((&"daemon-reload", [])) => return reload_definitions(call),
        Some((verb, units)) if !units.is_empty() => ((*verb).to_owned(), units.to_vec()),
        _ => return call.report_error(1, "Too few arguments."),
    };
    let mut code = 0;
    for unit in units {
        let one = match verb.as_str() {
            "is-active" => is_active(call, &options, unit)?,
            "show" => show(call, &options, unit)?,
            "status" => status(call, unit)?,
            "is-enabled" => is_enabled(call, unit)?,
            "start" | "stop" | "restart" | "reload" | "reload-or-restart" | "mask" | "unmask"
            | "enable" | "disable" => change(call, &verb, unit)?,
            _ => return call.report_error(1, format_args!("Unknown command verb {verb}.")),
        };
        code = code.max(one);
    }
    Ok(code)
}

/// Loads the definitions of all services again.
fn reload_definitions(call: &ProgramCall) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    for name in service_names(&call.folder, LabPlatform::Linux) {
        let mut service = LabService::load(&call.folder, &name)?;
        if service.definition.take().is_some() {
            service.save(&call.folder, &name)?;
        }
    }
    Ok(0)
}

fn unit_file(unit: &str) -> String {
    if unit.ends_with(".service") {
        unit.to_owned()
    } else {
        format!("{unit}.service")
    }
}

fn change(call: &ProgramCall, verb: &str, unit: &str) -> io::Result<u8> {
    let Some(name) = find_any_service(&call.folder, LabPlatform::Linux, unit) else {
        let unit = unit_file(unit);
        return call.report_error(
            5,
            format_args!("Failed to {verb} {unit}: Unit {unit} not found."),
        );
    };
    let folder = &call.folder;
    let _lock = folder.lock()?;
    let mut service = LabService::load(folder, &name)?;
    if service.masked && !matches!(verb, "stop" | "mask" | "unmask" | "disable") {
        let unit = unit_file(unit);
        let message = format_args!("Failed to {verb} {unit}: Unit {unit} is masked.");
        return call.report_error(1, message);
    }
    match verb {
        "mask" | "unmask" => service.masked = verb == "mask",
        "enable" | "disable" => {
            service.disabled = verb == "disable";
            // Both load all definitions again.
            service.definition = None;
        }
        "reload" => service.reload(folder),
        "start" => service.start(folder, &name)?,
        "stop" => service.stop(),
        _ => {
            service.stop();
            service.start(folder, &name)?;
        }
    }
    service.save(folder, &name)?;
    let starts = matches!(verb, "start" | "restart" | "reload-or-restart");
    if !starts || service.pid.is_some() {
        return Ok(0);
    }
    call.report_error(
        1,
        format_args!(
            "Job for {} failed because the control process exited with error code.",
            unit_file(unit)
        ),
    )
}

/// The values of `ActiveState` and `SubState`.
fn states(service: &LabService) -> (&'static str, &'static str) {
    match (service.pid, service.last_exit) {
        (Some(_), _) => ("active", "running"),
        (None, 0) => ("inactive", "dead"),
        (None, _) => ("failed", "failed"),
    }
}

fn is_active(call: &ProgramCall, options: &ParsedArgs, unit: &str) -> io::Result<u8> {
    let (state, code) = match find_any_service(&call.folder, LabPlatform::Linux, unit) {
        None => ("inactive", 4),
        Some(name) => {
            let service = LabService::load(&call.folder, &name)?;
            (
                states(&service).0,
                if service.pid.is_some() { 0 } else { 3 },
            )
        }
    };
    if !options.has("q") {
        call.print_line(state)?;
    }
    Ok(code)
}

fn is_enabled(call: &ProgramCall, unit: &str) -> io::Result<u8> {
    let Some(name) = find_any_service(&call.folder, LabPlatform::Linux, unit) else {
        let message =
            format_args!("Failed to get unit file state for {unit}: No such file or directory");
        return call.report_error(1, message);
    };
    let service = LabService::load(&call.folder, &name)?;
    let state = match (service.masked, service.disabled) {
        (true, _) => "masked",
        (false, true) => "disabled",
        (false, false) => "enabled",
    };
    call.print_line(state)?;
    Ok(u8::from(state != "enabled"))
}

fn show(call: &ProgramCall, options: &ParsedArgs, unit: &str) -> io::Result<u8> {
    let name = find_any_service(&call.folder, LabPlatform::Linux, unit);
    let service = match &name {
        Some(name) => LabService::load(&call.folder, name)?,
        None => LabService::default(),
    };
    let (active, sub) = states(&service);
    let load = match name {
        Some(_) if service.masked => "masked",
        Some(_) => "loaded",
        None => "not-found",
    };
    let units = knobs::value(&call.folder, "units");
    let (pid, started) = match (units.as_str(), service.pid) {
        ("native", pid) => (pid, service.starts),
        ("init-script", _) => (None, service.starts),
        _ => (None, 0),
    };
    let sub = match service.pid {
        Some(_) if pid.is_none() => "exited",
        _ => sub,
    };
    let started = u64::from(started) * 1_000_000;
    let rows = [
        ("MainPID", pid.unwrap_or(0).to_string()),
        ("ActiveEnterTimestampMonotonic", started.to_string()),
        ("Id", unit_file(unit)),
        ("LoadState", load.to_owned()),
        ("ActiveState", active.to_owned()),
        ("SubState", sub.to_owned()),
    ];
    // `-p` may be given several times, each with several names.
    let wanted: Vec<&str> = options.values("p").flat_map(|p| p.split(',')).collect();
    for (key, value) in rows {
        if !wanted.is_empty() && !wanted.contains(&key) {
            continue;
        }
        if options.has("value") {
            call.print_line(value)?;
        } else {
            call.print_line(format_args!("{key}={value}"))?;
        }
    }
    Ok(0)
}

fn status(call: &ProgramCall, unit: &str) -> io::Result<u8> {
    let Some(name) = find_any_service(&call.folder, LabPlatform::Linux, unit) else {
        return call.report_error(
            4,
            format_args!("Unit {} could not be found.", unit_file(unit)),
        );
    };
    let service = LabService::load(&call.folder, &name)?;
    let (active, sub) = states(&service);
    call.print_line(format_args!("{name}.service - IBM Aspera {name}"))?;
    call.print_line(format_args!(
        "     Loaded: loaded (/etc/systemd/system/{name}.service; enabled)"
    ))?;
    call.print_line(format_args!("     Active: {active} ({sub})"))?;
    if let Some(pid) = service.pid {
        call.print_line(format_args!("   Main PID: {pid} ({name})"))?;
    }
    Ok(if service.pid.is_some() { 0 } else { 3 })
}
