//! `mkdir`: folders that belong to root.

use std::io;

use super::{Acts, Program};
use crate::lab::call::Call;
use crate::lab::files::{FileEntry, FileTree, clean};
use crate::lab::folder::Platform;
use crate::lab::options::Syntax;

pub(super) const PROGRAM: Program = Program::new("mkdir", Acts::Always, run);

const SYNTAX: Syntax = Syntax {
    flags: "pv",
    values: "m",
    long_flags: &[("parents", "p"), ("verbose", "v")],
    long_values: &[("mode", "m")],
};

fn run(call: &Call) -> io::Result<u8> {
    let words = call.words(&SYNTAX)?;
    let mode = words
        .value("m")
        .and_then(|mode| u32::from_str_radix(mode, 8).ok());
    let _turn = call.folder.lock()?;
    let mut files = FileTree::load(&call.folder)?;
    let group = files
        .0
        .get("/")
        .map_or_else(|| "root".to_owned(), |root| root.group.clone());
    for path in words.plain() {
        let present = files.get(&call.folder, path);
        if present.as_ref().is_some_and(|place| place.is_dir) && words.has("p") {
            continue;
        }
        if present.is_some() {
            return call.complain(1, format_args!("mkdir: {path}: File exists"));
        }
        if let Some(reason) = refusal(call, &files, path)? {
            return call.complain(1, format_args!("mkdir: {reason}"));
        }
        let path = clean(path);
        let above = path.rsplit_once('/').map_or("/", |(above, _)| above);
        if !words.has("p") && !above.is_empty() && !files.0.contains_key(above) {
            return call.complain(1, format_args!("mkdir: {path}: No such file or directory"));
        }
        files.make(
            &path,
            &FileEntry::dir("root", &group, mode.unwrap_or(0o755)),
        );
    }
    files.save(&call.folder)?;
    Ok(0)
}

/// Why a folder cannot be made at a path.
pub(super) fn refusal(call: &Call, files: &FileTree, path: &str) -> io::Result<Option<String>> {
    let path = clean(path);
    // `/home` belongs to the automounter of macOS.
    if call.folder.platform()? == Platform::Macos && path.starts_with("/home/") {
        return Ok(Some(format!("{path}: Operation not supported")));
    }
    let mut above = path.as_str();
    while !above.is_empty() {
        if files.0.get(above).is_some_and(|place| !place.is_dir) {
            return Ok(Some(format!("{above}: Not a directory")));
        }
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
    }
    Ok(None)
}
