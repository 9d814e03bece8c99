//! `ascript docs`: shows the reference, one of its entries, or search results.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::fault::{Fault, Result};
use crate::reference::{LookupResult, Reference, ReferenceEntry};
use crate::{report, script};

use super::common::{Formats, OutputFormat, format_parser, renderer};
use super::output::{self, OutputOptions};

/// Shows the reference of bindings, settings and modules
#[derive(Args)]
pub(super) struct DocsArgs {
    /// The name of a binding, namespace, setting or module, or words to search for
    name: Vec<String>,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    format: OutputFormat,
    /// Write definition files (.d.rhai) for editors into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "format"])]
    definitions: Option<PathBuf>,
}

/// Renders the whole reference, and the entries that a query found.
#[derive(Clone, Copy)]
struct DocsRenderer {
    all: fn(&Reference, &OutputOptions) -> String,
    found: fn(&Reference, &FoundEntries<'_>, &OutputOptions) -> String,
}

/// The entries that a query found.
struct FoundEntries<'a> {
    entries: Vec<&'a ReferenceEntry>,
    /// Whether each is shown whole, or in a line of a list.
    are_pages: bool,
}

/// The formats of the reference.
const FORMATS: &Formats<DocsRenderer> = &[
    (
        OutputFormat::Text,
        DocsRenderer {
            all: |reference, options| report::contents(reference, options.of_stdout()),
            found: |reference, found, options| {
                let style = options.of_stdout();
                if found.are_pages {
                    report::pages(reference, &found.entries, style)
                } else {
                    report::listing(&found.entries, style)
                }
            },
        },
    ),
    (
        OutputFormat::Markdown,
        DocsRenderer {
            all: |reference, _| report::manual(reference),
            found: |reference, found, _| {
                let entries = found.entries.iter();
                let pages = entries.map(|entry| report::markdown_page(reference, entry));
                pages.collect::<Vec<_>>().join("\n")
            },
        },
    ),
    (
        OutputFormat::Json,
        DocsRenderer {
            all: |reference, _| {
                report::reference_json(&reference.entries().iter().collect::<Vec<_>>())
            },
            found: |_, found, _| report::reference_json(&found.entries),
        },
    ),
];

impl DocsArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let reference = Reference::new(script::reference_entries());
        if let Some(dir) = &self.definitions {
            return write_definitions(&reference, dir, options);
        }
        let render = renderer(FORMATS, self.format);
        let query = self.name.join(" ");
        let text = if query.is_empty() {
            (render.all)(&reference, options)
        } else {
            (render.found)(&reference, &look_up(&reference, &query)?, options)
        };
        if self.format == OutputFormat::Text {
            options.page(&text)?;
        } else {
            output::document(&text)?;
        }
        Ok(0)
    }
}

fn look_up<'a>(reference: &'a Reference, query: &str) -> Result<FoundEntries<'a>> {
    let (entries, are_pages) = match reference.look_up(query) {
        LookupResult::Pages(entries) => (entries, true),
        LookupResult::Matches(entries) => (entries, false),
        LookupResult::NotFound(nearest) => return Err(no_entry(query, nearest)),
    };
    Ok(FoundEntries { entries, are_pages })
}

fn write_definitions(reference: &Reference, dir: &Path, options: &OutputOptions) -> Result<u8> {
    fs_err::create_dir_all(dir).map_err(Fault::from_io)?;
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
