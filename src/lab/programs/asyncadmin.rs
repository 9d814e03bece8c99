//! `asyncadmin`: reports the sessions that `async` stored. The keys are those of the vendor's
//! snapshot database; which ones the real program prints is not published.

use std::io;

use crate::lab::arguments::OptionSyntax;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::LabService;

pub(super) const PROGRAM: LabProgram = LabProgram::new("asyncadmin", ActingCalls::Never, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "q",
    values: "Ndb",
    long_flags: &[("quiet", "q")],
    long_values: &[("name", "N"), ("local-dir", "d"), ("local-db-dir", "b")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let Some(name) = options.value("N") else {
        return call.report_error(1, "asyncadmin: --name is required");
    };
    if options.value("d").or(options.value("b")).is_none() {
        return call.report_error(1, "asyncadmin: --local-dir or --local-db-dir is required");
    }
    let file = format!("var/lab/sync/{name}.json");
    let session: serde_json::Value = call.folder.read_json(&file)?;
    let session = if session.is_null() {
        served(call, name)?
    } else {
        session
    };
    let local = session["local"].as_str().unwrap_or_default();
    if local.is_empty() || options.value("d").is_some_and(|given| given != local) {
        return call.report_error(1, format_args!("asyncadmin: no session '{name}' there"));
    }
    for (key, value) in [
        ("pairname", name),
        (
            "direction",
            session["direction"].as_str().unwrap_or_default(),
        ),
        ("ldir", local),
        (
            "condition",
            session["condition"].as_str().unwrap_or("stopped"),
        ),
        ("pending", "0"),
        ("error", "0"),
        ("conflict", "0"),
    ] {
        call.print_line(format_args!("{key}: {value}"))?;
    }
    Ok(0)
}

/// The session that a service keeps running, by the arguments of `async`.
fn served(call: &ProgramCall, name: &str) -> io::Result<serde_json::Value> {
    let service = LabService::load(&call.folder, &format!("aspera-sync-{name}"))?;
    let value = |flag: &str| {
        let mut rest = service.arguments.iter().skip_while(|arg| *arg != flag);
        rest.nth(1).map_or("", String::as_str)
    };
    let condition = if service.pid.is_some() {
        "running"
    } else {
        "stopped"
    };
    Ok(serde_json::json!({
        "local": value("-d"),
        "direction": value("-K"),
        "condition": condition,
    }))
}
