//! `id -u [NAME]`, `id -g [NAME]`, `id -gn [NAME]`, `id -Gn [NAME]` and `id [NAME]`: the caller, or a named account.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::knobs;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("id", ActingCalls::Never, run);

fn run(call: &ProgramCall) -> io::Result<u8> {
    let accounts = SystemAccounts::load(&call.folder)?;
    let is_number = call.arg(0) == Some("-u");
    let is_list = call.arg(0) == Some("-Gn");
    let named = call.args.iter().find(|arg| !arg.starts_with('-'));
    let own: u32 = knobs::value(&call.folder, "uid").parse().unwrap_or(0);
    let found = accounts.users.iter().find(|(name, user)| match named {
        Some(wanted) => *name == wanted,
        None => user.uid == own,
    });
    match found {
        Some((_, user)) if is_number => call.print_line(user.uid)?,
        Some((_, user)) if call.arg(0) == Some("-g") => call.print_line(user.gid)?,
        Some((_, user)) if call.arg(0) == Some("-gn") => {
            call.print_line(accounts.group_name(user.gid).unwrap_or_default())?;
        }
        Some((name, user)) if is_list => {
            let own = accounts.group_name(user.gid);
            let others = accounts
                .groups
                .iter()
                .filter(|(_, group)| group.members.contains(name));
            let others = others.map(|(group, _)| group.as_str());
            let groups: Vec<_> = own.into_iter().chain(others).collect();
            call.print_line(groups.join(" "))?;
        }
        Some((name, user)) => {
            let group = accounts.group_name(user.gid).unwrap_or_default();
            call.print_line(format_args!(
                "uid={}({name}) gid={}({group})",
                user.uid, user.gid
            ))?;
        }
        None if named.is_none() => call.print_line(own)?,
        None => {
            let name = named.map_or("", String::as_str);
            return call.report_error(1, format_args!("id: {name}: no such user"));
        }
    }
    Ok(0)
}
