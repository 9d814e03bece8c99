//! `getent passwd` and `getent group` of Linux.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::{Accounts, Group, User};
use crate::lab::call::Call;
use crate::lab::folder::Platform;

pub(super) const PROGRAM: Program = Program::new("getent", Acts::Never, run).only(Platform::Linux);

fn run(call: &Call) -> io::Result<u8> {
    let accounts = Accounts::load(&call.folder)?;
    let lines: Vec<(&String, String)> = match call.arg(0) {
        Some("passwd") => accounts
            .users
            .iter()
            .map(|(name, user)| (name, passwd(name, user)))
            .collect(),
        Some("group") => accounts
            .groups
            .iter()
            .map(|(name, group)| (name, line(name, group)))
            .collect(),
        other => {
            return call.complain(
                1,
                format_args!("Unknown database: {}", other.unwrap_or_default()),
            );
        }
    };
    let keys = call.args.get(1..).unwrap_or_default();
    if keys.is_empty() {
        lines.iter().try_for_each(|(_, line)| call.say(line))?;
    }
    let mut code = 0;
    for key in keys {
        match lines
            .iter()
            .find(|(name, line)| *name == key || line.split(':').nth(2) == Some(key))
        {
            Some((_, line)) => call.say(line)?,
            None => code = 2,
        }
    }
    Ok(code)
}

fn passwd(name: &str, user: &User) -> String {
    let User {
        uid,
        gid,
        full_name,
        home,
        shell,
        ..
    } = user;
    format!("{name}:x:{uid}:{gid}:{full_name}:{home}:{shell}")
}

fn line(name: &str, group: &Group) -> String {
    let members: Vec<&str> = group.members.iter().map(String::as_str).collect();
    format!("{name}:x:{}:{}", group.gid, members.join(","))
}
