//! What the parser of the command line stops with: an error, the help or the version.

use clap::Error;
use clap::error::ErrorKind;

use crate::fault::Fault;
use crate::report;

use super::{call, output, requested_format, suggestions};

/// Prints it, and returns the exit code. With `--format json`, standard output gets
/// a document for an error and for the version.
pub(super) fn report(mut error: Error) -> u8 {
    suggestions::add_to(&mut error);
    if requested_format::is_json() && error.kind() == ErrorKind::DisplayVersion {
        return output::document(&report::version_json(&call::FORMATS)).map_or(2, |()| 0);
    }
    if error.use_stderr() {
        let rendered = error.render();
        output::write_fault_document(&fault(&rendered.to_string()));
        output::say_usage(&rendered);
    } else {
        // If this cannot be printed, nothing can.
        let _ = error.print();
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// The fault that clap has rendered in paragraphs: the message, then tips and usage.
fn fault(rendered: &str) -> Fault {
    let mut paragraphs = rendered.trim().split("\n\n").map(one_line);
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(&first);
    Fault::usage(message).with_hints(paragraphs)
}

fn one_line(paragraph: &str) -> String {
    let lines: Vec<_> = paragraph.lines().map(str::trim).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_the_message_and_the_hints() {
        let fault = fault(
            "error: a value is required\n  [possible values: a, b]\n\n  tip: write a\n\nUsage: ascript run\n",
        );
        assert_eq!(
            fault.message(),
            "a value is required [possible values: a, b]"
        );
        assert_eq!(fault.hints(), ["tip: write a", "Usage: ascript run"]);
    }
}
