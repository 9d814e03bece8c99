//! `id -u [NAME]` and `id [NAME]`: who runs this, or who somebody is.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;

pub(super) const PROGRAM: Program = Program::new("id", Acts::Never, run);

fn run(call: &Call) -> io::Result<u8> {
    let accounts = Accounts::load(&call.folder)?;
    let number = call.arg(0) == Some("-u");
    let named = call.args.iter().find(|arg| !arg.starts_with('-'));
    let own: u32 = call.folder.knob("uid").parse().unwrap_or(0);
    let found = accounts.users.iter().find(|(name, user)| match named {
        Some(wanted) => *name == wanted,
        None => user.uid == own,
    });
    match found {
        Some((_, user)) if number => call.say(user.uid)?,
        Some((name, user)) => {
            let group = accounts.group_of(user.gid).unwrap_or_default();
            call.say(format_args!(
                "uid={}({name}) gid={}({group})",
                user.uid, user.gid
            ))?;
        }
        None if named.is_none() => call.say(own)?,
        None => {
            let name = named.map_or("", String::as_str);
            return call.complain(1, format_args!("id: {name}: no such user"));
        }
    }
    Ok(0)
}
