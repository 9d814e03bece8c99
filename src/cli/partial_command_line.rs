//! A command line that is still being typed.

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches};

/// The words before the one at the cursor, the program's name first.
pub(super) struct PartialCommandLine {
    words: Vec<OsString>,
}

impl PartialCommandLine {
    /// The command line of these words.
    pub(super) fn new(words: Vec<OsString>) -> Self {
        Self { words }
    }

    /// The arguments of the subcommand, as far as they can be parsed.
    pub(super) fn matches(&self) -> Option<ArgMatches> {
        let command = super::Arguments::command().ignore_errors(true);
        let mut matches = command.try_get_matches_from(&self.words).ok()?;
        matches.remove_subcommand().map(|(_, matches)| matches)
    }

    /// A group of arguments of the subcommand.
    pub(super) fn group<T: FromArgMatches>(&self) -> Option<T> {
        T::from_arg_matches(&self.matches()?).ok()
    }
}
