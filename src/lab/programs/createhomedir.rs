//! `createhomedir -c -u NAME` of macOS.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::files::{FileEntry, FileTree};
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program =
    Program::new("createhomedir", Acts::Always, run).only(Platform::Macos);

const SYNTAX: Syntax = Syntax {
    flags: "cbls",
    values: "un",
    long_flags: &[],
    long_values: &[],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let name = words.value("u").unwrap_or_default();
    let _turn = call.folder.lock()?;
    let accounts = Accounts::load(&call.folder)?;
    // The real one is silent about names it does not know.
    let Some(user) = accounts.users.get(name) else {
        return Ok(0);
    };
    let mut files = FileTree::load(&call.folder)?;
    if files.get(&call.folder, &user.home).is_none() {
        call.say(format_args!(
            "creating home directory for user '{name}' at '{}'",
            user.home
        ))?;
        files.make(&user.home, &FileEntry::dir(name, "staff", 0o750));
        files.save(&call.folder)?;
    }
    Ok(0)
}
