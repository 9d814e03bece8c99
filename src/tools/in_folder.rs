//! Commands that change a folder or a file, relative to the folder that it is in.

use std::path::{Path, PathBuf};

use super::files::is_file_command;
use crate::step::{Command, Piece};

/// Where to run a command that changes a folder or a file, and the command relative to that
/// place: it then reaches no other one, whoever changes the folders above it.
pub fn in_folder(command: &Command) -> Option<(PathBuf, Command)> {
    let Some(Piece::Text(path)) = command.args.last() else {
        return None;
    };
    let path = Path::new(&**path);
    let (folder, relative) = if command.program == "install" {
        (path, PathBuf::from("."))
    } else if command.program == "rmdir" || is_file_command(command) {
        (path.parent()?, Path::new(".").join(path.file_name()?))
    } else {
        return None;
    };
    let mut command = command.clone();
    command.args.pop();
    Some((
        folder.to_owned(),
        command.arg(relative.to_str()?.to_owned()),
    ))
}
