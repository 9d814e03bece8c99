//! Reads scripts and modules from files, and finds what `import` names: `std/…` in the binary,
//! anything else in a file below the script's folder.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::fault::{Fault, Result};

use super::bundled::STDLIB;

/// The size limit of a script or module, in bytes.
const MAX_SIZE: u64 = 4 << 20;

/// The texts of all compiled sources by name, for error messages.
pub(super) type SourceTexts = Rc<RefCell<BTreeMap<String, Rc<str>>>>;

/// Reads a script from a file.
pub(super) fn read(path: &Path) -> Result<String> {
    let mut file = fs_err::File::open(path).map_err(|error| {
        let is_missing = error.kind() == ErrorKind::NotFound && path.extension().is_some();
        let fault = Fault::from_io(error);
        if is_missing {
            let path = path.display();
            fault.hint(format!(
                "`ascript new {path}` creates a script to start from"
            ))
        } else {
            fault
        }
    })?;
    let size = file.metadata().map_err(Fault::from_io)?.len();
    if size > MAX_SIZE {
        let message = format!("{} is larger than 4 MiB", path.display());
        return Err(Fault::usage(message));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Fault::from_io)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Fault::usage(format!("{} is not UTF-8 text (byte {at})", path.display()))
    })
}

/// Returns the text of a module, and its path if it is not bundled.
pub(super) fn module(folder: Option<&Path>, name: &str) -> Result<(String, Option<PathBuf>)> {
    let missing = || Fault::script(format!("there is no module `{name}`"));
    if name.starts_with("std/") {
        let module = STDLIB.iter().find(|module| module.name == name);
        let text = module.map(|module| (module.text.to_owned(), None));
        let known = STDLIB.iter().map(|module| module.name);
        return text.ok_or_else(|| missing().suggest(name, known));
    }
    let Some(folder) = folder else {
        return Err(missing().hint("a bundled script imports only from `std/`"));
    };
    let path = module_path(folder, name)?;
    Ok((read(&path)?, Some(path)))
}

/// The file of a module below `folder`; its name cannot lead out of it.
fn module_path(folder: &Path, name: &str) -> Result<PathBuf> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    if !name.split('/').all(is_part) {
        let message = format!("`{}` is not a module name", name.escape_debug());
        return Err(Fault::script(message).hint(
            "write the path below the script's folder, without `.rhai`: letters, digits, - _ /",
        ));
    }
    let missing = || {
        Fault::script(format!("there is no module `{name}`"))
            .hint(format!("expected the file {name}.rhai beside the script"))
    };
    let root = folder.canonicalize().map_err(|_| missing())?;
    let file = root
        .join(format!("{name}.rhai"))
        .canonicalize()
        .map_err(|_| missing())?;
    if file.starts_with(&root) {
        Ok(file)
    } else {
        Err(Fault::script(format!(
            "the module `{name}` is outside of the script's folder"
        )))
    }
}

/// The fault of a module that imports itself, directly or not.
pub(super) fn import_cycle(name: &str) -> Fault {
    Fault::script(format!(
        "the module `{name}` imports itself, directly or through other modules"
    ))
}
