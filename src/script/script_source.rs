//! A script as it is found: bundled, in a file, or on standard input.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::fault::{Fault, Result};
use crate::source::module_doc;
use crate::state::sha256;

use super::bundled::{SCRIPTS, bundled};
use super::library;

/// A script's text and where it comes from.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its name on the command line.
    pub name: String,
    /// Its text.
    pub text: Rc<str>,
    /// The folder from which it may import modules.
    pub folder: Option<PathBuf>,
}

impl Script {
    /// Finds the script of that name: a path, a script in the folder `extra`, or a bundled one.
    pub fn find(name: &str, extra: Option<&Path>) -> Result<Self> {
        if is_path(name) {
            return Self::at(Path::new(name), name);
        }
        if let Some(folder) = extra {
            let path = folder.join(format!("{name}.rhai"));
            if path.is_file() {
                return Self::at(&path, name);
            }
        }
        match bundled(name) {
            Some(script) => Ok(Self {
                name: name.to_owned(),
                text: script.text.into(),
                folder: None,
            }),
            None => Err(no_script(name)),
        }
    }

    /// A script from standard input.
    pub fn piped(text: String) -> Self {
        Self {
            name: "-".to_owned(),
            text: text.into(),
            folder: None,
        }
    }

    /// Finds the script that this one refers to: bundled, or a path from its own folder.
    pub fn beside(&self, name: &str) -> Result<Self> {
        match &self.folder {
            Some(folder) if is_path(name) => Self::at(&folder.join(name), name),
            _ => Self::find(name, None),
        }
    }

    /// Reads the script in a file, to be called by that name.
    pub fn at(path: &Path, name: &str) -> Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        Ok(Self {
            name: name.to_owned(),
            text: library::read(path)?.into(),
            folder: Some(folder.unwrap_or(Path::new(".")).to_owned()),
        })
    }

    /// The file that it was read from; `-` for standard input, none for a bundled script.
    pub fn file(&self) -> Option<PathBuf> {
        let Some(folder) = &self.folder else {
            return (self.name == "-").then(|| "-".into());
        };
        if is_path(&self.name) {
            return Some(folder.join(self.short_name()));
        }
        Some(folder.join(format!("{}.rhai", self.name)))
    }

    /// The name in reports, without a folder of this machine.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The text of the leading `//!` lines.
    pub fn purpose(&self) -> String {
        let lines: Vec<_> = module_doc(&self.text).map(str::trim).collect();
        lines.join("\n")
    }

    /// The first of those lines.
    pub fn summary(&self) -> &str {
        module_doc(&self.text).next().unwrap_or_default().trim()
    }

    /// The digest of the text.
    pub fn digest(&self) -> String {
        sha256(self.text.as_bytes())
    }
}

/// Whether a script's name is a path.
fn is_path(name: &str) -> bool {
    let extension = Path::new(name).extension();
    name.contains('/') || extension.is_some_and(|extension| extension == "rhai")
}

fn no_script(name: &str) -> Fault {
    let fault = Fault::usage(format!("there is no bundled script `{name}`"));
    let file = format!("{name}.rhai");
    let fault = if Path::new(&file).is_file() {
        fault.hint(format!("did you mean the file {file}?"))
    } else {
        fault.suggest(name, SCRIPTS.iter().map(|script| script.name))
    };
    fault.hint("`ascript list` lists the bundled scripts; a path ends in .rhai or contains a /")
}
