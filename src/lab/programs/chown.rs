//! `chown OWNER[:GROUP] PATH`.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::FileTree;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("chown", ActingCalls::Always, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "Rhv",
    values: "",
    long_flags: &[("recursive", "R")],
    long_values: &[],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let plain = options.operands();
    let Some((who, paths)) = plain.split_first() else {
        return call.report_error(1, "usage: chown [-R] OWNER[:GROUP] PATH");
    };
    let (owner, group) = who.split_once(':').unwrap_or((who, ""));
    let accounts = SystemAccounts::load(&call.folder)?;
    if !owner.is_empty() && !accounts.users.contains_key(owner) {
        return call.report_error(1, format_args!("chown: invalid user: '{who}'"));
    }
    if !group.is_empty() && !accounts.groups.contains_key(group) {
        return call.report_error(1, format_args!("chown: invalid group: '{who}'"));
    }
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in paths {
        let found = if options.has("R") {
            files.paths_below(path)
        } else {
            vec![(*path).to_owned()]
        };
        for path in &found {
            let Some(entry) = files.get_mut(path) else {
                return call
                    .report_error(1, format_args!("chown: {path}: No such file or directory"));
            };
            if !owner.is_empty() {
                owner.clone_into(&mut entry.owner);
            }
            if !group.is_empty() {
                group.clone_into(&mut entry.group);
            }
        }
    }
    files.save(&call.folder)?;
    Ok(0)
}
