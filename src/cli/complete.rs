//! `ascript complete`: called by the completion scripts of shells on Tab. It
//! prints one candidate per line: the word, a tab, its description. It prints
//! nothing for a line that cannot be parsed.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Args, Command, CommandFactory as _};
use clap_complete::ArgValueCompleter;
use clap_complete::engine::{self, CompletionCandidate};

use crate::fault::Result;

use super::candidates;
use super::output::{self, OutputOptions};
use super::partial_command_line::PartialCommandLine;

/// Prints what can complete a command line
#[derive(Args)]
#[command(hide = true)]
pub(super) struct CompleteArgs {
    /// The word at the cursor, up to the cursor
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    word: OsString,
    /// The words before it, the program's name first
    #[arg(last = true)]
    before: Vec<OsString>,
}

impl CompleteArgs {
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        let mut words = self.before.clone();
        let line = Arc::new(PartialCommandLine::new(words.clone()));
        let index = words.len();
        words.push(self.word.clone());
        let mut command = with_completers(super::Arguments::command(), &line);
        let folder = std::env::current_dir().ok();
        let candidates = engine::complete(&mut command, words, index, folder.as_deref());
        output::document(&candidate_lines(
            &candidates.unwrap_or_default(),
            &self.word,
        ))?;
        Ok(0)
    }
}

/// Adds a completer to each argument whose values `candidates` knows.
fn with_completers(command: Command, line: &Arc<PartialCommandLine>) -> Command {
    let command = command.mut_args(|arg| match candidates::source(arg.get_id().as_str()) {
        Some(source) => {
            let line = Arc::clone(line);
            let complete = move |word: &OsStr| source(&line, &word.to_string_lossy());
            arg.add(ArgValueCompleter::new(complete))
        }
        None => arg,
    });
    command.mut_subcommands(|command| with_completers(command, line))
}

/// Lists options only if the word starts with a dash: there are many, and they
/// would hide the other candidates.
fn candidate_lines(candidates: &[CompletionCandidate], word: &OsStr) -> String {
    let is_option = |text: &str| text.starts_with('-');
    let wants_option = is_option(&word.to_string_lossy());
    let mut text = String::new();
    for candidate in candidates {
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
