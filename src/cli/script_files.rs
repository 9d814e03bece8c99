//! The scripts in files and folders that a command line names.

use std::path::{Path, PathBuf};

use crate::fault::{Fault, Result};
use crate::script::Script;

/// The file of a script.
pub(super) struct NamedFile {
    /// Its path.
    pub(super) path: PathBuf,
    /// Its name in reports: its path as it was written, or the part of an absolute path below the
    /// folder that was named, so that no report contains a path of this machine.
    name: String,
}

impl NamedFile {
    fn new(path: PathBuf, root: &Path) -> Self {
        let prefix = if path.is_absolute() {
            root
        } else {
            Path::new(".")
        };
        let name = path.strip_prefix(prefix).unwrap_or(&path);
        Self {
            name: name.display().to_string(),
            path,
        }
    }

    /// Reads it.
    pub(super) fn read(&self) -> Result<Script> {
        Script::at(&self.path, &self.name)
    }
}

/// The script at a path, or all scripts below a folder.
pub(super) fn find(path: &Path) -> Result<Vec<NamedFile>> {
    if !path.is_dir() {
        let root = path.parent().unwrap_or(path);
        return Ok(vec![NamedFile::new(path.to_owned(), root)]);
    }
    let mut files = Vec::new();
    add_scripts_below(path, &mut files)?;
    if files.is_empty() {
        let message = format!("{} contains no scripts", path.display());
        return Err(Fault::usage(message).hint("the name of a script ends in .rhai"));
    }
    let files = files.into_iter();
    Ok(files.map(|file| NamedFile::new(file, path)).collect())
}

/// Adds every script below a folder in the order of their names, without links to folders and
/// hidden folders.
fn add_scripts_below(folder: &Path, scripts: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<_> = fs_err::read_dir(folder)
        .and_then(Iterator::collect)
        .map_err(Fault::from_io)?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !is_hidden {
                add_scripts_below(&path, scripts)?;
            }
        } else if path.extension().is_some_and(|end| end == "rhai") {
            scripts.push(path);
        }
    }
    Ok(())
}
