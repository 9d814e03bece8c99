//! `ascript check`: finds problems in scripts without running them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exec::InputKind;
use crate::fault::{Fault, Result, Rule, Severity};
use crate::finding::CheckedScript;
use crate::report;
use crate::script::{self, Script};

use super::common::{Formats, OutputFormat, ScriptsArg, format_parser, renderer};
use super::output::{self, OutputOptions, say};
use super::script_files;

/// How often a fixed script is checked again: a fix can reveal another finding.
const MAX_FIX_ROUNDS: usize = 8;

/// Checks scripts for errors without running them
#[derive(Args)]
#[command(after_long_help = rules())]
pub(super) struct Check {
    /// Scripts, folders, names of bundled scripts, or - for standard input
    #[arg(required = true, value_name = "SCRIPT")]
    pub(super) names: Vec<String>,
    /// Correct errors that have only one possible correction
    #[arg(long)]
    pub(super) fix: bool,
    /// Exit with 1 for warnings too
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) folder: ScriptsArg,
}

/// The formats of findings.
const FORMATS: &Formats<FindingsRenderer> = &[
    (OutputFormat::Text, |checked, _, options| {
        let style = options.of_stdout();
        style
            .charset
            .marks(report::check(checked, style))
            .to_string()
    }),
    (OutputFormat::Json, |checked, unreadable, _| {
        report::check_json(checked, unreadable)
    }),
    (OutputFormat::Sarif, |checked, _, _| report::sarif(checked)),
];

/// Renders findings, and the faults of scripts that could not be read.
type FindingsRenderer = fn(&[CheckedScript], &[Fault], &OutputOptions) -> String;

/// A script to check, and its path if it is a file.
struct ScriptToCheck {
    script: Script,
    path: Option<PathBuf>,
}

impl Check {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let mut scripts = Vec::new();
        let mut unreadable = Vec::new();
        for argument in &self.names {
            if let Err(fault) = self.find(argument, &mut scripts) {
                options.warn(&fault, &|_| None);
                unreadable.push(fault);
            }
        }
        let mut seen = HashSet::new();
        scripts.retain(|one| {
            one.path
                .as_ref()
                .is_none_or(|path| seen.insert(path.clone()))
        });
        if scripts.is_empty() && self.format == OutputFormat::Text {
            return Ok(2);
        }
        let checked = if self.fix {
            fix(&mut scripts, options)?
        } else {
            check(&scripts)
        };
        self.print(&checked, &unreadable, options)?;
        let is_failed = checked
            .iter()
            .flat_map(|script| &script.findings)
            .any(|finding| self.deny_warnings || finding.severity() == Severity::Error);
        Ok(if unreadable.is_empty() {
            u8::from(is_failed)
        } else {
            2
        })
    }

    fn print(
        &self,
        checked: &[CheckedScript],
        unreadable: &[Fault],
        options: &OutputOptions,
    ) -> Result<()> {
        let render = renderer(FORMATS, self.format);
        output::document(&render(checked, unreadable, options))?;
        if !checked.is_empty() && !options.is_quiet() {
            say(&report::check_summary(checked));
        }
        Ok(())
    }

    /// Adds the scripts that an argument names.
    fn find(&self, argument: &str, scripts: &mut Vec<ScriptToCheck>) -> Result<()> {
        let path = Path::new(argument);
        if argument == "-" {
            scripts.push(self.standard_input()?);
        } else if path.exists() {
            for file in script_files::find(path)? {
                scripts.push(ScriptToCheck {
                    script: file.read()?,
                    path: file.path.canonicalize().ok(),
                });
            }
        } else {
            let script = Script::find(argument, self.folder.scripts.as_deref())?;
            scripts.push(ScriptToCheck { script, path: None });
        }
        Ok(())
    }

    fn standard_input(&self) -> Result<ScriptToCheck> {
        if self.fix {
            return Err(Fault::usage("--fix cannot change standard input")
                .hint("write the script to a file, and check that"));
        }
        let text = self.folder.input.read_text(InputKind::SCRIPT)?;
        let script = Script::piped(text);
        Ok(ScriptToCheck { script, path: None })
    }
}

fn check(scripts: &[ScriptToCheck]) -> Vec<CheckedScript> {
    script::check(scripts.iter().map(|one| one.script.clone()).collect())
}

/// Applies the safe fixes to the files, and checks all scripts again.
fn fix(scripts: &mut [ScriptToCheck], options: &OutputOptions) -> Result<Vec<CheckedScript>> {
    let mut checked = check(scripts);
    for _ in 0..MAX_FIX_ROUNDS {
        let mut is_changed = false;
        for (script, checked) in scripts.iter_mut().zip(&checked) {
            is_changed |= fix_file(script, checked, options)?;
        }
        if !is_changed {
            break;
        }
        checked = check(scripts);
    }
    Ok(checked)
}

/// Applies the safe fixes to a file. Returns whether there were any.
fn fix_file(
    script: &mut ScriptToCheck,
    checked: &CheckedScript,
    options: &OutputOptions,
) -> Result<bool> {
    let Some(path) = &script.path else {
        return Ok(false);
    };
    let (text, fixed) = checked.fixed();
    if fixed.is_empty() {
        return Ok(false);
    }
    output::write(path, &text)?;
    script.script.text = text.into();
    for finding in fixed.iter().filter(|_| !options.is_quiet()) {
        let fix = finding.safe_fix().map_or("", |fix| &fix.title);
        let location = checked.source.location(finding.span.start);
        say(&format!("{location}: {}: {fix}", finding.rule.id()));
    }
    Ok(true)
}

fn rules() -> String {
    let mut text = "Rules:\n".to_owned();
    for rule in Rule::all() {
        let (id, severity) = (rule.id(), rule.severity().name());
        let _ = write!(text, "\n  {id:20} {severity:8} {}", rule.summary());
    }
    text
}
