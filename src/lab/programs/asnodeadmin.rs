//! `asnodeadmin`: the users of the Node API. Passwords come from the terminal
//! or, like the vendor's, from the arguments; only fingerprints are stored.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use crate::lab::arguments::{OptionSyntax, ParsedArgs};
use crate::lab::knobs;
use crate::lab::lab_folder::LabFolder;
use crate::lab::license_file;
use crate::lab::password_prompt;
use crate::lab::passwords::PasswordOwner;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;
use crate::lab::services::reload_noded;

pub(super) const PROGRAM: LabProgram = LabProgram::new("asnodeadmin", ActingCalls::When(acts), run);

const USERS: &str = "var/lab/api_users.json";

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "amdlAh",
    values: "upxbr",
    long_flags: &[
        ("add", "a"),
        ("modify", "m"),
        ("del", "d"),
        ("delete", "d"),
        ("list", "l"),
        ("version", "A"),
        ("help", "h"),
        ("internal", "internal"),
        ("reload", "reload"),
        ("acl-list", "acl-list"),
    ],
    long_values: &[
        ("user", "u"),
        ("password", "p"),
        ("xuser", "x"),
        ("backup", "b"),
        ("restore", "r"),
        ("acl-add", "acl-add"),
        ("acl-set", "acl-set"),
        ("acl-del", "acl-del"),
    ],
};

/// Node API users by name.
type ApiUserList = BTreeMap<String, ListedApiUser>;

#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(in crate::lab) struct ListedApiUser {
    pub(in crate::lab) xfer_user: String,
    pub(in crate::lab) acls: Vec<String>,
}

impl ListedApiUser {
    /// The Node API user of that name.
    pub(in crate::lab) fn find(folder: &LabFolder, name: &str) -> io::Result<Option<Self>> {
        let users: ApiUserList = folder.read_json(USERS)?;
        Ok(users.get(name).cloned())
    }
}

fn acts(args: &[String], _: &str) -> bool {
    crate::lab::arguments::parse(args, &SYNTAX).is_ok_and(|options| {
        let acting = ["a", "m", "d", "reload"].iter().any(|key| options.has(key));
        acting || options.value("r").is_some()
    })
}

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    if options.has("A") {
        return license_file::print_license(call, "asnodeadmin");
    }
    if options.has("l") || options.has("acl-list") {
        return list(call);
    }
    if let Some(file) = options.value("b") {
        let users = fs::read(call.folder.path(USERS)).unwrap_or_else(|_| b"{}".to_vec());
        call.folder.write(&call.folder.place(file)?, &users)?;
        return Ok(0);
    }
    if let Some(file) = options.value("r") {
        return restore(call, file);
    }
    if options.has("reload") {
        let _lock = call.folder.lock()?;
        reload_noded(&call.folder)?;
        return Ok(0);
    }
    let Some(name) = options.value("u").filter(|name| !name.is_empty()) else {
        return call.report_error(
            1,
            "Usage: asnodeadmin -a|-m|-d -u USER [-p PASSWORD] [-x USER]",
        );
    };
    if wants_internal(&options) && !options.has("internal") {
        return call.report_error(1, "asnodeadmin: the ACL 'internal' requires --internal");
    }
    if options.has("a") {
        add(call, &options, name)
    } else if options.has("m") {
        modify(call, &options, name)
    } else if options.has("d") {
        delete(call, name)
    } else {
        call.report_error(1, "asnodeadmin: nothing to do")
    }
}

fn add(call: &ProgramCall, options: &ParsedArgs, name: &str) -> io::Result<u8> {
    let Some(xfer_user) = options.value("x") else {
        return call.report_error(1, "asnodeadmin: -x is required to add a user");
    };
    // Like the vendor's, it looks the user up before it prompts for a password.
    if users(call)?.contains_key(name) {
        return call.report_error(1, format_args!("asnodeadmin: user '{name}' already exists"));
    }
    let password = match password(call, options)? {
        Ok(password) => password,
        Err(reason) => return call.report_error(1, reason),
    };
    let _lock = call.folder.lock()?;
    let mut all = users(call)?;
    let mut user = ListedApiUser {
        xfer_user: xfer_user.to_owned(),
        acls: Vec::new(),
    };
    change_acls(&mut user, options);
    if all.insert(name.to_owned(), user).is_some() {
        return call.report_error(1, format_args!("asnodeadmin: user '{name}' already exists"));
    }
    PasswordOwner::ApiUser(name).set_password(&call.folder, &password)?;
    store(call, &all)
}

fn modify(call: &ProgramCall, options: &ParsedArgs, name: &str) -> io::Result<u8> {
    if !users(call)?.contains_key(name) {
        return call.report_error(1, format_args!("asnodeadmin: user '{name}' does not exist"));
    }
    let others = ["x", "acl-add", "acl-set", "acl-del"];
    let only_password = others.iter().all(|key| options.value(key).is_none());
    let mut new = None;
    if only_password || options.value("p").is_some() {
        match password(call, options)? {
            Ok(password) => new = Some(password),
            Err(reason) => return call.report_error(1, reason),
        }
    }
    let _lock = call.folder.lock()?;
    let mut all = users(call)?;
    if let Some(user) = all.get_mut(name) {
        if let Some(xfer_user) = options.value("x") {
            xfer_user.clone_into(&mut user.xfer_user);
        }
        change_acls(user, options);
    }
    if let Some(password) = new {
        PasswordOwner::ApiUser(name).set_password(&call.folder, &password)?;
    }
    store(call, &all)
}

fn delete(call: &ProgramCall, name: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let mut all = users(call)?;
    if all.remove(name).is_none() {
        return call.report_error(1, format_args!("asnodeadmin: user '{name}' does not exist"));
    }
    PasswordOwner::ApiUser(name).remove_password(&call.folder)?;
    store(call, &all)
}

fn restore(call: &ProgramCall, file: &str) -> io::Result<u8> {
    let _lock = call.folder.lock()?;
    let path = call.folder.path(&call.folder.place(file)?);
    let all: ApiUserList = serde_json::from_slice(&fs::read(path)?)?;
    store(call, &all)
}

fn users(call: &ProgramCall) -> io::Result<ApiUserList> {
    call.folder.read_json(USERS)
}

/// Stores the users; asperanoded reloads its configuration after every change.
fn store(call: &ProgramCall, all: &ApiUserList) -> io::Result<u8> {
    call.folder.write_json(USERS, all)?;
    reload_noded(&call.folder)?;
    Ok(0)
}

/// That asnodeadmin refuses the right without `--internal` is assumed.
fn wants_internal(options: &ParsedArgs) -> bool {
    let mut given = ["acl-set", "acl-add"]
        .into_iter()
        .filter_map(|key| options.value(key));
    given.any(|acls| acls.split(',').any(|acl| acl.trim() == "internal"))
}

fn change_acls(user: &mut ListedApiUser, options: &ParsedArgs) {
    let listed = |key: &str| {
        options
            .value(key)
            .map(|text| text.split(',').map(str::trim).map(str::to_owned))
    };
    if let Some(acls) = listed("acl-set") {
        user.acls = acls.filter(|acl| !acl.is_empty()).collect();
    }
    for acl in listed("acl-add").into_iter().flatten() {
        if !user.acls.contains(&acl) {
            user.acls.push(acl);
        }
    }
    for gone in listed("acl-del").into_iter().flatten() {
        user.acls.retain(|acl| *acl != gone);
    }
}

/// The password from the arguments or the terminal, or why it is refused.
fn password(call: &ProgramCall, options: &ParsedArgs) -> io::Result<Result<String, String>> {
    let password = match options.value("p") {
        Some(given) => given.to_owned(),
        None => match prompt_password(call)? {
            Ok(typed) => typed,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    let strict = knobs::value(&call.folder, "password_policy") == "4.4";
    Ok(if password.is_empty() {
        Err("asnodeadmin: the password is empty".to_owned())
    } else if strict && !is_strong(&password) {
        Err("asnodeadmin: the password is too weak".to_owned())
    } else {
        Ok(password)
    })
}

fn prompt_password(call: &ProgramCall) -> io::Result<Result<String, String>> {
    let no_terminal =
        |error: io::Error| io::Error::other(format!("no terminal to ask for a password: {error}"));
    let password = password_prompt::prompt("Password: ").map_err(no_terminal)?;
    let twice = knobs::value(&call.folder, "password_prompts") == "2";
    if twice && password_prompt::prompt("Confirm password: ")? != password {
        return Ok(Err("asnodeadmin: the passwords differ".to_owned()));
    }
    Ok(Ok(password))
}

/// The default policy of 4.4: 16 to 92 characters, two each of three kinds.
fn is_strong(password: &str) -> bool {
    let count = |kind: fn(&char) -> bool| password.chars().filter(kind).count();
    (16..=92).contains(&password.chars().count())
        && count(char::is_ascii_lowercase) >= 2
        && count(char::is_ascii_uppercase) >= 2
        && count(char::is_ascii_digit) >= 2
}

fn list(call: &ProgramCall) -> io::Result<u8> {
    let layout = knobs::value(&call.folder, "listing");
    if layout == "4.x" {
        call.print_line("List of Node API user(s):")?;
        call.print_line("user          system/transfer       user acls")?;
        call.print_line("============= ===================== =====================")?;
    } else {
        if layout == "3.9" {
            call.print_line("List of node user(s):")?;
        }
        call.print_line("                user       system/transfer user                    acls")?;
        call.print_line("====================    =======================    ====================")?;
    }
    for (name, user) in &users(call)? {
        let acls = if user.acls.is_empty() {
            String::new()
        } else {
            format!("[{}]", user.acls.join(","))
        };
        let xfer_user = &user.xfer_user;
        match layout.as_str() {
            "4.x" => call.print_line(format!("{name:<13} {xfer_user:<21} {acls}").trim_end())?,
            // The published example pads an empty column to its full width.
            "seed" => {
                call.print_line(format_args!("{name:>20}    {xfer_user:>23}    {acls:<20}"))?;
            }
            _ => call.print_line(format!("{name:>20}    {xfer_user:>23}    {acls}").trim_end())?,
        }
    }
    Ok(0)
}
