//! Writes files that do not exist yet.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::fault::{Fault, Result, reason};

/// Refuses the path of an existing file.
pub(super) fn refuse_existing(path: &Path) -> Result<()> {
    if path.exists() {
        return Err(already_exists(path));
    }
    Ok(())
}

/// Writes a file. Never overwrites an existing one.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let file = std::fs::File::create_new(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let shown = path.display();
        let kind = error.kind();
        let fault = if kind == ErrorKind::AlreadyExists {
            already_exists(path)
        } else if kind == ErrorKind::NotFound {
            Fault::usage(format!("the folder of {shown} does not exist"))
                .hint("create the folder first")
        } else {
            Fault::usage(format!("cannot write {shown}: {}", reason(&error)))
                .hint("choose a folder that you may write to")
        };
        fault.caused_by(error)
    })
}

fn already_exists(path: &Path) -> Fault {
    Fault::usage(format!("{} already exists", path.display())).hint("choose another name")
}
