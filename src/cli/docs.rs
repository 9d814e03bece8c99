//! `ascript docs`: shows the reference, one of its entries, or search results.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::fault::{Fault, Result, reason};
use crate::reference::{LookupResult, Reference};
use crate::{report, script};

use super::output::{self, OutputOptions};

/// Shows the reference of bindings, settings and modules
#[derive(Args)]
pub(super) struct DocsArgs {
    /// The name of a binding, namespace, setting or module, or words to search for
    name: Vec<String>,
    /// The output format
    #[arg(long, value_enum, default_value = "text")]
    format: DocsFormat,
    /// Write definition files (.d.rhai) for editors into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "format"])]
    definitions: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DocsFormat {
    /// For people.
    Text,
    /// The whole reference, or an entry, for a website or a wiki.
    Markdown,
    /// For programs.
    Json,
}

impl DocsArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let reference = Reference::new(script::reference_entries());
        if let Some(dir) = &self.definitions {
            return write_definitions(&reference, dir, options);
        }
        let query = self.name.join(" ");
        let text = if query.is_empty() {
            let all: Vec<_> = reference.entries().iter().collect();
            match self.format {
                DocsFormat::Text => report::contents(&reference, options.of_stdout()),
                DocsFormat::Markdown => report::manual(&reference),
                DocsFormat::Json => report::reference_json(&all),
            }
        } else {
            self.lookup(&reference, &query, options)?
        };
        if self.format == DocsFormat::Text {
            options.page(&text)?;
        } else {
            output::document(&text)?;
        }
        Ok(0)
    }

    fn lookup(
        &self,
        reference: &Reference,
        query: &str,
        options: &OutputOptions,
    ) -> Result<String> {
        let style = options.of_stdout();
        let (entries, is_page) = match reference.look_up(query) {
            LookupResult::Pages(entries) => (entries, true),
            LookupResult::Matches(entries) => (entries, false),
            LookupResult::NotFound(nearest) => return Err(no_entry(query, nearest)),
        };
        Ok(match self.format {
            DocsFormat::Json => report::reference_json(&entries),
            DocsFormat::Markdown => {
                let pages: Vec<_> = entries
                    .iter()
                    .map(|e| report::markdown_page(reference, e))
                    .collect();
                pages.join("\n")
            }
            DocsFormat::Text if is_page => report::pages(reference, &entries, style),
            DocsFormat::Text => report::listing(&entries, style),
        })
    }
}

fn write_definitions(reference: &Reference, dir: &Path, options: &OutputOptions) -> Result<u8> {
    std::fs::create_dir_all(dir).map_err(|error| {
        let why = reason(&error);
        Fault::usage(format!("cannot create the folder {}: {why}", dir.display())).caused_by(error)
    })?;
    let files = report::definitions(reference);
    for file in &files {
        output::write(&dir.join(&file.name), &file.text)?;
    }
    if !options.is_quiet() {
        let count = files.len();
        output::say(&format!(
            "wrote {count} definition files to {}",
            dir.display()
        ));
    }
    Ok(0)
}

/// The error for a name or words without a match.
pub(super) fn no_entry(query: &str, nearest: Option<&str>) -> Fault {
    let fault = Fault::usage(format!("the reference has no entry for `{query}`"));
    let fault = match nearest {
        Some(nearest) => fault.hint(format!("did you mean `{nearest}`?")),
        None => fault,
    };
    fault.hint("`ascript docs` lists all entries")
}
