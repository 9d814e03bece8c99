//! `ascript list`: lists the scripts that can be run by name.

use std::path::Path;

use clap::Args;

use crate::fault::{Fault, Result};
use crate::report::{self, ListedScript};
use crate::script::{SCRIPTS, Script};

use super::common::{Formats, OutputFormat, ScriptsArg, format_parser, renderer};
use super::output::{self, OutputOptions};

/// Lists the scripts that can be run by name
#[derive(Args)]
pub(super) struct ListArgs {
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) scripts: ScriptsArg,
}

/// The formats of the list of scripts.
const FORMATS: &Formats<ListWriter> = &[
    (OutputFormat::Text, |scripts, options| {
        options.page(&report::scripts(scripts, output::terminal_columns()))
    }),
    (OutputFormat::Json, |scripts, _| {
        output::document(&report::scripts_json(scripts))
    }),
];

/// Writes the list of scripts.
type ListWriter = fn(&[ListedScript], &OutputOptions) -> Result<()>;

impl ListArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let folder = self.scripts.scripts.as_deref();
        let names = names(folder)?.into_iter();
        let scripts: Result<Vec<_>> = names.map(|name| listed(name, folder)).collect();
        renderer(FORMATS, self.format)(&scripts?, options)?;
        Ok(0)
    }
}

fn listed(name: String, folder: Option<&Path>) -> Result<ListedScript> {
    let script = Script::find(&name, folder)?;
    let summary = script.summary().to_owned();
    Ok(ListedScript { name, summary })
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
