//! `asnodeadmin`: the users of the Node API. Passwords come from the terminal
//! or, as with the vendor's, from the argument list; only fingerprints stay.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::license_file;
use crate::lab::options::{Syntax, Words};
use crate::lab::passwords::PasswordOwner;
use crate::lab::services::reload_noded;
use crate::lab::terminal;

pub(super) const PROGRAM: Program = Program::new("asnodeadmin", Acts::When(acts), run);

const USERS: &str = "var/lab/api_users.json";

const SYNTAX: Syntax = Syntax {
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

/// Node users by name.
type Users = BTreeMap<String, User>;

#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct User {
    xfer_user: String,
    acls: Vec<String>,
}

fn acts(args: &[String], _: &str) -> bool {
    crate::lab::options::parse(args, &SYNTAX).is_ok_and(|words| {
        let acting = ["a", "m", "d", "reload"].iter().any(|key| words.has(key));
        acting || words.value("r").is_some()
    })
}

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    if words.has("A") {
        return license_file::report(call, "asnodeadmin");
    }
    if words.has("l") || words.has("acl-list") {
        return list(call);
    }
    if let Some(file) = words.value("b") {
        let users = fs::read(call.folder.path(USERS)).unwrap_or_else(|_| b"{}".to_vec());
        call.folder.write(&call.folder.inside(file), &users)?;
        return Ok(0);
    }
    if let Some(file) = words.value("r") {
        return restore(call, file);
    }
    if words.has("reload") {
        let _turn = call.folder.lock()?;
        reload_noded(&call.folder)?;
        return Ok(0);
    }
    let Some(name) = words.value("u").filter(|name| !name.is_empty()) else {
        return call.complain(
            1,
            "Usage: asnodeadmin -a|-m|-d -u USER [-p PASSWORD] [-x USER]",
        );
    };
    if words.has("a") {
        add(call, &words, name)
    } else if words.has("m") {
        modify(call, &words, name)
    } else if words.has("d") {
        delete(call, name)
    } else {
        call.complain(1, "asnodeadmin: nothing to do")
    }
}

fn add(call: &Call, words: &Words, name: &str) -> io::Result<u8> {
    let Some(xfer_user) = words.value("x") else {
        return call.complain(1, "asnodeadmin: -x is required to add a user");
    };
    // The vendor cannot know of the user before it has asked its database.
    if users(call)?.contains_key(name) {
        return call.complain(1, format_args!("asnodeadmin: user '{name}' already exists"));
    }
    let password = match password(call, words)? {
        Ok(password) => password,
        Err(reason) => return call.complain(1, reason),
    };
    let _turn = call.folder.lock()?;
    let mut all = users(call)?;
    let mut user = User {
        xfer_user: xfer_user.to_owned(),
        acls: Vec::new(),
    };
    change_acls(&mut user, words);
    if all.insert(name.to_owned(), user).is_some() {
        return call.complain(1, format_args!("asnodeadmin: user '{name}' already exists"));
    }
    PasswordOwner::ApiUser(name).set_password(&call.folder, &password)?;
    keep(call, &all)
}

fn modify(call: &Call, words: &Words, name: &str) -> io::Result<u8> {
    if !users(call)?.contains_key(name) {
        return call.complain(1, format_args!("asnodeadmin: user '{name}' does not exist"));
    }
    let others = ["x", "acl-add", "acl-set", "acl-del"];
    let only_password = others.iter().all(|key| words.value(key).is_none());
    let mut new = None;
    if only_password || words.value("p").is_some() {
        match password(call, words)? {
            Ok(password) => new = Some(password),
            Err(reason) => return call.complain(1, reason),
        }
    }
    let _turn = call.folder.lock()?;
    let mut all = users(call)?;
    if let Some(user) = all.get_mut(name) {
        if let Some(xfer_user) = words.value("x") {
            xfer_user.clone_into(&mut user.xfer_user);
        }
        change_acls(user, words);
    }
    if let Some(password) = new {
        PasswordOwner::ApiUser(name).set_password(&call.folder, &password)?;
    }
    keep(call, &all)
}

fn delete(call: &Call, name: &str) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let mut all = users(call)?;
    if all.remove(name).is_none() {
        return call.complain(1, format_args!("asnodeadmin: user '{name}' does not exist"));
    }
    PasswordOwner::ApiUser(name).remove_password(&call.folder)?;
    keep(call, &all)
}

fn restore(call: &Call, file: &str) -> io::Result<u8> {
    let _turn = call.folder.lock()?;
    let kept = call.folder.path(&call.folder.inside(file));
    let all: Users = serde_json::from_slice(&fs::read(kept)?)?;
    keep(call, &all)
}

fn users(call: &Call) -> io::Result<Users> {
    call.folder.read_json(USERS)
}

/// Every change of a user has the daemon read its configuration again.
fn keep(call: &Call, all: &Users) -> io::Result<u8> {
    call.folder.write_json(USERS, all)?;
    reload_noded(&call.folder)?;
    Ok(0)
}

fn change_acls(user: &mut User, words: &Words) {
    let listed = |key: &str| {
        words
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

/// The password from the arguments or the terminal, or why it will not do.
fn password(call: &Call, words: &Words) -> io::Result<Result<String, String>> {
    let password = match words.value("p") {
        Some(given) => given.to_owned(),
        None => match asked(call)? {
            Ok(typed) => typed,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    let strict = call.folder.knob("password_policy") == "4.4";
    Ok(if password.is_empty() {
        Err("asnodeadmin: the password is empty".to_owned())
    } else if strict && !is_strong(&password) {
        Err("asnodeadmin: the password is too weak".to_owned())
    } else {
        Ok(password)
    })
}

fn asked(call: &Call) -> io::Result<Result<String, String>> {
    let no_terminal =
        |error: io::Error| io::Error::other(format!("no terminal to ask for a password: {error}"));
    let password = terminal::ask("Password: ").map_err(no_terminal)?;
    let twice = call.folder.knob("password_prompts") == "2";
    if twice && terminal::ask("Confirm password: ")? != password {
        return Ok(Err("asnodeadmin: the passwords differ".to_owned()));
    }
    Ok(Ok(password))
}

/// The defaults of 4.4: length, and two of each of three kinds.
fn is_strong(password: &str) -> bool {
    let count = |kind: fn(&char) -> bool| password.chars().filter(kind).count();
    (16..=92).contains(&password.chars().count())
        && count(char::is_ascii_lowercase) >= 2
        && count(char::is_ascii_uppercase) >= 2
        && count(char::is_ascii_digit) >= 2
}

fn list(call: &Call) -> io::Result<u8> {
    let layout = call.folder.knob("listing");
    if layout == "4.x" {
        call.say("List of Node API user(s):")?;
        call.say("user          system/transfer       user acls")?;
        call.say("============= ===================== =====================")?;
    } else {
        if layout == "3.9" {
            call.say("List of node user(s):")?;
        }
        call.say("                user       system/transfer user                    acls")?;
        call.say("====================    =======================    ====================")?;
    }
    for (name, user) in &users(call)? {
        let acls = if user.acls.is_empty() {
            String::new()
        } else {
            format!("[{}]", user.acls.join(","))
        };
        let xfer_user = &user.xfer_user;
        match layout.as_str() {
            "4.x" => call.say(format!("{name:<13} {xfer_user:<21} {acls}").trim_end())?,
            // The published example pads an empty column to its full width.
            "seed" => call.say(format_args!("{name:>20}    {xfer_user:>23}    {acls:<20}"))?,
            _ => call.say(format!("{name:>20}    {xfer_user:>23}    {acls}").trim_end())?,
        }
    }
    Ok(0)
}
