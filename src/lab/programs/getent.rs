//! `getent passwd` and `getent group` of Linux.

use std::io;

use crate::lab::accounts::{SystemAccounts, SystemGroup, SystemUser};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("getent", ActingCalls::Never, run).only(LabPlatform::Linux);

fn run(call: &ProgramCall) -> io::Result<u8> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let lines: Vec<(&String, String)> = match call.arg(0) {
        Some("passwd") => accounts
            .users
            .iter()
            .map(|(name, user)| (name, passwd(name, user)))
            .collect(),
        Some("group") => accounts
            .groups
            .iter()
            .map(|(name, group)| (name, line(name, group)))
            .collect(),
        other => {
            return call.report_error(
                1,
                format_args!("Unknown database: {}", other.unwrap_or_default()),
            );
        }
    };
    let keys = call.args.get(1..).unwrap_or_default();
    if keys.is_empty() {
        lines
            .iter()
            .try_for_each(|(_, line)| call.print_line(line))?;
    }
    let mut code = 0;
    for key in keys {
        match lines
            .iter()
            .find(|(name, line)| *name == key || line.split(':').nth(2) == Some(key))
        {
            Some((_, line)) => call.print_line(line)?,
            None => code = 2,
        }
    }
    Ok(code)
}

fn passwd(name: &str, user: &SystemUser) -> String {
    let SystemUser {
        uid,
        gid,
        full_name,
        home,
        shell,
        ..
    } = user;
    format!("{name}:x:{uid}:{gid}:{full_name}:{home}:{shell}")
}

fn line(name: &str, group: &SystemGroup) -> String {
    let members: Vec<&str> = group.members.iter().map(String::as_str).collect();
    format!("{name}:x:{}:{}", group.gid, members.join(","))
}
