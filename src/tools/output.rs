//! What a program printed and how it ended, and the faults of a reading that
//! failed. It does not know what any program means by its words.

use crate::fault::{Fault, FaultKind};

/// How much of a program's own words a message repeats.
const LONGEST: usize = 300;

/// What a program printed and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Whether it ended with exit code 0.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// The first line with anything on it, of standard error if there is one.
    pub(super) fn first_words(&self) -> Option<&str> {
        let lines = self.stderr.lines().chain(self.stdout.lines());
        lines.map(str::trim).find(|line| !line.is_empty())
    }

    /// Whether either stream has these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.stderr.contains(words) || self.stdout.contains(words)
    }

    /// The fault of a command that should have acted and says that it did not.
    pub(super) fn failed(&self, program: &str) -> Fault {
        let ended = match self.code {
            Some(code) => format!("failed with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let fault = Fault::new(FaultKind::Command, format!("`{program}` {ended}"));
        match self.first_words() {
            Some(words) => fault.hint(format!("it said: {}", quoted(words))),
            None => fault,
        }
    }

    /// The fault of a reading that ended in a way nobody knows.
    pub(super) fn unreadable(&self, program: &str, subject: &str) -> Fault {
        let fault = Fault::new(
            FaultKind::Unknown,
            format!("`{program}` could not read {subject}"),
        );
        let fault = match self.first_words() {
            Some(words) => fault.hint(format!("it said: {}", quoted(words))),
            None => fault,
        };
        match self.code {
            Some(0) => fault,
            Some(code) => fault.hint(format!("it ended with exit code {code}")),
            None => fault.hint("a signal ended it"),
        }
    }
}

/// The fault of a line that fits no published form of a program's output.
pub(super) fn unintelligible(program: &str, subject: &str, line: &str) -> Fault {
    Fault::new(
        FaultKind::Unknown,
        format!("`{program}` described {subject} in a form that is not known"),
    )
    .hint(format!("the line is: {}", quoted(line)))
    .hint("report the line and the version of the product, so that it can be learnt")
}

/// A program's words, safe to show: bounded, without control characters.
pub(super) fn quoted(words: &str) -> String {
    let mut shown = String::new();
    for (nth, c) in words.chars().enumerate() {
        if nth == LONGEST {
            shown.push('…');
            break;
        }
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bounded_and_cannot_steer_a_terminal() {
        assert_eq!(quoted("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(quoted(&"é".repeat(999)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_failed_reading_names_program_and_subject() {
        let output = Output {
            code: Some(9),
            stderr: "\n no daemon\nmore".to_owned(),
            ..Output::default()
        };
        let fault = output.unreadable("dscl", "account/faspex");
        assert_eq!(fault.message(), "`dscl` could not read account/faspex");
        assert_eq!(
            fault.hints(),
            ["it said: no daemon", "it ended with exit code 9"]
        );
    }
}
