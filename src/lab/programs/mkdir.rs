//! `mkdir`: creates folders, owned by root.

use std::io;

use crate::lab::arguments::OptionSyntax;
use crate::lab::file_tree::{FileEntry, FileTree, clean};
use crate::lab::program::{ActingCalls, LabProgram};
use crate::lab::program_call::ProgramCall;

pub(super) const PROGRAM: LabProgram = LabProgram::new("mkdir", ActingCalls::Always, run);

const SYNTAX: OptionSyntax = OptionSyntax {
    flags: "pv",
    values: "m",
    long_flags: &[("parents", "p"), ("verbose", "v")],
    long_values: &[("mode", "m")],
};

fn run(call: &ProgramCall) -> io::Result<u8> {
    let options = call.options(&SYNTAX)?;
    let mode = options
        .value("m")
        .and_then(|mode| u32::from_str_radix(mode, 8).ok());
    let _lock = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    let group = files
        .0
        .get("/")
        .map_or_else(|| "root".to_owned(), |root| root.group.clone());
    for path in options.operands() {
        let present = files.get(&call.folder, path);
        if present.as_ref().is_some_and(|entry| entry.is_dir) && options.has("p") {
            continue;
        }
        if present.is_some() {
            return call.report_error(1, format_args!("mkdir: {path}: File exists"));
        }
        if let Some(reason) = files.refuse_dir(call.folder.platform()?, path) {
            return call.report_error(1, format_args!("mkdir: {reason}"));
        }
        let path = clean(path);
        let above = path.rsplit_once('/').map_or("/", |(above, _)| above);
        if !options.has("p") && !above.is_empty() && !files.0.contains_key(above) {
            return call.report_error(1, format_args!("mkdir: {path}: No such file or directory"));
        }
        files.create(
            &path,
            &FileEntry::dir("root", &group, mode.unwrap_or(0o755)),
        );
    }
    files.save(&call.folder)?;
    Ok(0)
}
