//! The output and exit code of a program, and the faults of one that failed.

use crate::fault::{Fault, FaultKind};

/// How many characters of a program's output a message quotes.
const MAX_QUOTE: usize = 300;

/// The output and exit code of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Whether the exit code is 0.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// The first line that is not blank, of standard error if it has one.
    pub(super) fn first_line(&self) -> Option<&str> {
        let lines = self.stderr.lines().chain(self.stdout.lines());
        lines.map(str::trim).find(|line| !line.is_empty())
    }

    /// The last line that is not blank, of standard error if it has one, safe to
    /// show.
    pub fn last_line(&self) -> Option<String> {
        let lines = self.stdout.lines().chain(self.stderr.lines());
        let line = lines.map(str::trim).rfind(|line| !line.is_empty());
        line.map(quoted)
    }

    /// Whether either stream contains a text.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.stderr.contains(text) || self.stdout.contains(text)
    }

    /// The fault of a command that reports failure.
    pub(super) fn failed(&self, program: &str) -> Fault {
        let ended = match self.code {
            Some(code) => format!("failed with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let fault = Fault::new(FaultKind::Node, format!("`{program}` {ended}"));
        match self.first_line() {
            Some(line) => fault.hint(format!("its output: {}", quoted(line))),
            None => fault,
        }
    }

    /// The fault of a reading that failed.
    pub(super) fn unreadable(&self, program: &str, subject: &str) -> Fault {
        let fault = Fault::new(
            FaultKind::Unknown,
            format!("`{program}` cannot read {subject}"),
        );
        let fault = match self.first_line() {
            Some(line) => fault.hint(format!("its output: {}", quoted(line))),
            None => fault,
        };
        match self.code {
            Some(0) => fault,
            Some(code) => fault.hint(format!("its exit code: {code}")),
            None => fault.hint("a signal ended it"),
        }
    }
}

/// The fault of a line that has no known format.
pub(super) fn unknown_format(program: &str, subject: &str, line: &str) -> Fault {
    Fault::new(
        FaultKind::Unknown,
        format!("`{program}` printed {subject} in an unknown format"),
    )
    .hint(format!("the line: {}", quoted(line)))
    .hint("report the line and the version of the product, so that support for it can be added")
}

/// A program's output, safe to show: bounded, with control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut quote = String::new();
    for (nth, c) in text.chars().enumerate() {
        if nth == MAX_QUOTE {
            // A secret that is cut in its middle may not be known as one.
            quote.truncate(quote.rfind(' ').map_or(quote.len(), |blank| blank + 1));
            quote.push('…');
            break;
        }
        if c.is_control() {
            quote.extend(c.escape_default());
        } else {
            quote.push(c);
        }
    }
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_bounded_and_without_control_characters() {
        assert_eq!(quoted("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(quoted(&"é".repeat(999)).chars().count(), MAX_QUOTE + 1);
        let cut = format!("{} s3cr3t", "a".repeat(MAX_QUOTE - 3));
        assert_eq!(quoted(&cut), format!("{} …", "a".repeat(MAX_QUOTE - 3)));
    }

    #[test]
    fn a_failed_reading_names_program_and_subject() {
        let output = Output {
            code: Some(9),
            stderr: "\n no daemon\nmore".to_owned(),
            ..Output::default()
        };
        let fault = output.unreadable("dscl", "account/faspex");
        assert_eq!(fault.message(), "`dscl` cannot read account/faspex");
        assert_eq!(fault.hints(), ["its output: no daemon", "its exit code: 9"]);
    }
}
