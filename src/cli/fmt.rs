//! `ascript fmt`: formats scripts.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;

use crate::exec::InputKind;
use crate::fault::{Fault, Result};
use crate::report::{self, Colors};
use crate::script::{self, Script};
use crate::source;

use super::output::{self, OutputOptions, say};
use super::script_files;

/// The exit code where a file would change.
const PENDING: u8 = 10;

/// Formats scripts: indentation, blanks and empty lines
///
/// Lines stay where they break, and columns that line up stay so. Comments, strings and everything
/// else that the script says are not changed. A file keeps its owner and its permissions; a script
/// that does not compile is left as it is.
#[derive(Args)]
pub(super) struct FmtArgs {
    /// Scripts, folders of them, or - to write standard input to standard output
    #[arg(default_value = ".", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change no file: show what would change, with --quiet only which files, and exit with 10 if
    /// there are any
    #[arg(long)]
    check: bool,
}

/// A script, its file if it has one, and its text as it should be.
struct Formatted {
    script: Script,
    path: Option<PathBuf>,
    text: String,
}

impl FmtArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let mut seen = HashSet::new();
        let (mut formatted, mut is_failed) = (Vec::new(), false);
        for argument in &self.files {
            let mut complain = |fault: &Fault, texts: report::SourceLookup<'_>| {
                options.warn(fault, texts);
                is_failed = true;
            };
            let scripts = read(argument).unwrap_or_else(|fault| {
                complain(&fault, &|_| None);
                Vec::new()
            });
            for (script, path) in scripts {
                let canonical = path.as_ref().and_then(|path| path.canonicalize().ok());
                if canonical.is_some_and(|path| !seen.insert(path)) {
                    continue;
                }
                match format(script.clone(), path) {
                    Ok(one) => formatted.push(one),
                    Err(fault) => complain(&fault, &|_| Some(Rc::clone(&script.text))),
                }
            }
        }
        let changed = self.finish(&formatted, options)?;
        Ok(match (is_failed, changed) {
            (true, _) => 2,
            (false, 1..) if self.check => PENDING,
            (false, _) => 0,
        })
    }

    /// Shows or writes what is changed, and returns how many scripts are.
    fn finish(&self, formatted: &[Formatted], options: &OutputOptions) -> Result<usize> {
        let changed = formatted.iter().filter(|one| one.is_changed());
        let changed: Vec<_> = changed.collect();
        if self.check {
            output::document(&differences(&changed, options))?;
        } else {
            for one in formatted.iter().filter(|one| one.path.is_none()) {
                write_out(&one.text)?;
            }
            for one in &changed {
                one.write(options)?;
            }
        }
        if !options.is_quiet() && !formatted.is_empty() {
            self.summarize(formatted.len(), changed.len());
        }
        Ok(changed.len())
    }

    fn summarize(&self, count: usize, changed: usize) {
        let scripts = if count == 1 { "script" } else { "scripts" };
        let done = match (self.check, changed) {
            (_, 0) => "nothing to change".to_owned(),
            (true, _) => format!("{changed} to change; `ascript fmt` changes them"),
            (false, _) => format!("{changed} changed"),
        };
        say(&format!("{count} {scripts}, {done}"));
    }
}

impl Formatted {
    fn is_changed(&self) -> bool {
        *self.script.text != *self.text
    }

    fn write(&self, options: &OutputOptions) -> Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        output::write(path, &self.text)?;
        if !options.is_quiet() {
            say(&format!("formatted {}", self.script.name));
        }
        Ok(())
    }
}

/// The scripts that an argument names, each with its path if it is a file.
fn read(argument: &Path) -> Result<Vec<(Script, Option<PathBuf>)>> {
    if argument == Path::new("-") {
        let text = InputKind::SCRIPT.read_stdin_text(std::io::stdin())?;
        return Ok(vec![(Script::piped(text), None)]);
    }
    let files = script_files::find(argument)?.into_iter();
    files
        .map(|file| Ok((file.read()?, Some(file.path))))
        .collect()
}

fn format(script: Script, path: Option<PathBuf>) -> Result<Formatted> {
    script::check_syntax(&script)?;
    Ok(Formatted {
        text: source::format(&script.text),
        script,
        path,
    })
}

/// Writes a script to standard output. What is escaped there would be another script.
fn write_out(text: &str) -> Result<()> {
    if report::printed(text, Colors::Escaped).to_string() != text {
        let message = "the script contains characters that standard output shows escaped";
        return Err(Fault::usage(message).hint("write it to a file, and format that"));
    }
    output::document(&text)
}

/// The names of scripts that change, or how.
fn differences(changed: &[&Formatted], options: &OutputOptions) -> String {
    let mut text = String::new();
    for one in changed {
        let name = &one.script.name;
        if options.is_quiet() {
            let _ = writeln!(text, "{}", report::line(name));
        } else {
            let style = options.of_stdout();
            text.push_str(&report::script_diff(
                name,
                &one.script.text,
                &one.text,
                style,
            ));
        }
    }
    text
}
