//! Test results as text: a line for each test or a count, then each failure with
//! what was expected, what was found, and the steps of the script.

mod coverage;
mod golden;
mod json;
mod junit;

use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;

use crate::facts::NodeSource;
use crate::fault::Fault;
use crate::run::RunRecord;
use crate::state::Platform;
use crate::trial::{Coverage, Failure, Trial};

use super::fault::RedactedSources;
use super::style::Role;
use super::{Charset, Report, SourceLookup, Style, clean, fault, phrases, text};

pub use golden::{differing_lines, golden_text};
pub use json::render as json;
pub use junit::render as junit;

/// Up to that many tests have a line each; more are counted for each file,
/// unless `--verbose` is given.
const LISTED_TESTS: usize = 40;

/// Returns the text of a source by its name.
type SourceTexts<'a> = dyn Fn(&str) -> Option<Rc<str>> + 'a;

/// The test results of one file.
pub struct TestedFile<'a> {
    /// The path of the file.
    pub file: &'a str,
    /// Its tests that ran.
    pub trials: &'a [Trial],
    /// How long each of them took.
    pub times: &'a [Duration],
    /// Why its tests could not run.
    pub fault: Option<&'a Fault>,
    /// The texts that faults point into.
    pub sources: Box<SourceTexts<'a>>,
}

/// All test results.
pub struct TestResults<'a> {
    /// The files.
    pub files: Vec<TestedFile<'a>>,
    /// The calls that were reached, if that was asked for.
    pub coverage: Option<&'a [Coverage]>,
    /// What stopped the tests before the last one.
    pub stopped: Option<&'a Fault>,
}

impl TestedFile<'_> {
    /// Its tests that failed.
    fn failures(&self) -> impl Iterator<Item = (&Trial, &Failure)> {
        let trials = self.trials.iter();
        trials.filter_map(|trial| Some((trial, trial.failure.as_ref()?)))
    }

    /// How many of its tests failed.
    fn failed(&self) -> usize {
        self.failures().count()
    }
}

impl TestResults<'_> {
    /// How many tests ran.
    fn count(&self) -> usize {
        self.files.iter().map(|file| file.trials.len()).sum()
    }

    /// The tests that failed.
    fn failures(&self) -> impl Iterator<Item = (&TestedFile<'_>, &Trial, &Failure)> {
        self.files.iter().flat_map(|file| {
            let failures = file.failures();
            failures.map(move |(trial, failure)| (file, trial, failure))
        })
    }
}

/// The style of output that must not depend on the terminal.
const PLAIN: Style = Style {
    color: false,
    width: 100,
    quiet: false,
    verbose: false,
    charset: Charset::Utf8,
};

/// All test results.
pub fn render(results: &TestResults<'_>, style: Style) -> String {
    let mut out = String::new();
    let count = results.count();
    if count == 0 {
        return out;
    }
    let is_listed = style.verbose || (count <= LISTED_TESTS && !style.quiet);
    let could_run = |file: &&TestedFile<'_>| file.fault.is_none();
    for file in results.files.iter().filter(could_run) {
        heading(file, is_listed, style, &mut out);
    }
    for file in &results.files {
        let sources = RedactedSources::new(&*file.sources);
        for (trial, failure) in file.failures() {
            write_failure(file, trial, failure, &sources, style, &mut out);
        }
    }
    let failed = results.failures().count();
    if let Some(covered) = results.coverage {
        coverage::render(covered, style, &mut out);
    }
    if style.quiet && failed == 0 && results.coverage.is_none() {
        return String::new();
    }
    recap(results, style, &mut out);
    summary(count, failed, style, &mut out);
    out
}

fn heading(file: &TestedFile<'_>, is_listed: bool, style: Style, out: &mut String) {
    let name = style.paint(Role::Strong, &clean::line(file.file));
    let failed = file.failed();
    if !is_listed {
        if failed > 0 || !style.quiet {
            let passed = file.trials.len() - failed;
            let _ = writeln!(out, "{name}: {}", counts(passed, failed, style));
        }
        return;
    }
    let _ = writeln!(out, "{name}");
    for trial in file.trials {
        let word = match trial.failure {
            None => style.paint(Role::Added, "ok    "),
            Some(_) => style.paint(Role::Danger, "FAILED"),
        };
        let _ = writeln!(out, "  {word}  {}", clean::line(&trial.name));
    }
}

fn counts(passed: usize, failed: usize, style: Style) -> String {
    let failing = match failed {
        0 => String::new(),
        _ => format!(
            ", {}",
            style.paint(Role::Danger, &format!("{failed} failed"))
        ),
    };
    format!("{passed} passed{failing}")
}

fn write_failure(
    file: &TestedFile<'_>,
    trial: &Trial,
    failure: &Failure,
    sources: &RedactedSources<'_>,
    style: Style,
    out: &mut String,
) {
    let name = style.paint(Role::Strong, &clean::line(&trial.name));
    let _ = writeln!(
        out,
        "\n---- {name} · {}:{}",
        clean::line(file.file),
        trial.at.line
    );
    let unmet = failure.unmet.as_ref();
    let expected = unmet.map_or(&[][..], |unmet| &unmet.expected);
    let found = unmet.map_or(&[][..], |unmet| &unmet.found);
    let notes: Vec<_> = [("expected", expected), ("found", found)].to_vec();
    out.push_str(&fault::render_with_notes(
        &failure.fault,
        &notes,
        sources,
        style,
    ));
    if !trial.printed.is_empty() {
        out.push_str("\nprinted\n");
        for line in trial.printed.iter().flat_map(|text| text.lines()) {
            let _ = writeln!(out, "  {}", clean::line(line));
        }
    }
    if let Some(run) = &failure.run {
        steps(run, &*file.sources, style, out);
    }
}

/// The steps of the script, without diffs, and without notes
/// unless `--verbose` is given.
fn steps(run: &RunRecord, sources: SourceLookup<'_>, style: Style, out: &mut String) {
    if run.steps.is_empty() && run.fault.is_none() {
        return;
    }
    out.push('\n');
    let mut shown = RunRecord {
        conf_diff: String::new(),
        file_diffs: Vec::new(),
        ..run.clone()
    };
    if !style.verbose {
        shown.advisories.clear();
        for step in &mut shown.steps {
            step.advisories.clear();
        }
    }
    let _ = write!(out, "{}", text::render(&report(&shown), style));
    if let Some(stopped) = &run.fault {
        out.push_str("\nthen the script stopped\n");
        out.push_str(&fault::render(stopped, sources, style));
    }
}

/// The run of a test as a report.
pub(super) fn report(run: &RunRecord) -> Report<'_> {
    let is_blank = run.node.source == NodeSource::Blank;
    Report {
        run,
        remark: is_blank.then(|| in_memory(run.node.platform)),
        site: None,
        sources: None,
    }
}

fn in_memory(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "a macOS node in memory",
        Platform::Linux => "a Linux node in memory",
    }
}

/// The failures once more in a line each, where a long report ends.
fn recap(results: &TestResults<'_>, style: Style, out: &mut String) {
    let mut failures = results.failures().peekable();
    if failures.peek().is_some() {
        out.push_str("\nfailures\n");
    }
    for (file, trial, failure) in failures {
        let name = style.paint(Role::Strong, &clean::line(&trial.name));
        let (path, line) = (clean::line(file.file), trial.at.line);
        let message = clean::line(failure.fault.message());
        let _ = writeln!(out, "  {path}:{line}: {name}: {message}");
    }
}

fn summary(count: usize, failed: usize, style: Style, out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
    let tests = phrases::count(count, "test");
    let _ = writeln!(out, "{tests}: {}", counts(count - failed, failed, style));
}
