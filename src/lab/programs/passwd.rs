//! `passwd -S NAME`, `passwd --lock NAME` and `passwd --unlock NAME` of Linux.

use std::io;

use crate::lab::accounts::{ADMINISTRATOR, SystemAccounts};
use crate::lab::arguments::OptionSyntax;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::passwords::PasswordOwner;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("passwd", ActingCalls::When(acts), run).only(LabPlatform::Linux);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "Slu",
    values: "",
    long_flags: &[("status", "S"), ("lock", "l"), ("unlock", "u")],
    long_values: &[],
};

fn acts(args: &[String], _: &str) -> bool {
    !args
        .iter()
        .any(|arg| matches!(arg.as_str(), "-S" | "--status"))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let &[name] = options.operands().as_slice() else {
        return call.report_error(6, "Usage: passwd [options] [LOGIN]");
    };
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.users.get_mut(name) else {
        return call.report_error(1, format_args!("passwd: user '{name}' does not exist"));
    };
    if options.has("S") {
        let status = if user.locked { "L" } else { "P" };
        let days = user.password_days.map_or(-1, i64::from);
        call.print_line(format_args!("{name} {status} 2026-01-01 0 {days} 7 -1"))?;
        return Ok(0);
    }
    // That of the administrator is the first one given.
    let has_password =
        name == ADMINISTRATOR || PasswordOwner::Account(name).has_password(&call.folder)?;
    if options.has("u") && !has_password {
        return call.report_error(
            3,
            "passwd: unlocking the password would result in a passwordless account.",
        );
    }
    user.locked = options.has("l");
    accounts.save(&call.folder)?;
    call.print_line("passwd: password changed.")?;
    Ok(0)
}
