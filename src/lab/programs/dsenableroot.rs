//! `dsenableroot` of macOS: whether root may log in. It asks on the terminal for
//! passwords that the arguments lack. It exits 0 even when it fails, as Apple's
//! source does; only its last line shows the result.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{ADMINISTRATOR, Accounts};
use crate::lab::call::Call;
use crate::lab::folder::Platform;
use crate::lab::options::{Syntax, Words};
use crate::lab::passwords::{PasswordOwner, is_administrator};
use crate::lab::terminal;

pub(super) const PROGRAM: Program =
    Program::new("dsenableroot", Acts::Always, run).only(Platform::Macos);

const SYNTAX: Syntax = Syntax {
    flags: "d",
    values: "upr",
    long_flags: &[],
    long_values: &[],
};

const ROOT: PasswordOwner<'_> = PasswordOwner::Account("root");

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    // The real tool takes $USER here, which is no administrator under sudo.
    let name = words.value("u").unwrap_or(ADMINISTRATOR);
    call.say(format_args!("username = {name}"))?;
    let disable = words.has("d");
    let password = value_or_prompt(&words, "p", "user password: ")?;
    let new_password = if disable {
        Some(String::new())
    } else {
        new_password(&words)?
    };
    let _turn = call.folder.lock()?;
    let done = match new_password {
        Some(new) if is_administrator(&call.folder, name, &password)? => {
            switch(call, !disable, &new)?;
            true
        }
        _ => false,
    };
    let verb = if disable { "disable" } else { "enable" };
    let result = if done {
        format!("Successfully {verb}d")
    } else {
        format!("Failed to {verb}")
    };
    call.say("")?;
    call.say(format_args!("dsenableroot:: ***{result} root user."))?;
    Ok(0)
}

fn switch(call: &Call, enable: bool, new_password: &str) -> io::Result<()> {
    let mut accounts = Accounts::load(&call.folder)?;
    accounts.root_enabled = enable;
    accounts.save(&call.folder)?;
    if enable {
        ROOT.set_password(&call.folder, new_password)
    } else {
        ROOT.remove_password(&call.folder)
    }
}

/// The new password of root; `None` where the second entry differs.
fn new_password(words: &Words) -> io::Result<Option<String>> {
    let password = value_or_prompt(words, "r", "root password: ")?;
    let is_same =
        words.value("r").is_some() || terminal::ask("verify root password: ")? == password;
    Ok(is_same.then_some(password))
}

fn value_or_prompt(words: &Words, option: &str, prompt: &str) -> io::Result<String> {
    match words.value(option) {
        Some(given) => Ok(given.to_owned()),
        None => terminal::ask(prompt),
    }
}
