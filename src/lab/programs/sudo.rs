//! `sudo -n -H -u USER [--preserve-env=NAMES] -- PROGRAM ARGUMENTS`: starts another program of the
//! lab, with the environment of that user and the variables that are named.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::lab::accounts::{SystemAccounts, SystemUser};
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

use super::ascp;

pub(super) const PROGRAM: LabProgram = LabProgram::new("sudo", ActingCalls::When(acts), run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "nH",
    values: "u",
    long_flags: &[],
    long_values: &[("preserve-env", "preserve-env")],
};

/// The variables that the usual policy keeps.
const KEPT: [&str; 5] = ["PATH", "LC_ALL", "LANG", "TERM", "TZ"];

/// Whether it starts a program that may change the node.
fn acts(args: &[String], _: &str) -> bool {
    let options = crate::lab::arguments::parse(args, &SYNTAX).ok();
    let program = options.and_then(|options| options.operands().first().map(PathBuf::from));
    program.is_none_or(|program| program.file_name() != Some(OsStr::new(ascp::PROGRAM.name)))
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let name = options.value("u").unwrap_or("root");
    let accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.users.get(name) else {
        return call.report_error(1, format_args!("sudo: unknown user: {name}"));
    };
    let words = options.operands();
    let Some((program, args)) = words.split_first() else {
        return call.report_error(1, "usage: sudo -u USER -- PROGRAM [ARGUMENT]...");
    };
    if Path::new(program).parent() != Some(&*call.folder.path("bin")) {
        return call.report_error(1, format_args!("sudo: {program}: command not found"));
    }
    Err(Command::new(program)
        .args(args)
        .env_clear()
        .envs(environment(&options, name, user))
        .exec())
}

fn environment(
    options: &ParsedArgs,
    name: &str,
    user: &SystemUser,
) -> impl Iterator<Item = (String, String)> {
    let preserved = options.value("preserve-env").unwrap_or_default();
    let names = preserved.split(',').chain(KEPT).map(str::to_owned);
    let kept = names.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?)));
    let own = [
        ("USER", name),
        ("LOGNAME", name),
        ("HOME", &user.home),
        ("SUDO_USER", "root"),
    ];
    kept.chain(own.map(|(name, value)| (name.to_owned(), value.to_owned())))
}
