//! `ascript test`: runs the tests of scripts, on nodes in memory.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::exec::{DryRun, FileWatch, Snapshot, StopFlag};
use crate::fault::{Fault, Result, reason};
use crate::report::{self, TestResults, TestedFile};
use crate::run::RunRecord;
use crate::script::{Ceilings, Script, Stage, Suite};
use crate::session::Session;
use crate::trial::{Coverage, Trial, Unmet, Verdict};

use super::common::{Formats, OutputFormat, format_parser, renderer};
use super::output::{self, OutputOptions};
use super::watch::{self, WatchArg};

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
    #[arg(long, conflicts_with = "watch")]
    list: bool,
    /// The output format
    #[arg(long, value_parser = format_parser(FORMATS), default_value = "text")]
    format: OutputFormat,
    /// List the calls of bindings that no test reached
    #[arg(long)]
    coverage: bool,
    /// Save the previews that tests compare as the expected ones
    #[arg(long, conflicts_with = "watch")]
    bless: bool,
    #[command(flatten)]
    watch: WatchArg,
}

/// Renders test results.
type ResultsRenderer = fn(&TestResults<'_>, &OutputOptions) -> String;

/// The formats of test results.
const FORMATS: &Formats<ResultsRenderer> = &[
    (OutputFormat::Text, |results, output| {
        let style = output.of_stdout();
        style
            .charset
            .marks(report::tests(results, style))
            .to_string()
    }),
    (OutputFormat::Json, |results, _| report::tests_json(results)),
    (OutputFormat::Junit, |results, _| report::junit(results)),
];

/// A file with its tests, or why they cannot run.
struct OpenedFile {
    file: String,
    suite: Result<Suite>,
}

/// A file, with the results of its tests that ran.
struct FileRun {
    opened: OpenedFile,
    trials: Vec<Trial>,
    times: Vec<Duration>,
}

impl Test {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        if !self.watch.watch {
            return self.run_all(options, &stop);
        }
        let mut watch = FileWatch::new()?;
        for path in &self.paths {
            if path.is_dir() {
                watch.add_folder(path)?;
            } else {
                watch.add_file(path)?;
            }
        }
        watch::repeat(options, &stop, watch, |options| {
            self.run_all(options, &stop).map(|_| Vec::new())
        })
    }

    /// Runs all tests once.
    fn run_all(&self, options: &OutputOptions, stop: &StopFlag) -> Result<u8> {
        let stage = Rc::new(stage(stop, self.bless));
        let files = self.files()?.into_iter();
        let opened: Result<Vec<_>> =
            stop.while_waiting(|| files.map(|path| open(&path, &stage, options)).collect());
        let mut opened = opened?;
        opened.retain(|file| match &file.suite {
            Ok(suite) => self.wanted(suite).next().is_some(),
            Err(_) => true,
        });
        let broken = opened.iter().filter_map(|file| file.suite.as_ref().err());
        let code = broken.map(|fault| fault.kind().exit_code()).max();
        let code = code.unwrap_or_default();
        if opened.is_empty() {
            return Err(self.no_tests());
        }
        if self.list {
            output::document(&self.names(&opened))?;
            return Ok(code);
        }
        let mut ran = Vec::new();
        let stopped = self.run(opened, &mut ran).err();
        self.print(&ran, stopped.as_ref(), options)?;
        if let Some(fault) = stopped {
            options.complain(&fault, &|_| None);
            return Ok(fault.kind().exit_code());
        }
        let mut trials = ran.iter().flat_map(|ran| &ran.trials);
        let has_failed = trials.any(|trial| trial.failure.is_some());
        Ok(code.max(u8::from(has_failed)))
    }

    /// Runs all tests. If one is interrupted, `ran` has those that ended.
    fn run(&self, files: Vec<OpenedFile>, ran: &mut Vec<FileRun>) -> Result<()> {
        for mut opened in files {
            let mut results = Vec::new();
            let outcome = match &mut opened.suite {
                Ok(suite) => self.run_suite(suite, &mut results),
                Err(_) => Ok(()),
            };
            let (trials, times) = results.into_iter().unzip();
            ran.push(FileRun {
                opened,
                trials,
                times,
            });
            outcome?;
        }
        Ok(())
    }

    fn run_suite(&self, suite: &mut Suite, results: &mut Vec<(Trial, Duration)>) -> Result<()> {
        if self.coverage {
            suite.watch();
        }
        for (index, _) in self.wanted(suite) {
            let start = Instant::now();
            let trial = suite.run(index)?;
            results.push((trial, start.elapsed()));
        }
        Ok(())
    }

    fn wanted<'a>(&'a self, suite: &'a Suite) -> impl Iterator<Item = (usize, &'a str)> {
        let is_wanted = |name: &str| self.filter.as_ref().is_none_or(|part| name.contains(part));
        let names = suite.names().enumerate();
        names.filter(move |(_, name)| is_wanted(name))
    }

    fn names(&self, files: &[OpenedFile]) -> String {
        let suites = files.iter().filter_map(|opened| {
            let suite = opened.suite.as_ref().ok()?;
            Some((&opened.file, suite))
        });
        let names = suites.flat_map(|(file, suite)| {
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

    fn print(
        &self,
        ran: &[FileRun],
        stopped: Option<&Fault>,
        options: &OutputOptions,
    ) -> Result<()> {
        let suites = || ran.iter().filter_map(|ran| ran.opened.suite.as_ref().ok());
        let covered = self.coverage.then(|| {
            let covered = suites().flat_map(Suite::covered);
            Coverage::merge(covered)
        });
        let results = TestResults {
            files: ran.iter().map(FileRun::tested).collect(),
            coverage: covered.as_deref(),
            stopped,
        };
        output::document(&renderer(FORMATS, self.format)(&results, options))
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

impl FileRun {
    fn tested(&self) -> TestedFile<'_> {
        let suite = self.opened.suite.as_ref();
        TestedFile {
            file: &self.opened.file,
            trials: &self.trials,
            times: &self.times,
            fault: suite.err(),
            sources: Box::new(move |name| suite.ok()?.source(name)),
        }
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

/// Compiles a file. Prints why its tests cannot run.
fn open(path: &Path, stage: &Rc<Stage>, options: &OutputOptions) -> Result<OpenedFile> {
    let name = path.to_string_lossy().into_owned();
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    let script = Script::at(path, &name)?;
    let (file, text) = (script.short_name().to_owned(), Rc::clone(&script.text));
    let suite = Suite::open(script, stage);
    if let Err(fault) = &suite {
        options.warn(fault, &|name| (name == file).then(|| Rc::clone(&text)));
    }
    Ok(OpenedFile { file: name, suite })
}

fn stage(stop: &StopFlag, is_blessing: bool) -> Stage {
    let stop = stop.clone();
    Stage {
        open: Box::new(|world| Session::new(Box::new(DryRun::new(world)))),
        snapshot: Box::new(snapshot),
        golden: Box::new(move |folder, name, preview| golden(folder, name, preview, is_blessing)),
        is_stopped: Box::new(move || stop.is_requested()),
        ceilings: Ceilings::default(),
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
