//! `sysadminctl` of macOS: accounts. Like the real one it reports on standard
//! error and exits 0 even if it fails.

use std::io;

use crate::lab::accounts::{ADMINISTRATOR, SystemAccounts, SystemUser};
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::password_prompt;
use crate::lab::passwords::{PasswordOwner, is_administrator};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram =
    LabProgram::new("sysadminctl", ActingCalls::Always, run).only(LabPlatform::Macos);

fn run(call: &ProgramCall) -> io::Result<u8> {
    if let Some(name) = value(call, "-addUser") {
        add(call, name)?;
    } else if let Some(name) = value(call, "-deleteUser") {
        delete(call, name)?;
    } else if let Some(name) = value(call, "-resetPasswordFor") {
        reset(call, name)?;
    } else {
        log(
            call,
            "Usage: sysadminctl -addUser NAME | -deleteUser NAME | -resetPasswordFor NAME",
        )?;
    }
    Ok(0)
}

/// The argument after an option.
fn value<'a>(call: &'a ProgramCall, option: &str) -> Option<&'a str> {
    let at = call.args.iter().position(|arg| arg == option)?;
    call.arg(at + 1)
}

fn log(call: &ProgramCall, message: &str) -> io::Result<()> {
    let pid = std::process::id();
    call.report_error(0, format_args!("sysadminctl[{pid}:1] {message}"))
        .map(drop)
}

/// The password after an option; `-` prompts for it.
fn password(call: &ProgramCall, option: &str, prompt: &str) -> io::Result<Option<String>> {
    match value(call, option) {
        Some("-" | "interactive") => password_prompt::prompt(prompt).map(Some),
        given => Ok(given.map(str::to_owned)),
    }
}

/// Checks the administrator given in the arguments, and logs a refusal. Without
/// these options the caller is root.
fn is_allowed(call: &ProgramCall) -> io::Result<bool> {
    let prompt = "Enter password for the administrator: ";
    let Some(given) = password(call, "-adminPassword", prompt)? else {
        return Ok(true);
    };
    let name = value(call, "-adminUser").unwrap_or(ADMINISTRATOR);
    let _lock = call.folder.lock()?;
    let is_allowed = is_administrator(&call.folder, name, &given)?;
    if !is_allowed {
        log(
            call,
            &format!("the name or password of the administrator is wrong: {name}"),
        )?;
    }
    Ok(is_allowed)
}

fn add(call: &ProgramCall, name: &str) -> io::Result<()> {
    if !is_allowed(call)? {
        return Ok(());
    }
    let prompt = format!("New password for {name}: ");
    let password = password(call, "-password", &prompt)?;
    if password.is_none() {
        log(
            call,
            "No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !",
        )?;
    }
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    if accounts.users.contains_key(name) {
        return log(call, &format!("User {name} already exists"));
    }
    let given = value(call, "-UID").and_then(|uid| uid.parse().ok());
    let uid = given.unwrap_or_else(|| accounts.free_id(501));
    let home = value(call, "-home").map_or_else(|| format!("/Users/{name}"), str::to_owned);
    let user = SystemUser {
        uid,
        gid: 20,
        full_name: value(call, "-fullName").unwrap_or(name).to_owned(),
        home: home.clone(),
        shell: value(call, "-shell").unwrap_or("/bin/zsh").to_owned(),
        ..SystemUser::default()
    };
    accounts.users.insert(name.to_owned(), user);
    if call.args.iter().any(|arg| arg == "-admin") {
        accounts
            .groups
            .entry("admin".to_owned())
            .or_default()
            .members
            .insert(name.to_owned());
    }
    accounts.save(&call.folder)?;
    let mut files = FileTree::load(&call.folder)?;
    files.create(&home, &FileEntry::dir(name, "staff", 0o750));
    files.save(&call.folder)?;
    PasswordOwner::Account(name).set_password(&call.folder, &password.unwrap_or_default())?;
    log(call, "Creating user record…")?;
    log(call, &format!("Assigning UID: {uid} GID: 20"))?;
    log(call, &format!("Creating home directory at {home}"))
}

fn delete(call: &ProgramCall, name: &str) -> io::Result<()> {
    if !is_allowed(call)? {
        return Ok(());
    }
    let _lock = call.folder.lock()?;
    let mut accounts = SystemAccounts::load(&call.folder)?;
    let Some(user) = accounts.remove(name) else {
        return log(call, &format!("User {name} does not exist"));
    };
    accounts.save(&call.folder)?;
    PasswordOwner::Account(name).remove_password(&call.folder)?;
    if !call.args.iter().any(|arg| arg == "-keepHome") {
        let mut files = FileTree::load(&call.folder)?;
        files.remove_tree(&user.home);
        files.save(&call.folder)?;
        log(call, &format!("Deleting home directory at {}", user.home))?;
    }
    log(call, &format!("Deleting record for {name}"))
}

fn reset(call: &ProgramCall, name: &str) -> io::Result<()> {
    if !is_allowed(call)? {
        return Ok(());
    }
    let prompt = format!("New password for {name}: ");
    let password = password(call, "-newPassword", &prompt)?;
    let _lock = call.folder.lock()?;
    if !SystemAccounts::load(&call.folder)?.users.contains_key(name) {
        return log(call, &format!("User {name} does not exist"));
    }
    PasswordOwner::Account(name).set_password(&call.folder, &password.unwrap_or_default())?;
    log(call, "Done")
}
