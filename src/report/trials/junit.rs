//! Test results as `JUnit` XML for CI servers, without times.

use std::fmt::Write as _;

use crate::trial::Trial;

use super::super::clean::{Html, HtmlFile};
use super::{PLAIN, TestResults, TestedFile, write_failure};

/// All tests, as `JUnit` writes them.
pub fn render(results: &TestResults<'_>) -> String {
    let (all, failed) = (results.count(), results.failures().count());
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let _ = writeln!(out, "<testsuites tests=\"{all}\" failures=\"{failed}\">");
    for file in &results.files {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">",
            Html(file.file),
            file.trials.len(),
            file.failed()
        );
        for trial in file.trials {
            case(file, trial, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(file: &TestedFile<'_>, trial: &Trial, out: &mut String) {
    let (name, path) = (Html(&trial.name), Html(file.file));
    let _ = write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\" line=\"{}\"",
        trial.at.line
    );
    let Some(failure) = &trial.failure else {
        out.push_str("/>\n");
        return;
    };
    let mut text = String::new();
    write_failure(file, trial, failure, PLAIN, &mut text);
    let message = Html(failure.fault.message());
    let _ = write!(out, ">\n      <failure message=\"{message}\">");
    for line in text.trim().lines() {
        let _ = writeln!(out, "{}", HtmlFile(line));
    }
    out.push_str("</failure>\n    </testcase>\n");
}
