//! `ascript new`: writes a site script to start from.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::fault::{Fault, Result};

use super::new_file;
use super::output::{self, OutputOptions};

/// Writes a site script with parameters and a test, to start from
#[derive(Args)]
pub(super) struct NewArgs {
    /// The script to write; `.rhai` is added if it is missing
    file: PathBuf,
}

const TEMPLATE: &str = include_str!("new.rhai");

impl NewArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let path = with_extension(&self.file)?;
        new_file::write(&path, TEMPLATE)?;
        if !options.is_quiet() {
            output::document(&next_commands(&path))?;
        }
        Ok(0)
    }
}

/// The file with the extension of scripts.
fn with_extension(file: &Path) -> Result<PathBuf> {
    let shown = file.display();
    match file.extension() {
        Some(extension) if extension == "rhai" => Ok(file.to_owned()),
        Some(_) => Err(Fault::usage(format!(
            "the name of a script ends in .rhai, but {shown} does not"
        ))
        .hint(format!(
            "try `ascript new {}`",
            file.with_extension("rhai").display()
        ))),
        None if file.file_name().is_none() || shown.to_string().ends_with('/') => Err(
            Fault::usage(format!("{shown} is a folder, not a script")).hint(format!(
                "try `ascript new {}`",
                file.join("site.rhai").display()
            )),
        ),
        None => Ok(file.with_extension("rhai")),
    }
}

fn next_commands(path: &Path) -> String {
    let script = shell_quoted(path);
    let commands = [
        ("run", &*script, "previews it"),
        ("check", &script, "checks it for errors"),
        ("test", &script, "runs its test"),
        ("docs", "std/users", "shows what else it can do"),
    ];
    let lines = commands.map(|(command, argument, effect)| {
        let line = format!("{command} {argument}");
        let width = "check ".len() + script.chars().count().max("std/users".len());
        format!("  ascript {line:width$}    {effect}\n")
    });
    format!(
        "Wrote {script}, which adds three transfer users. Adapt it to your site; then\n\n{}",
        lines.concat()
    )
}

/// The path as an argument in a shell.
fn shell_quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    if text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
