//! Test results as one JSON document, without times.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::fault::Fault;
use crate::trial::{Coverage, Failure, Spot, Trial};

use super::super::document;
use super::{TestResults, TestedFile};

#[derive(Serialize)]
struct TestsDocument<'a> {
    files: Vec<FileResult<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<SourceCoverage<'a>>>,
    summary: TestCounts,
    /// What stopped the tests before the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a Fault>,
}

#[derive(Serialize)]
struct FileResult<'a> {
    file: &'a str,
    tests: Vec<TestResult<'a>>,
    /// Why the tests could not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a Fault>,
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
pub fn render(results: &TestResults<'_>) -> String {
    let failed = results.failures().count();
    let document = TestsDocument {
        files: results.files.iter().map(file).collect(),
        coverage: results
            .coverage
            .map(|all| all.iter().map(coverage).collect()),
        summary: TestCounts {
            passed: results.count() - failed,
            failed,
        },
        fault: results.stopped,
    };
    document::render("tests", &document)
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
        fault: file.fault,
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
