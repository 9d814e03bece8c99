//! `ascript new`: a site script to start from.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::fault::{Fault, Result, reason};

use super::output::{self, OutputOptions};

/// Writes a site script with parameters and a test, to start from
#[derive(Args)]
pub(super) struct New {
    /// The script to write; `.rhai` is added where it is missing
    file: PathBuf,
}

const TEMPLATE: &str = include_str!("new.rhai");

impl New {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let path = named(&self.file)?;
        write(&path)?;
        if !look.is_quiet() {
            output::document(&next(&path))?;
        }
        Ok(0)
    }
}

/// The file, with the ending that scripts have.
fn named(file: &Path) -> Result<PathBuf> {
    let shown = file.display();
    match file.extension() {
        Some(extension) if extension == "rhai" => Ok(file.to_owned()),
        Some(_) => Err(
            Fault::usage(format!("a script ends in .rhai, which {shown} does not")).hint(format!(
                "try `ascript new {}`",
                file.with_extension("rhai").display()
            )),
        ),
        None if file.file_name().is_none() || shown.to_string().ends_with('/') => Err(
            Fault::usage(format!("{shown} is a folder, not a script")).hint(format!(
                "try `ascript new {}`",
                file.join("site.rhai").display()
            )),
        ),
        None => Ok(file.with_extension("rhai")),
    }
}

/// Never over something that is there.
fn write(path: &Path) -> Result<()> {
    let shown = path.display();
    let written =
        std::fs::File::create_new(path).and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    written.map_err(|error| {
        let kind = error.kind();
        let fault = if kind == std::io::ErrorKind::AlreadyExists {
            Fault::usage(format!("{shown} is there already"))
                .hint("give another name, or look at what that one does with `ascript info`")
        } else if kind == std::io::ErrorKind::NotFound {
            Fault::usage(format!("there is no folder for {shown}")).hint("make the folder first")
        } else {
            Fault::usage(format!("cannot write {shown}: {}", reason(&error)))
        };
        fault.caused_by(error)
    })
}

fn next(path: &Path) -> String {
    let script = typed(path);
    format!(
        "{script} adds three transfer users; change it to what your site needs. Try

  ascript run {script}      to see what it would do
  ascript check {script}    to have it read for mistakes
  ascript test {script}     to run its test

and `ascript docs std/users` for what else it can say.
"
    )
}

/// As it must be written on a command line, where a bare name is that of a
/// bundled script or a command.
fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    if text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
