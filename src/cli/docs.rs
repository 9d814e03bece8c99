//! `ascript docs`: the reference, a page of it, or what some words find.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::fault::{Fault, Result, reason};
use crate::reference::{Found, Reference};
use crate::report;

use super::output::{self, OutputOptions};
use super::repl;

/// Shows the reference: bindings, settings, modules
#[derive(Args)]
pub(super) struct Docs {
    /// A binding, a namespace, a setting, a module, or words to look for
    name: Vec<String>,
    /// What the document is written as
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Writes definition files (.d.rhai) for editors into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "format"])]
    definitions: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// The whole reference, or a page, for a website or a wiki.
    Markdown,
    /// For programs.
    Json,
}

impl Docs {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let reference = repl::reference();
        if let Some(dir) = &self.definitions {
            return define(&reference, dir, look);
        }
        let query = self.name.join(" ");
        let text = if query.is_empty() {
            let all: Vec<_> = reference.entries().iter().collect();
            match self.format {
                Form::Text => report::contents(&reference, look.of_stdout()),
                Form::Markdown => report::manual(&reference),
                Form::Json => report::reference_json(&all),
            }
        } else {
            self.found(&reference, &query, look)?
        };
        if self.format == Form::Text {
            look.page(&text)?;
        } else {
            output::document(&text)?;
        }
        Ok(0)
    }

    fn found(&self, reference: &Reference, query: &str, look: &OutputOptions) -> Result<String> {
        let style = look.of_stdout();
        let (entries, is_page) = match reference.look_up(query) {
            Found::Pages(entries) => (entries, true),
            Found::Listed(entries) => (entries, false),
            Found::Nothing(near) => return Err(unknown(query, near)),
        };
        Ok(match self.format {
            Form::Json => report::reference_json(&entries),
            Form::Markdown => {
                let pages: Vec<_> = entries
                    .iter()
                    .map(|e| report::markdown_page(reference, e))
                    .collect();
                pages.join("\n")
            }
            Form::Text if is_page => report::pages(reference, &entries, style),
            Form::Text => report::listing(&entries, style),
        })
    }
}

fn define(reference: &Reference, dir: &Path, look: &OutputOptions) -> Result<u8> {
    std::fs::create_dir_all(dir).map_err(|error| {
        let why = reason(&error);
        Fault::usage(format!("cannot make {}: {why}", dir.display())).caused_by(error)
    })?;
    let files = report::definitions(reference);
    for file in &files {
        output::write(&dir.join(&file.name), &file.text)?;
    }
    if !look.is_quiet() {
        let count = files.len();
        output::say(&format!(
            "{count} definition files are in {}",
            dir.display()
        ));
    }
    Ok(0)
}

fn unknown(query: &str, near: Option<&str>) -> Fault {
    let fault = Fault::usage(format!("the reference has nothing on `{query}`"));
    let fault = match near {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault,
    };
    fault.hint("`ascript docs` shows what there is")
}
