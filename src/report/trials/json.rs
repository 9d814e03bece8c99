//! How tests ended, for programs: one document, without a clock.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::fault::Fault;
use crate::run::ToolVersion;
use crate::trial::{Covered, Failure, Spot, Trial};

use super::Tested;

/// The number that says how to read it.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    kind: &'static str,
    tool: ToolVersion,
    files: Vec<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<Coverage<'a>>>,
    summary: Summary,
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    name: &'a str,
    line: u32,
    passed: bool,
    printed: &'a [String],
    failure: Option<Failed<'a>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    fault: &'a Fault,
    expected: &'a [String],
    found: &'a [String],
    /// What stopped the script before the test failed.
    script_fault: Option<&'a Fault>,
}

#[derive(Serialize)]
struct Coverage<'a> {
    source: &'a str,
    calls: usize,
    reached: usize,
    missed: &'a BTreeSet<Spot>,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
}

/// All tests, as JSON.
///
/// # Panics
///
/// Never: every key is a text.
pub fn render(files: &[Tested<'_>], covered: Option<&[Covered]>) -> String {
    let failed = files.iter().map(Tested::failed).sum();
    let all: usize = files.iter().map(|file| file.trials.len()).sum();
    let document = Document {
        format: FORMAT,
        kind: "tests",
        tool: ToolVersion::current(),
        files: files.iter().map(file).collect(),
        coverage: covered.map(|all| all.iter().map(coverage).collect()),
        summary: Summary {
            passed: all - failed,
            failed,
        },
    };
    let text = serde_json::to_string_pretty(&document).expect("every key is a text");
    text + "\n"
}

fn coverage(covered: &Covered) -> Coverage<'_> {
    Coverage {
        source: &covered.source,
        calls: covered.calls,
        reached: covered.calls - covered.missed.len(),
        missed: &covered.missed,
    }
}

fn file<'a>(file: &'a Tested<'_>) -> File<'a> {
    File {
        file: file.file,
        tests: file.trials.iter().map(test).collect(),
    }
}

fn test(trial: &Trial) -> Test<'_> {
    Test {
        name: &trial.name,
        line: trial.at.line,
        passed: trial.failure.is_none(),
        printed: &trial.printed,
        failure: trial.failure.as_ref().map(failed),
    }
}

fn failed(failure: &Failure) -> Failed<'_> {
    let unmet = failure.unmet.as_ref();
    Failed {
        fault: &failure.fault,
        expected: unmet.map_or(&[], |unmet| &unmet.expected),
        found: unmet.map_or(&[], |unmet| &unmet.found),
        script_fault: failure.run.as_ref().and_then(|run| run.fault.as_ref()),
    }
}
