//! `ascript complete`: what a shell asks when a person presses Tab. It reads
//! the line so far and answers with what may stand next, a line each: the
//! word, a tab, what it means. A line that makes no sense has no answer.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{ArgMatches, Args, Command, CommandFactory as _};
use clap_complete::ArgValueCompleter;
use clap_complete::engine::{self, CompletionCandidate};

use crate::fault::Result;

use super::candidates;
use super::output::{self, OutputOptions};

/// Tells what may stand next on a command line
#[derive(Args)]
#[command(hide = true)]
pub(super) struct Complete {
    /// The word at the cursor, up to it
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    word: OsString,
    /// The words before it, the program's name first
    #[arg(last = true)]
    before: Vec<OsString>,
}

/// A command line that is being written.
pub(super) struct Line {
    words: Vec<OsString>,
}

impl Line {
    /// What the subcommand was given so far, as far as it can be understood.
    pub(super) fn given(&self) -> Option<ArgMatches> {
        let command = super::Arguments::command().ignore_errors(true);
        let mut matches = command.try_get_matches_from(&self.words).ok()?;
        matches.remove_subcommand().map(|(_, given)| given)
    }

    /// A group of arguments of the subcommand.
    pub(super) fn group<T: clap::FromArgMatches>(&self) -> Option<T> {
        T::from_arg_matches(&self.given()?).ok()
    }
}

impl Complete {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        let mut words = self.before.clone();
        let line = Arc::new(Line {
            words: words.clone(),
        });
        let index = words.len();
        words.push(self.word.clone());
        let mut command = attended(super::Arguments::command(), &line);
        let folder = std::env::current_dir().ok();
        let found = engine::complete(&mut command, words, index, folder.as_deref());
        output::document(&listed(&found.unwrap_or_default(), &self.word))?;
        Ok(0)
    }
}

/// The command with somebody to ask for the values of its arguments.
fn attended(command: Command, line: &Arc<Line>) -> Command {
    let command = command.mut_args(|arg| match candidates::source(arg.get_id().as_str()) {
        Some(source) => {
            let line = Arc::clone(line);
            let ask = move |word: &OsStr| source(&line, &word.to_string_lossy());
            arg.add(ArgValueCompleter::new(ask))
        }
        None => arg,
    });
    command.mut_subcommands(|command| attended(command, line))
}

/// Options are offered to who has begun one: else they would hide the rest.
fn listed(found: &[CompletionCandidate], word: &OsStr) -> String {
    let is_option = |text: &str| text.starts_with('-');
    let wants_option = is_option(&word.to_string_lossy());
    let mut text = String::new();
    for candidate in found {
        let value = candidate.get_value().to_string_lossy();
        if value.contains(char::is_control) || (is_option(&value) && !wants_option) {
            continue;
        }
        text.push_str(&value);
        let help = candidate.get_help().map(ToString::to_string);
        if let Some(line) = help.as_deref().and_then(|help| help.lines().next()) {
            text.push('\t');
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}
