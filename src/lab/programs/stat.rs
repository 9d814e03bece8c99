//! `stat`: owner, mode and kind, in the format of the platform.

use std::io;

use crate::lab::accounts::SystemAccounts;
use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileEntry, FileTree};
use crate::lab::lab_folder::LabPlatform;
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("stat", ActingCalls::Never, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "Ln",
    values: "cf",
    long_flags: &[("dereference", "L")],
    long_values: &[("format", "c")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let linux = call.folder.platform()? == LabPlatform::Linux;
    let option = if linux { "c" } else { "f" };
    let default = if linux { "%U %a %F" } else { "%Su %OLp %HT" };
    let format = options.value(option).unwrap_or(default);
    let files = FileTree::load(&call.folder)?;
    let accounts = SystemAccounts::load(&call.folder)?;
    let mut code = 0;
    for path in options.operands() {
        match files.get(&call.folder, path) {
            Some(entry) => call.print_line(expand(format, path, &entry, &accounts))?,
            None if linux => {
                code = call.report_error(
                    1,
                    format_args!("stat: cannot statx '{path}': No such file or directory"),
                )?;
            }
            None => {
                code = call.report_error(
                    1,
                    format_args!("stat: {path}: stat: No such file or directory"),
                )?;
            }
        }
    }
    Ok(code)
}

/// Replaces the directives of a format.
fn expand(format: &str, path: &str, entry: &FileEntry, accounts: &SystemAccounts) -> String {
    let directives = directives(path, entry, accounts);
    let mut text = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let found = directives.iter().find(|(name, _)| rest.starts_with(name));
        let length = found.map_or_else(|| letter.len_utf8(), |(name, _)| name.len());
        text.push_str(found.map_or(&rest[..length], |(_, value)| value));
        rest = &rest[length..];
    }
    text
}

/// The directives of GNU and BSD `stat`, which differ.
fn directives(
    path: &str,
    entry: &FileEntry,
    accounts: &SystemAccounts,
) -> Vec<(&'static str, String)> {
    let user = accounts.users.get(&entry.owner);
    let group = accounts.groups.get(&entry.group);
    let (gnu, bsd) = if entry.is_dir {
        ("directory", "Directory")
    } else {
        ("regular file", "Regular File")
    };
    let low = format!("{:o}", entry.mode & 0o777);
    vec![
        ("%OLp", low.clone()),
        ("%Lp", low),
        ("%Su", entry.owner.clone()),
        ("%Sg", entry.group.clone()),
        ("%HT", bsd.to_owned()),
        ("%N", path.to_owned()),
        ("%U", entry.owner.clone()),
        ("%G", entry.group.clone()),
        ("%a", format!("{:o}", entry.mode)),
        ("%F", gnu.to_owned()),
        ("%n", path.to_owned()),
        ("%u", user.map_or(0, |user| user.uid).to_string()),
        ("%g", group.map_or(0, |group| group.gid).to_string()),
    ]
}
