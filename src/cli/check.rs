//! `ascript check`: what is wrong with scripts, without running them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::fault::{Fault, Result, Rule, Severity, reason};
use crate::finding::Checked;
use crate::report;
use crate::script::{self, Script};

use super::common::ScriptsArg;
use super::output::{self, OutputOptions, say};

/// How often a mended script is looked at again: one slip may hide another.
const ROUNDS: usize = 8;

/// Tells what is wrong with scripts, without running them
#[derive(Args)]
#[command(after_long_help = rules())]
pub(super) struct Check {
    /// Paths of scripts or folders, bundled names, or - for standard input
    #[arg(required = true, value_name = "SCRIPT")]
    what: Vec<String>,
    /// Mend what can have been meant in one way only
    #[arg(long)]
    fix: bool,
    /// Exit with 1 for warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// What the findings are written as
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    #[command(flatten)]
    scripts: ScriptsArg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For code review in CI.
    Sarif,
}

/// A script that was named, and its file, where it has one.
struct Named {
    script: Script,
    path: Option<PathBuf>,
}

impl Check {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let mut named = Vec::new();
        let mut is_unread = false;
        for what in &self.what {
            if let Err(fault) = self.find(what, &mut named) {
                look.complain(&fault, &|_| None);
                is_unread = true;
            }
        }
        let mut seen = HashSet::new();
        named.retain(|one| {
            one.path
                .as_ref()
                .is_none_or(|path| seen.insert(path.clone()))
        });
        if named.is_empty() {
            return Ok(2);
        }
        let mut checked = script::check(scripts(&named));
        if self.fix {
            checked = mend(&mut named, checked, look)?;
        }
        self.show(&checked, look)?;
        let is_wrong = checked
            .iter()
            .flat_map(|script| &script.findings)
            .any(|finding| self.deny_warnings || finding.severity() == Severity::Error);
        Ok(if is_unread { 2 } else { u8::from(is_wrong) })
    }

    fn show(&self, checked: &[Checked], look: &OutputOptions) -> Result<()> {
        let text = match self.format {
            Form::Text => report::check(checked, look.of_stdout()),
            Form::Json => report::check_json(checked),
            Form::Sarif => report::sarif(checked),
        };
        output::document(&text)?;
        if !look.is_quiet() {
            say(&report::check_summary(checked));
        }
        Ok(())
    }

    /// What was meant by an argument; a file that cannot be read is said.
    fn find(&self, what: &str, named: &mut Vec<Named>) -> Result<()> {
        let path = Path::new(what);
        if what == "-" && self.fix {
            return Err(Fault::usage(
                "--fix changes files, and standard input is none",
            ));
        }
        if what == "-" {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| {
                    Fault::usage(format!("cannot read the script: {}", reason(&error)))
                })?;
            named.push(Named {
                script: Script::piped(text),
                path: None,
            });
        } else if path.is_dir() {
            let mut files = Vec::new();
            below(path, &mut files)?;
            if files.is_empty() {
                return Err(Fault::usage(format!("no script is in {what}"))
                    .hint("the name of a script ends in .rhai"));
            }
            for file in files {
                named.push(file_named(&file, &shown(&file, path))?);
            }
        } else if path.is_file() {
            named.push(file_named(
                path,
                &shown(path, path.parent().unwrap_or(path)),
            )?);
        } else {
            named.push(Named {
                script: Script::find(what, self.scripts.scripts.as_deref())?,
                path: None,
            });
        }
        Ok(())
    }
}

fn scripts(named: &[Named]) -> Vec<Script> {
    named.iter().map(|one| one.script.clone()).collect()
}

fn file_named(path: &Path, name: &str) -> Result<Named> {
    Ok(Named {
        script: Script::at(path, name)?,
        path: path.canonicalize().ok(),
    })
}

/// A path as it was written; of an absolute one what is below `root`, so
/// that no report holds a path of this machine.
fn shown(path: &Path, root: &Path) -> String {
    let below = if path.is_absolute() {
        path.strip_prefix(root).unwrap_or(path)
    } else {
        path.strip_prefix(".").unwrap_or(path)
    };
    below.display().to_string()
}

/// Every script in a folder, in the order of their names. Links to folders
/// and what is hidden are left out.
fn below(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let trouble = |error: std::io::Error| {
        Fault::usage(format!(
            "cannot read {}: {}",
            folder.display(),
            reason(&error)
        ))
    };
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .and_then(Iterator::collect)
        .map_err(trouble)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !is_hidden {
                below(&path, found)?;
            }
        } else if path.extension().is_some_and(|end| end == "rhai") {
            found.push(path);
        }
    }
    Ok(())
}

/// Mends the files that were named, and looks at all of them again.
fn mend(
    named: &mut [Named],
    mut checked: Vec<Checked>,
    look: &OutputOptions,
) -> Result<Vec<Checked>> {
    for _ in 0..ROUNDS {
        let mut is_mended = false;
        for (one, checked) in named.iter_mut().zip(&checked) {
            let Some(path) = &one.path else {
                continue;
            };
            let (text, fixes) = checked.mended();
            if fixes.is_empty() {
                continue;
            }
            output::rewrite(path, &text)?;
            one.script.text = text.into();
            is_mended = true;
            for finding in fixes.iter().filter(|_| !look.is_quiet()) {
                let fix = finding.safe_fix().map_or("", |fix| &fix.title);
                say(&format!("{}: {}: {fix}", finding.place, finding.rule.id()));
            }
        }
        if !is_mended {
            break;
        }
        checked = script::check(scripts(named));
    }
    Ok(checked)
}

fn rules() -> String {
    let mut text = "What is found, and how it is called:\n".to_owned();
    for rule in Rule::all() {
        let (id, weight) = (rule.id(), rule.severity().name());
        let _ = write!(text, "\n  {id:20} {weight:8} {}", rule.summary());
    }
    text
}
