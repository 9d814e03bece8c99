//! `ascript import`: translates shell scripts, command files and vendor pages into a script.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::exec::{InputKind, is_stdin};
use crate::fault::{Fault, Result};
use crate::recipe::{self, LineAnswer, Recipe, Translation, Treatment};
use crate::report;

use super::common::{Formats, OutputFormat, format_parser, renderer};
use super::new_file;
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
    /// Write the script to this file instead of standard output; an existing file is kept
    #[arg(short, long, value_name = "SCRIPT")]
    output: Option<PathBuf>,
    /// The output format; JSON has the script and the answer to each line
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    format: OutputFormat,
    /// Exit with 10 if a line stays a comment
    #[arg(long)]
    exit_code: bool,
}

/// The formats of a translation.
const FORMATS: &Formats<fn(&Translation) -> String> = &[
    (OutputFormat::Text, |translation| translation.script.clone()),
    (OutputFormat::Json, |translation| {
        report::json_document("import", &ImportDocument::new(translation))
    }),
];

/// A translation in JSON. Its schema is `docs/import.schema.json`.
#[derive(Serialize)]
struct ImportDocument<'a> {
    script: &'a str,
    lines: &'a [LineAnswer],
    summary: AnswerCounts,
}

/// How many lines have each answer.
#[derive(Serialize)]
struct AnswerCounts {
    kept: usize,
    changed: usize,
    comment: usize,
    left_out: usize,
}

impl<'a> ImportDocument<'a> {
    fn new(translation: &'a Translation) -> Self {
        let answers = &translation.answers;
        Self {
            script: &translation.script,
            lines: answers,
            summary: AnswerCounts {
                kept: count(answers, Treatment::Kept),
                changed: count(answers, Treatment::Changed),
                comment: count(answers, Treatment::Commented),
                left_out: count(answers, Treatment::LeftOut),
            },
        }
    }
}

impl ImportArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        if let Some(path) = &self.output {
            new_file::refuse_existing(path)?;
        }
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
        let answers = &translation.answers;
        let is_text = self.format == OutputFormat::Text;
        if is_text && !options.is_quiet() {
            say(report_answers(answers).trim_end());
        }
        if count(answers, Treatment::LeftOut) == answers.len() {
            return Err(Fault::usage("these files have no command that ascript knows")
                .hint("in a page, a command starts with a prompt such as `# ` or with a program such as asconfigurator"));
        }
        if let Some(path) = &self.output {
            new_file::write(path, &translation.script)?;
            if !options.is_quiet() {
                say(&format!("wrote {}", path.display()));
            }
        }
        if self.output.is_none() || !is_text {
            output::document(&renderer(FORMATS, self.format)(&translation))?;
        }
        let is_incomplete = count(answers, Treatment::Commented) > 0;
        Ok(if self.exit_code && is_incomplete {
            10
        } else {
            0
        })
    }
}

fn count(answers: &[LineAnswer], treatment: Treatment) -> usize {
    let answers = answers.iter();
    answers.filter(|one| one.treatment == treatment).count()
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
fn report_answers(answers: &[LineAnswer]) -> String {
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
    let counted = |treatment: &Treatment| {
        let count = count(answers, *treatment);
        format!("{count} {}", treatment.words())
    };
    let counts: Vec<_> = Treatment::ALL.iter().map(counted).collect();
    let _ = writeln!(text, "lines: {}", counts.join(", "));
    text
}
