//! `dsenableroot` of macOS: whether root may log in. Passwords that are not in
//! the arguments are asked for on the terminal.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{Accounts, forget_password, keep_password};
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};
use crate::lab::terminal;

pub(super) const PROGRAM: Program =
    Program::new("dsenableroot", Acts::Always, run).only(Platform::Macos);

const SYNTAX: Syntax = Syntax {
    flags: "d",
    values: "upr",
    long_flags: &[],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let name = words.value("u").unwrap_or("root");
    call.say(format_args!("username = {name}"))?;
    let disable = words.has("d");
    let user = typed(&words, "p", "user password: ")?;
    let done = !user.is_empty()
        && if disable {
            true
        } else {
            new_password(call, &words)?
        };
    let what = if disable { "disable" } else { "enable" };
    if !done {
        call.say("")?;
        call.say(format_args!(
            "dsenableroot:: ***Failed to {what} root user."
        ))?;
        return Ok(1);
    }
    let _turn = call.folder.lock()?;
    let mut accounts = Accounts::load(&call.folder)?;
    accounts.root_enabled = !disable;
    accounts.save(&call.folder)?;
    if disable {
        forget_password(&call.folder, "account:root")?;
    }
    call.say("")?;
    call.say(format_args!(
        "dsenableroot:: ***Successfully {what}d root user."
    ))?;
    Ok(0)
}

/// Takes the password of root, and says whether both entries agree.
fn new_password(call: &Call, words: &Words) -> io::Result<bool> {
    let password = typed(words, "r", "root password: ")?;
    if words.value("r").is_none() && terminal::ask("verify root password: ")? != password {
        return Ok(false);
    }
    let _turn = call.folder.lock()?;
    keep_password(&call.folder, "account:root", &password)?;
    Ok(true)
}

fn typed(words: &Words, option: &str, prompt: &str) -> io::Result<String> {
    match words.value(option) {
        Some(given) => Ok(given.to_owned()),
        None => terminal::ask(prompt),
    }
}
