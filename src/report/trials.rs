//! How tests ended, as a person reads it: a line for each or a count, then each
//! failure with what was wanted, what there was, and what the script had done.

mod covered;
mod json;
mod junit;
mod kept;

use std::fmt::Write as _;
use std::rc::Rc;

use crate::facts::NodeSource;
use crate::run::RunRecord;
use crate::state::Platform;
use crate::trial::{Covered, Failure, Trial};

use super::style::Role;
use super::{Report, Sources, Style, clean, fault, text, words};

pub use json::render as json;
pub use junit::render as junit;
pub use kept::{kept, lines};

/// More tests than this are counted by the file; to read a line for each they
/// must be asked for.
const FEW: usize = 40;

/// Gives the text of a source by its name.
type Texts<'a> = dyn Fn(&str) -> Option<Rc<str>> + 'a;

/// The tests of one file.
pub struct Tested<'a> {
    /// The file, as it was found.
    pub file: &'a str,
    /// Its tests, as far as they ran.
    pub trials: &'a [Trial],
    /// The texts that faults point into.
    pub sources: Box<Texts<'a>>,
}

impl Tested<'_> {
    /// How many of its tests failed.
    fn failed(&self) -> usize {
        let failed = self.trials.iter().filter(|trial| trial.failure.is_some());
        failed.count()
    }
}

/// How it looks where nothing hangs on a terminal.
const PLAIN: Style = Style {
    color: false,
    width: 100,
    quiet: false,
    verbose: false,
};

/// All tests, for a person.
pub fn render(files: &[Tested<'_>], covered: Option<&[Covered]>, style: Style) -> String {
    let mut out = String::new();
    let count: usize = files.iter().map(|file| file.trials.len()).sum();
    let is_listed = style.verbose || (count <= FEW && !style.quiet);
    for file in files {
        heading(file, is_listed, style, &mut out);
    }
    let mut failed = 0;
    for file in files {
        for trial in file.trials {
            if let Some(failure) = &trial.failure {
                failed += 1;
                told(file, trial, failure, style, &mut out);
            }
        }
    }
    if let Some(covered) = covered {
        covered::render(covered, style, &mut out);
    }
    summary(count, failed, style, &mut out);
    out
}

fn heading(file: &Tested<'_>, is_listed: bool, style: Style, out: &mut String) {
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

fn told(file: &Tested<'_>, trial: &Trial, failure: &Failure, style: Style, out: &mut String) {
    let name = style.paint(Role::Strong, &clean::line(&trial.name));
    let _ = writeln!(
        out,
        "\n---- {name} · {}:{}",
        clean::line(file.file),
        trial.at.line
    );
    let judged = failure.unmet.as_ref();
    let wanted = judged.map_or(&[][..], |unmet| &unmet.expected);
    let found = judged.map_or(&[][..], |unmet| &unmet.found);
    let notes: Vec<_> = [("expected", wanted), ("found", found)].to_vec();
    out.push_str(&fault::render_with_notes(
        &failure.fault,
        &notes,
        &*file.sources,
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

/// What the script had done, without the diff of aspera.conf, and without notes
/// unless they are asked for.
fn steps(run: &RunRecord, sources: Sources<'_>, style: Style, out: &mut String) {
    if run.steps.is_empty() && run.fault.is_none() {
        return;
    }
    out.push('\n');
    let mut shown = RunRecord {
        conf_diff: String::new(),
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

/// A test's run as one of a script.
pub(super) fn report(run: &RunRecord) -> Report<'_> {
    let is_blank = run.node.source == NodeSource::Blank;
    Report {
        run,
        remark: is_blank.then(|| in_memory(run.node.platform)),
        sources: None,
    }
}

fn in_memory(platform: Platform) -> &'static str {
    match platform {
        Platform::Macos => "a macOS node in memory",
        Platform::Linux => "a Linux node in memory",
    }
}

fn summary(count: usize, failed: usize, style: Style, out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
    let tests = words::count(count, "test");
    let _ = writeln!(out, "{tests}: {}", counts(count - failed, failed, style));
}
