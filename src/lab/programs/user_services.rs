//! `asperawatchd` and `asperawatchfolderd`, which asperarund starts for a user, and `asrun`, which
//! lists them. What they print where asperarund does not run is invented.

use std::io;

use serde_json::{Value, json};

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::LabService;

pub(super) const ASPERAWATCHD: LabProgram =
    LabProgram::new("asperawatchd", ActingCalls::Always, start);
pub(super) const ASPERAWATCHFOLDERD: LabProgram =
    LabProgram::new("asperawatchfolderd", ActingCalls::Always, start);
pub(super) const ASRUN: LabProgram = LabProgram::new("asrun", ActingCalls::Never, list);

const STATE: &str = "var/lab/user_services.json";

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "",
    values: "U",
    long_flags: &[],
    long_values: &[("user", "U")],
};

fn start(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let Some(user) = options.value("U") else {
        return call.report_error(1, format_args!("{}: --user is required", call.program));
    };
    let folder = &call.folder;
    let _lock = folder.lock()?;
    if !SystemAccounts::load(folder)?.users.contains_key(user) {
        return call.report_error(1, format_args!("{}: no user {user}", call.program));
    }
    if LabService::load(folder, "asperarund")?.pid.is_none() {
        return call.report_error(
            1,
            format_args!("{}: asperarund does not answer", call.program),
        );
    }
    let kind = call.program.trim_start_matches("aspera").to_uppercase();
    let mut services = load(call)?;
    services.push(json!({
        "id": format!("52ca847a-6981-47e1-9f9b-{:012}", services.len()),
        "configuration": {
            "enabled": true,
            "run_as": { "pass": "*****", "user": user },
            "type": kind,
        },
        "state": "RUNNING",
        "state_changed_at": "2016-10-20T19:14:34Z",
    }));
    folder.write_json(STATE, &services)?;
    Ok(0)
}

fn list(call: &ProgramCall) -> io::Result<u8> {
    if call.arg(0) != Some("send") || call.arg(1) != Some("-l") {
        return call.report_error(1, "Usage: asrun send -l");
    }
    if LabService::load(&call.folder, "asperarund")?.pid.is_none() {
        return call.report_error(1, "[asrun send] code=1");
    }
    call.print_line("[asrun send] code=0")?;
    let list = json!({ "services": load(call)? });
    call.print_line(serde_json::to_string_pretty(&list)?)?;
    Ok(0)
}

/// A service for each call: whether the real programs refuse a second one is not published.
fn load(call: &ProgramCall) -> io::Result<Vec<Value>> {
    let services: Option<Vec<Value>> = call.folder.read_json(STATE)?;
    Ok(services.unwrap_or_default())
}
