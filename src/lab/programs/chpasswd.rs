//! `chpasswd` of Linux: passwords from standard input.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::passwords::PasswordOwner;

pub(super) const PROGRAM: Program = Program {
    reads_stdin: |_| true,
    ..Program::new("chpasswd", Acts::Always, run).only(Platform::Linux)
};

fn run(call: &Call) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let accounts = Accounts::load(&call.folder)?;
    let mut pairs = Vec::new();
    for (number, line) in call.stdin.lines().enumerate() {
        match line.split_once(':') {
            Some((name, password)) if accounts.users.contains_key(name) => {
                pairs.push((name, password));
            }
            Some((name, _)) => {
                call.complain(
                    1,
                    format_args!(
                        "chpasswd: line {}: user '{name}' does not exist",
                        number + 1
                    ),
                )?;
                return call.complain(1, "chpasswd: error detected, changes ignored");
            }
            None => {
                return call.complain(
                    1,
                    format_args!("chpasswd: line {}: missing new password", number + 1),
                );
            }
        }
    }
    for (name, password) in pairs {
        PasswordOwner::Account(name).set_password(&call.folder, password)?;
    }
    Ok(0)
}
