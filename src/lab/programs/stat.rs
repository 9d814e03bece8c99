//! `stat`: owner, mode and kind, in the dialect of the platform.

use std::io;

use super::{Acts, Program};
use crate::lab::accounts::Accounts;
use crate::lab::call::Call;
use crate::lab::files::{FileEntry, FileTree};
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("stat", Acts::Never, run);

const SYNTAX: Syntax = Syntax {
    flags: "Ln",
    values: "cf",
    long_flags: &[("dereference", "L")],
    long_values: &[("format", "c")],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let linux = call.folder.platform()? == Platform::Linux;
    let option = if linux { "c" } else { "f" };
    let default = if linux { "%U %a %F" } else { "%Su %OLp %HT" };
    let format = words.value(option).unwrap_or(default);
    let files = FileTree::load(&call.folder)?;
    let accounts = Accounts::load(&call.folder)?;
    let mut code = 0;
    for path in words.plain() {
        match files.get(&call.folder, path) {
            Some(place) => call.say(filled(format, path, &place, &accounts))?,
            None if linux => {
                code = call.complain(
                    1,
                    format_args!("stat: cannot statx '{path}': No such file or directory"),
                )?;
            }
            None => {
                code = call.complain(
                    1,
                    format_args!("stat: {path}: stat: No such file or directory"),
                )?;
            }
        }
    }
    Ok(code)
}

/// The format with its parts filled in.
fn filled(format: &str, path: &str, place: &FileEntry, accounts: &Accounts) -> String {
    let parts = parts(path, place, accounts);
    let mut text = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let part = parts.iter().find(|(part, _)| rest.starts_with(part));
        let length = part.map_or_else(|| letter.len_utf8(), |(part, _)| part.len());
        text.push_str(part.map_or(&rest[..length], |(_, value)| value));
        rest = &rest[length..];
    }
    text
}

/// What a format may ask for; the two dialects share no part.
fn parts(path: &str, place: &FileEntry, accounts: &Accounts) -> Vec<(&'static str, String)> {
    let user = accounts.users.get(&place.owner);
    let group = accounts.groups.get(&place.group);
    let (gnu, bsd) = if place.is_dir {
        ("directory", "Directory")
    } else {
        ("regular file", "Regular File")
    };
    let low = format!("{:o}", place.mode & 0o777);
    vec![
        ("%OLp", low.clone()),
        ("%Lp", low),
        ("%Su", place.owner.clone()),
        ("%Sg", place.group.clone()),
        ("%HT", bsd.to_owned()),
        ("%N", path.to_owned()),
        ("%U", place.owner.clone()),
        ("%G", place.group.clone()),
        ("%a", format!("{:o}", place.mode)),
        ("%F", gnu.to_owned()),
        ("%n", path.to_owned()),
        ("%u", user.map_or(0, |user| user.uid).to_string()),
        ("%g", group.map_or(0, |group| group.gid).to_string()),
    ]
}
