//! Test results as `JUnit` XML for CI servers.

use std::fmt::Write as _;
use std::time::Duration;

use crate::fault::Fault;
use crate::trial::Trial;

use super::super::clean::{Html, HtmlFile};
use super::super::fault::RedactedSources;
use super::{PLAIN, TestResults, TestedFile, write_failure};

/// All tests, as `JUnit` writes them.
pub fn render(results: &TestResults<'_>) -> String {
    let (all, failed) = (results.count(), results.failures().count());
    let broken = results.files.iter().filter_map(|file| file.fault).count();
    let total = results.files.iter().flat_map(|file| file.times).sum();
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let _ = writeln!(
        out,
        "<testsuites tests=\"{all}\" failures=\"{failed}\" errors=\"{broken}\" time=\"{}\">",
        seconds(total)
    );
    for file in &results.files {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">",
            Html(file.file),
            file.trials.len(),
            file.failed(),
            usize::from(file.fault.is_some()),
            seconds(file.times.iter().sum())
        );
        let sources = RedactedSources::new(&*file.sources);
        for (trial, time) in file.trials.iter().zip(file.times) {
            case(file, trial, *time, &sources, &mut out);
        }
        if let Some(fault) = file.fault {
            broken_file(file.file, fault, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// A file whose tests could not run, as a test with an error.
fn broken_file(file: &str, fault: &Fault, out: &mut String) {
    let (path, message) = (Html(file), Html(fault.message()));
    let _ = writeln!(
        out,
        "    <testcase name=\"{path}\" classname=\"{path}\" file=\"{path}\">\n\
         \x20     <error message=\"{message}\"/>\n    </testcase>"
    );
}

/// A time in seconds, as `JUnit` writes it.
fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn case(
    file: &TestedFile<'_>,
    trial: &Trial,
    time: Duration,
    sources: &RedactedSources<'_>,
    out: &mut String,
) {
    let (name, path) = (Html(&trial.name), Html(file.file));
    let _ = write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\" line=\"{}\" time=\"{}\"",
        trial.at.line,
        seconds(time)
    );
    let Some(failure) = &trial.failure else {
        out.push_str("/>\n");
        return;
    };
    let mut text = String::new();
    write_failure(file, trial, failure, sources, PLAIN, &mut text);
    let message = Html(failure.fault.message());
    let _ = write!(out, ">\n      <failure message=\"{message}\">");
    for line in text.trim().lines() {
        let _ = writeln!(out, "{}", HtmlFile(line));
    }
    out.push_str("</failure>\n    </testcase>\n");
}
