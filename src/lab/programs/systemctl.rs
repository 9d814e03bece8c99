//! `systemctl` of Linux, for the services of the product.

use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};
use crate::lab::services::{Service, named};

pub(super) const PROGRAM: Program =
    Program::new("systemctl", Acts::When(acts), run).only(Platform::Linux);

const SYNTAX: Syntax = Syntax {
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

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let (verb, units) = match words.plain().split_first() {
        Some((verb, units)) if !units.is_empty() => ((*verb).to_owned(), units.to_vec()),
        _ => return call.complain(1, "Too few arguments."),
    };
    let mut code = 0;
    for unit in units {
        let one = match verb.as_str() {
            "is-active" => is_active(call, &words, unit)?,
            "show" => show(call, &words, unit)?,
            "status" => status(call, unit)?,
            "start" | "stop" | "restart" | "reload" | "reload-or-restart" => {
                change(call, &verb, unit)?
            }
            _ => return call.complain(1, format_args!("Unknown command verb {verb}.")),
        };
        code = code.max(one);
    }
    Ok(code)
}

fn file(unit: &str) -> String {
    if unit.ends_with(".service") {
        unit.to_owned()
    } else {
        format!("{unit}.service")
    }
}

fn change(call: &Call, verb: &str, unit: &str) -> io::Result<u8> {
    let Some(name) = named(Platform::Linux, unit) else {
        let unit = file(unit);
        return call.complain(
            5,
            format_args!("Failed to {verb} {unit}: Unit {unit} not found."),
        );
    };
    let folder = &call.folder;
    let _turn = folder.lock()?;
    let mut service = Service::load(folder, name)?;
    match verb {
        "reload" => service.reload(folder),
        "start" => service.start(folder)?,
        "stop" => service.stop(),
        _ => {
            service.stop();
            service.start(folder)?;
        }
    }
    service.save(folder, name)?;
    if verb == "stop" || service.pid.is_some() {
        return Ok(0);
    }
    call.complain(
        1,
        format_args!(
            "Job for {} failed because the control process exited with error code.",
            file(unit)
        ),
    )
}

/// The words of `ActiveState` and `SubState`.
fn states(service: &Service) -> (&'static str, &'static str) {
    match (service.pid, service.last_exit) {
        (Some(_), _) => ("active", "running"),
        (None, 0) => ("inactive", "dead"),
        (None, _) => ("failed", "failed"),
    }
}

fn is_active(call: &Call, words: &Words, unit: &str) -> io::Result<u8> {
    let (state, code) = match named(Platform::Linux, unit) {
        None => ("inactive", 4),
        Some(name) => {
            let service = Service::load(&call.folder, name)?;
            (
                states(&service).0,
                if service.pid.is_some() { 0 } else { 3 },
            )
        }
    };
    if !words.has("q") {
        call.say(state)?;
    }
    Ok(code)
}

fn show(call: &Call, words: &Words, unit: &str) -> io::Result<u8> {
    let name = named(Platform::Linux, unit);
    let service = match name {
        Some(name) => Service::load(&call.folder, name)?,
        None => Service::default(),
    };
    let (active, sub) = states(&service);
    let load = if name.is_some() {
        "loaded"
    } else {
        "not-found"
    };
    let rows = [
        ("MainPID", service.pid.unwrap_or(0).to_string()),
        ("Id", file(unit)),
        ("LoadState", load.to_owned()),
        ("ActiveState", active.to_owned()),
        ("SubState", sub.to_owned()),
    ];
    // `-p` may be given several times, each with several names.
    let wanted: Vec<&str> = words.values("p").flat_map(|p| p.split(',')).collect();
    for (key, value) in rows {
        if !wanted.is_empty() && !wanted.contains(&key) {
            continue;
        }
        if words.has("value") {
            call.say(value)?;
        } else {
            call.say(format_args!("{key}={value}"))?;
        }
    }
    Ok(0)
}

fn status(call: &Call, unit: &str) -> io::Result<u8> {
    let Some(name) = named(Platform::Linux, unit) else {
        return call.complain(4, format_args!("Unit {} could not be found.", file(unit)));
    };
    let service = Service::load(&call.folder, name)?;
    let (active, sub) = states(&service);
    call.say(format_args!("{name}.service - IBM Aspera {name}"))?;
    call.say(format_args!(
        "     Loaded: loaded (/etc/systemd/system/{name}.service; enabled)"
    ))?;
    call.say(format_args!("     Active: {active} ({sub})"))?;
    if let Some(pid) = service.pid {
        call.say(format_args!("   Main PID: {pid} ({name})"))?;
    }
    Ok(if service.pid.is_some() { 0 } else { 3 })
}
