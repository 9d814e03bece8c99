//! `chown OWNER[:GROUP] PATH`.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::files::FileTree;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("chown", Acts::Always, run);

const SYNTAX: Syntax = Syntax {
    flags: "Rhv",
    values: "",
    long_flags: &[("recursive", "R")],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let plain = words.plain();
    let Some((who, paths)) = plain.split_first() else {
        return call.complain(1, "usage: chown [-R] OWNER[:GROUP] PATH");
    };
    let (owner, group) = who.split_once(':').unwrap_or((who, ""));
    let accounts = Accounts::load(&call.folder)?;
    if !owner.is_empty() && !accounts.users.contains_key(owner) {
        return call.complain(1, format_args!("chown: invalid user: '{who}'"));
    }
    if !group.is_empty() && !accounts.groups.contains_key(group) {
        return call.complain(1, format_args!("chown: invalid group: '{who}'"));
    }
    let _turn = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    for path in paths {
        let found = if words.has("R") {
            files.tree(path)
        } else {
            vec![(*path).to_owned()]
        };
        for path in &found {
            let Some(place) = files.get_mut(path) else {
                return call.complain(1, format_args!("chown: {path}: No such file or directory"));
            };
            if !owner.is_empty() {
                owner.clone_into(&mut place.owner);
            }
            if !group.is_empty() {
                group.clone_into(&mut place.group);
            }
        }
    }
    files.save(&call.folder)?;
    Ok(0)
}
