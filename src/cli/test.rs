//! `ascript test`: runs the tests of scripts, on nodes in memory.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;

use crate::exec::{DryRun, Snapshot, StopFlag};
use crate::fault::{Fault, Result, reason};
use crate::report::{self, TestedFile};
use crate::run::RunRecord;
use crate::script::{Script, Stage, Suite};
use crate::session::Session;
use crate::trial::{Coverage, Trial, Unmet, Verdict};

use super::common::{Formats, OutputFormat, format_parser, renderer};
use super::output::{self, OutputOptions};

/// Runs the tests of scripts on nodes in memory
#[derive(Args)]
pub(super) struct Test {
    /// Scripts, or folders of them
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run the tests whose names contain this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// List the tests without running them
    #[arg(long)]
    list: bool,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    format: OutputFormat,
    /// List the calls of bindings that no test reached
    #[arg(long)]
    coverage: bool,
    /// Save the previews that tests compare as the expected ones
    #[arg(long)]
    bless: bool,
}

/// Renders test results, and the coverage if it was asked for.
type ResultsRenderer = fn(&[TestedFile<'_>], Option<&[Coverage]>, &OutputOptions) -> String;

/// The formats of test results.
const FORMATS: &Formats<ResultsRenderer> = &[
    (OutputFormat::Text, |files, covered, output| {
        report::tests(files, covered, output.of_stdout())
    }),
    (OutputFormat::Json, |files, covered, _| {
        report::tests_json(files, covered)
    }),
    (OutputFormat::Junit, |files, _, _| report::junit(files)),
];

/// A file, with the results of its tests that ran.
struct FileRun {
    file: String,
    suite: Suite,
    trials: Vec<Trial>,
}

impl Test {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let stage = Rc::new(stage(&stop, self.bless));
        let (mut suites, mut code) = (Vec::new(), 0);
        for path in self.files()? {
            match open(&path, &stage, options)? {
                Ok(opened) => suites.push(opened),
                Err(broken) => code = broken,
            }
        }
        suites.retain(|(_, suite)| self.wanted(suite).next().is_some());
        if suites.is_empty() {
            return if code == 0 {
                Err(self.no_tests())
            } else {
                Ok(code)
            };
        }
        if self.list {
            output::document(&self.names(&suites))?;
            return Ok(code);
        }
        let mut ran = Vec::new();
        let stopped = self.run(suites, &mut ran).err();
        self.print(&ran, options)?;
        if let Some(fault) = stopped {
            options.complain(&fault, &|_| None);
            return Ok(fault.kind().exit_code());
        }
        let mut trials = ran.iter().flat_map(|ran| &ran.trials);
        let has_failed = trials.any(|trial| trial.failure.is_some());
        Ok(code.max(u8::from(has_failed)))
    }

    /// Runs all tests. If one is interrupted, `ran` has those that ended.
    fn run(&self, suites: Vec<(String, Suite)>, ran: &mut Vec<FileRun>) -> Result<()> {
        for (file, mut suite) in suites {
            if self.coverage {
                suite.watch();
            }
            let mut trials = Vec::new();
            let mut wanted = self.wanted(&suite);
            let outcome: Result<()> = wanted.try_for_each(|(index, _)| {
                trials.push(suite.run(index)?);
                Ok(())
            });
            drop(wanted);
            ran.push(FileRun {
                file,
                suite,
                trials,
            });
            outcome?;
        }
        Ok(())
    }

    fn wanted<'a>(&'a self, suite: &'a Suite) -> impl Iterator<Item = (usize, &'a str)> {
        let is_wanted = |name: &str| self.filter.as_ref().is_none_or(|part| name.contains(part));
        let names = suite.names().enumerate();
        names.filter(move |(_, name)| is_wanted(name))
    }

    fn names(&self, suites: &[(String, Suite)]) -> String {
        let names = suites.iter().flat_map(|(file, suite)| {
            let wanted = self.wanted(suite);
            wanted.map(move |(_, name)| format!("{file}: {name}\n"))
        });
        names.collect()
    }

    /// Without a test, the exit code must not be that of success.
    fn no_tests(&self) -> Fault {
        let paths = self.paths.iter().map(|path| path.display().to_string());
        let paths = paths.collect::<Vec<_>>().join(", ");
        let fault = Fault::usage(match &self.filter {
            Some(part) => format!("no test in {paths} has `{part}` in its name"),
            None => format!("there are no tests in {paths}"),
        });
        fault.hint("a test is a function `test_…`; `ascript test --list` names them")
    }

    fn print(&self, ran: &[FileRun], options: &OutputOptions) -> Result<()> {
        let files: Vec<_> = ran
            .iter()
            .map(|ran| TestedFile {
                file: &ran.file,
                trials: &ran.trials,
                sources: Box::new(|name| ran.suite.source(name)),
            })
            .collect();
        let covered = self.coverage.then(|| {
            let covered = ran.iter().flat_map(|ran| ran.suite.covered());
            Coverage::merge(covered)
        });
        let covered = covered.as_deref();
        output::document(&renderer(FORMATS, self.format)(&files, covered, options))
    }

    /// The files of the command line, and those in its folders.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.is_dir() {
                find_tests(path, &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        Ok(files)
    }
}

fn find_tests(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(Fault::from_io)? {
        paths.push(entry.map_err(Fault::from_io)?.path());
    }
    paths.sort();
    for path in paths {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() && !path.is_symlink() && !is_hidden {
            find_tests(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rhai")
            && has_tests(&path)
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a file found in a folder may have tests.
fn has_tests(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    memchr::memmem::find(&text, b"fn test_").is_some()
}

fn open(
    path: &Path,
    stage: &Rc<Stage>,
    options: &OutputOptions,
) -> Result<std::result::Result<(String, Suite), u8>> {
    let name = path.to_string_lossy().into_owned();
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    let script = Script::at(path, &name)?;
    let (file, text) = (script.short_name().to_owned(), Rc::clone(&script.text));
    let opened = Suite::open(script, stage);
    Ok(opened.map(|suite| (name, suite)).map_err(|fault| {
        options.complain(&fault, &|name| (name == file).then(|| Rc::clone(&text)));
        fault.kind().exit_code()
    }))
}

fn stage(stop: &StopFlag, is_blessing: bool) -> Stage {
    let stop = stop.clone();
    Stage {
        open: Box::new(|world| Session::new(Box::new(DryRun::new(world)))),
        snapshot: Box::new(snapshot),
        golden: Box::new(move |folder, name, preview| golden(folder, name, preview, is_blessing)),
        is_stopped: Box::new(move || stop.is_requested()),
    }
}

fn snapshot(folder: &Path, name: &str) -> Result<Snapshot> {
    let text = fs_err::read_to_string(folder.join(name));
    let text = text.map_err(|error| Fault::script(reason(&error)).caused_by(error))?;
    Snapshot::load(&text)
}

fn golden(folder: &Path, name: &str, preview: &RunRecord, is_blessing: bool) -> Result<Verdict> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Fault::script(format!(
            "`{}` cannot be the name of a file",
            name.escape_debug()
        ))
        .hint("write letters, digits, - and _"));
    }
    let shown = report::golden_text(preview);
    let path = folder.join("golden").join(format!("{name}.plan.txt"));
    if is_blessing {
        fs_err::create_dir_all(folder.join("golden")).map_err(Fault::from_io)?;
        output::write(&path, &shown)?;
        return Ok(Ok(()));
    }
    match std::fs::read_to_string(&path) {
        Ok(golden) if golden == shown => Ok(Ok(())),
        Ok(golden) => Ok(Err(Unmet::new(format!(
            "the preview differs from golden/{name}.plan.txt"
        ))
        .found(report::differing_lines(&golden, &shown))
        .hint("`ascript test --bless` replaces it"))),
        Err(_) => Ok(Err(Unmet::new(format!(
            "there is no golden/{name}.plan.txt"
        ))
        .hint("`ascript test --bless` writes it"))),
    }
}
