//! One call of a program: its arguments, its standard input and the lab that it
//! works on.

use std::fmt::Display;
use std::io::{self, Write};

use super::arguments::{self, OptionSyntax, ParsedArgs};
use super::lab_folder::{LabFolder, invalid_input};

/// A call in progress.
pub(super) struct ProgramCall {
    pub(super) program: &'static str,
    pub(super) args: Vec<String>,
    /// The standard input of the few programs that read it, else empty.
    pub(super) stdin: String,
    pub(super) folder: LabFolder,
    out: io::Stdout,
    err: io::Stderr,
}

impl ProgramCall {
    pub(super) fn new(
        program: &'static str,
        args: Vec<String>,
        stdin: String,
        folder: LabFolder,
    ) -> Self {
        Self {
            program,
            args,
            stdin,
            folder,
            out: io::stdout(),
            err: io::stderr(),
        }
    }

    /// The same call, with all changes of the node discarded.
    pub(super) fn discarding_writes(self) -> Self {
        Self {
            folder: self.folder.discarding_writes(),
            ..self
        }
    }

    /// The same call, which replaces another program's version of `aspera.conf`.
    pub(super) fn overwriting_conf(self, version: Vec<u8>) -> Self {
        Self {
            folder: self.folder.overwriting_conf(version),
            ..self
        }
    }

    /// Writes a line to standard output.
    pub(super) fn print_line(&self, line: impl Display) -> io::Result<()> {
        writeln!(&self.out, "{line}")
    }

    /// Writes a line to standard error and returns the exit code.
    pub(super) fn report_error(&self, code: u8, line: impl Display) -> io::Result<u8> {
        writeln!(&self.err, "{line}")?;
        Ok(code)
    }

    /// Parses the arguments; the error is the message of the program.
    pub(super) fn options(&self, syntax: &OptionSyntax) -> io::Result<ParsedArgs> {
        arguments::parse(&self.args, syntax).map_err(invalid_input)
    }

    pub(super) fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(String::as_str)
    }
}
