//! `ascript import`: translates shell scripts, command files and vendor pages into a script.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exec::{InputKind, is_stdin};
use crate::fault::{Fault, Result};
use crate::recipe::{self, LineAnswer, Recipe, Treatment};

use super::output::{self, OutputOptions, say};

/// Translates shell scripts, command files and vendor pages into a script
///
/// The files may be shell scripts, commands for the standard input of
/// asconfigurator, Markdown, or pages that were copied from a browser. Nothing
/// in them is executed.
///
/// Each line is answered on standard error: what a script does not need is left
/// out, what it says in another way is named, and what no function does stays
/// in the script as a comment. Passwords and keys become parameters; none of
/// them is in the script.
#[derive(Args)]
pub(super) struct ImportArgs {
    /// The files to translate, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the script to this file instead of standard output
    #[arg(short, long, value_name = "SCRIPT")]
    output: Option<PathBuf>,
}

impl ImportArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let texts: Vec<_> = self
            .files
            .iter()
            .map(|file| read(file))
            .collect::<Result<_>>()?;
        let recipes: Vec<_> = texts
            .iter()
            .map(|(name, text)| Recipe { name, text })
            .collect();
        let translation = recipe::translate(&recipes);
        if !options.is_quiet() {
            say(report(&translation.answers).trim_end());
        }
        let is_empty = !translation
            .answers
            .iter()
            .any(|answer| answer.treatment != Treatment::LeftOut);
        if is_empty {
            return Err(Fault::usage("these files have no command that ascript knows")
                .hint("in a page, a command starts with a prompt such as `# ` or with a program such as asconfigurator"));
        }
        match &self.output {
            None => output::document(&translation.script)?,
            Some(path) => {
                output::write(path, &translation.script)?;
                if !options.is_quiet() {
                    say(&format!("wrote {}", path.display()));
                }
            }
        }
        Ok(0)
    }
}

/// The name and the text of a file.
fn read(file: &Path) -> Result<(String, String)> {
    if is_stdin(file) {
        let text = InputKind::RECIPE.read_stdin_text(std::io::stdin())?;
        return Ok(("standard input".to_owned(), text));
    }
    let name = file.file_name().unwrap_or(file.as_os_str());
    Ok((
        name.display().to_string(),
        InputKind::RECIPE.read_text(file)?,
    ))
}

/// A line for each answer but those for lines that are kept, and a summary.
fn report(answers: &[LineAnswer]) -> String {
    let mut text = String::new();
    let same = |one: &LineAnswer, next: &LineAnswer| {
        (&one.file, one.treatment, &one.reasons) == (&next.file, next.treatment, &next.reasons)
    };
    for group in answers.chunk_by(same) {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        if first.treatment == Treatment::Kept {
            continue;
        }
        let lines = if first.line == last.line {
            first.line.to_string()
        } else {
            format!("{}-{}", first.line, last.line)
        };
        let _ = writeln!(
            text,
            "{}:{lines}: {}: {}",
            first.file,
            first.treatment.words(),
            first.reasons.join("; ")
        );
    }
    let count = |treatment: &Treatment| {
        let count = answers.iter().filter(|one| one.treatment == *treatment);
        format!("{} {}", count.count(), treatment.words())
    };
    let counts: Vec<_> = Treatment::ALL.iter().map(count).collect();
    let _ = writeln!(text, "lines: {}", counts.join(", "));
    text
}
