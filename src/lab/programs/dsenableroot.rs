//! `dsenableroot` of macOS: whether root may log in. Like Apple's source (`DSTools`,
//! dsenableroot.cpp), it takes `$USER` for the administrator unless there is `-u`,
//! prompts on the terminal for passwords that are not in the arguments, and exits
//! with 0 even when it fails; only its last line shows the result.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::password_prompt;
use crate::lab::passwords::{PasswordOwner, is_administrator};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("dsenableroot", ActingCalls::Always, run).only(LabPlatform::Macos);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "d",
    values: "upr",
    long_flags: &[],
    long_values: &[],
};

const ROOT: PasswordOwner<'_> = PasswordOwner::Account("root");

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let invoker = std::env::var("USER").unwrap_or_default();
    let name = options.value("u").unwrap_or(&invoker);
    call.print_line(format_args!("username = {name}"))?;
    let disable = options.has("d");
    let password = value_or_prompt(&options, "p", "user password: ")?;
    let new_password = if disable {
        Some(String::new())
    } else {
        new_password(&options)?
    };
    let _lock = call.folder.lock()?;
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
    call.print_line("")?;
    call.print_line(format_args!("dsenableroot:: ***{result} root user."))?;
    Ok(0)
}

fn switch(call: &ProgramCall, enable: bool, new_password: &str) -> io::Result<()> {
    let mut accounts = SystemAccounts::load(&call.folder)?;
    accounts.root_enabled = enable;
    accounts.save(&call.folder)?;
    if enable {
        ROOT.set_password(&call.folder, new_password)
    } else {
        ROOT.remove_password(&call.folder)
    }
}

/// The new password of root; `None` if the second entry differs.
fn new_password(options: &ParsedArgs) -> io::Result<Option<String>> {
    let password = value_or_prompt(options, "r", "root password: ")?;
    let is_same = options.value("r").is_some()
        || password_prompt::prompt("verify root password: ")? == password;
    Ok(is_same.then_some(password))
}

fn value_or_prompt(options: &ParsedArgs, option: &str, prompt: &str) -> io::Result<String> {
    match options.value(option) {
        Some(given) => Ok(given.to_owned()),
        None => password_prompt::prompt(prompt),
    }
}
