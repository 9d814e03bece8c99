//! `pwpolicy -u NAME -authentication-allowed` and `-setpolicy isDisabled=0|1` of macOS.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("pwpolicy", ActingCalls::When(acts), run).only(LabPlatform::Macos);

fn acts(args: &[String], _: &str) -> bool {
    args.get(2)
        .is_none_or(|verb| verb != "-authentication-allowed")
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    let ["-u", name, verb, rest @ ..] = words.as_slice() else {
        return call.report_error(64, "usage: pwpolicy [-u username] command");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.users.get_mut(*name) else {
        return call.report_error(1, format_args!("Error: user record <{name}> was not found"));
    };
    match (*verb, rest) {
        ("-authentication-allowed", []) if user.locked => {
            let line = "is not allowed to authenticate: account is disabled";
            call.print_line(format_args!("User <{name}> {line}"))?;
        }
        ("-authentication-allowed", []) => {
            call.print_line(format_args!("Policy allows user <{name}> to authenticate"))?;
        }
        ("-setpolicy", [policy @ ("isDisabled=0" | "isDisabled=1")]) => {
            user.locked = policy.ends_with('1');
            accounts.save(&call.folder)?;
            call.print_line(format_args!("Setting policy for {name}"))?;
        }
        _ => return call.report_error(64, "usage: pwpolicy [-u username] command"),
    }
    Ok(0)
}
