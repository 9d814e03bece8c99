//! `chpasswd` of Linux: passwords from standard input.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::lab_folder::LabPlatform;
use crate::lab::passwords::PasswordOwner;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram {
    reads_stdin: |_| true,
    ..LabProgram::new("chpasswd", ActingCalls::Always, run).only(LabPlatform::Linux)
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let mut pairs = Vec::new();
    for (number, line) in call.stdin.lines().enumerate() {
        match line.split_once(':') {
            Some((name, password)) if accounts.users.contains_key(name) => {
                pairs.push((name, password));
            }
            Some((name, _)) => {
                call.report_error(
                    1,
                    format_args!(
                        "chpasswd: line {}: user '{name}' does not exist",
                        number + 1
                    ),
                )?;
                return call.report_error(1, "chpasswd: error detected, changes ignored");
            }
            None => {
                return call.report_error(
                    1,
                    format_args!("chpasswd: line {}: missing new password", number + 1),
                );
            }
        }
    }
    for (name, password) in pairs {
        PasswordOwner::Account(name).set_password(&call.folder, password)?;
        // The lock is a sign before the old password.
        if let Some(user) = accounts.users.get_mut(name) {
            user.locked = false;
        }
    }
    accounts.save(&call.folder)?;
    Ok(0)
}
