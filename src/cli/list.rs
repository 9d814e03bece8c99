//! `ascript list`: lists the scripts that can be run by name.

use std::fmt::Write as _;
use std::path::Path;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::script::{SCRIPTS, Script};

use super::common::ScriptsArg;
use super::output::OutputOptions;

/// Lists the scripts that can be run by name
#[derive(Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl ListArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let names = names(self.scripts.scripts.as_deref())?;
        let width = names.iter().map(String::len).max().unwrap_or_default();
        let mut text = String::new();
        for name in &names {
            let script = Script::find(name, self.scripts.scripts.as_deref())?;
            let _ = writeln!(text, "{name:width$}  {}", script.summary());
        }
        options.page(&text)?;
        Ok(0)
    }
}

/// The names of the bundled scripts and of those in a folder.
pub(super) fn names(folder: Option<&Path>) -> Result<Vec<String>> {
    let bundled = SCRIPTS.iter().map(|script| script.name.to_owned());
    let mut names: Vec<_> = bundled.collect();
    let Some(folder) = folder else {
        return Ok(names);
    };
    for entry in fs_err::read_dir(folder).map_err(Fault::from_io)? {
        let path = entry.map_err(Fault::from_io)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rhai")
        {
            let stem = path.file_stem();
            names.extend(stem.map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}
