//! Test results as one JSON document, without times.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::fault::Fault;
use crate::run::ToolVersion;
use crate::trial::{Coverage, Failure, Spot, Trial};

use super::TestedFile;

/// The number that says how to read it.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct TestsDocument<'a> {
    format: u32,
    kind: &'static str,
    tool: ToolVersion,
    files: Vec<FileResult<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<SourceCoverage<'a>>>,
    summary: TestCounts,
}

#[derive(Serialize)]
struct FileResult<'a> {
    file: &'a str,
    tests: Vec<TestResult<'a>>,
}

#[derive(Serialize)]
struct TestResult<'a> {
    name: &'a str,
    line: u32,
    passed: bool,
    printed: &'a [String],
    failure: Option<FailureResult<'a>>,
}

#[derive(Serialize)]
struct FailureResult<'a> {
    fault: &'a Fault,
    expected: &'a [String],
    found: &'a [String],
    /// What stopped the script before the test failed.
    script_fault: Option<&'a Fault>,
}

#[derive(Serialize)]
struct SourceCoverage<'a> {
    source: &'a str,
    calls: usize,
    reached: usize,
    missed: &'a BTreeSet<Spot>,
}

#[derive(Serialize)]
struct TestCounts {
    passed: usize,
    failed: usize,
}

/// All tests, as JSON.
///
/// # Panics
///
/// Never: every key is a text.
pub fn render(files: &[TestedFile<'_>], covered: Option<&[Coverage]>) -> String {
    let failed = files.iter().map(TestedFile::failed).sum();
    let all: usize = files.iter().map(|file| file.trials.len()).sum();
    let document = TestsDocument {
        format: FORMAT,
        kind: "tests",
        tool: ToolVersion::current(),
        files: files.iter().map(file).collect(),
        coverage: covered.map(|all| all.iter().map(coverage).collect()),
        summary: TestCounts {
            passed: all - failed,
            failed,
        },
    };
    let text = serde_json::to_string_pretty(&document).expect("every key is a text");
    text + "\n"
}

fn coverage(covered: &Coverage) -> SourceCoverage<'_> {
    SourceCoverage {
        source: &covered.source,
        calls: covered.calls,
        reached: covered.calls - covered.missed.len(),
        missed: &covered.missed,
    }
}

fn file<'a>(file: &'a TestedFile<'_>) -> FileResult<'a> {
    FileResult {
        file: file.file,
        tests: file.trials.iter().map(test).collect(),
    }
}

fn test(trial: &Trial) -> TestResult<'_> {
    TestResult {
        name: &trial.name,
        line: trial.at.line,
        passed: trial.failure.is_none(),
        printed: &trial.printed,
        failure: trial.failure.as_ref().map(failed),
    }
}

fn failed(failure: &Failure) -> FailureResult<'_> {
    let unmet = failure.unmet.as_ref();
    FailureResult {
        fault: &failure.fault,
        expected: unmet.map_or(&[], |unmet| &unmet.expected),
        found: unmet.map_or(&[], |unmet| &unmet.found),
        script_fault: failure.run.as_ref().and_then(|run| run.fault.as_ref()),
    }
}
