//! Reads scripts and modules from files, and finds what `import` names: `std/…` in the binary,
//! anything else in a file below the script's folder.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::exec::InputKind;
use crate::fault::{Fault, Result};

use super::bundled::STDLIB;

/// The texts of all compiled sources by name, for error messages.
pub(super) type SourceTexts = Rc<RefCell<BTreeMap<String, Rc<str>>>>;

/// Reads a script from a file, without the mark that some editors write at its start.
pub(super) fn read(path: &Path) -> Result<String> {
    let text = InputKind::SCRIPT.read_text(path);
    let text = text.map(|text| match text.strip_prefix('\u{feff}') {
        Some(marked) => marked.to_owned(),
        None => text,
    });
    text.map_err(|fault| {
        if path.extension().is_none() || path.exists() {
            return fault;
        }
        let path = path.display();
        fault.hint(format!(
            "`ascript new {path}` creates a script to start from"
        ))
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
        return Err(
            missing().hint("a script that is bundled, or sent as text, imports only from `std/`")
        );
    };
    let path = module_path(folder, name)?;
    if path.exists() && !path.is_file() {
        return Err(missing().hint(format!("{} is not a regular file", path.display())));
    }
    Ok((read(&path)?, Some(path)))
}

/// How to import a module that is not there.
fn beside_or_bundled(name: &str) -> String {
    let bundled = format!("std/{name}");
    if STDLIB.iter().any(|module| module.name == bundled) {
        return format!(
            "the bundled module is `{bundled}`; one of your own is {name}.rhai beside the script"
        );
    }
    format!("expected the file {name}.rhai beside the script")
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
    let missing =
        || Fault::script(format!("there is no module `{name}`")).hint(beside_or_bundled(name));
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

/// The files that sources were read from, if it was from `folder`.
pub(super) fn files(folder: &Path, sources: &SourceTexts) -> Vec<PathBuf> {
    let sources = sources.borrow();
    let names = sources.keys().filter(|name| !name.starts_with("std/"));
    let files = names.map(|name| folder.join(name));
    // Lines that were typed have no file.
    files
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "rhai")
        })
        .collect()
}

/// The fault of a module that imports itself, directly or not.
pub(super) fn import_cycle(name: &str) -> Fault {
    Fault::script(format!(
        "the module `{name}` imports itself, directly or through other modules"
    ))
}
