//! Completes a line that starts with a colon: the names of session commands,
//! and their arguments.

use std::path::Path;

use crate::reference::{CommandArgument, Reference, SESSION_COMMANDS, SessionCommand};
use crate::repl::{Choice, Staging};
use crate::script::SCRIPTS;

/// The words that can complete the end of `head`, and where the last word of
/// `head` starts.
pub(super) fn complete(
    reference: &Reference,
    staging: &Staging,
    head: &str,
) -> (usize, Vec<Choice>) {
    let start = head.rfind(char::is_whitespace).map_or(0, |end| end + 1);
    let prefix = &head[start..];
    let Some((name, _)) = head.split_once(char::is_whitespace) else {
        return (0, command_names(prefix));
    };
    let command = SESSION_COMMANDS
        .iter()
        .find(|command| name[1..] == *command.name);
    let argument = command.map_or(CommandArgument::Nothing, |command| command.argument);
    let mut words = argument_words(argument, reference, staging, prefix);
    words.retain(|word| word.starts_with(prefix));
    words.extend(argument_paths(argument, prefix));
    (start, words.into_iter().map(choice).collect())
}

fn argument_words(
    argument: CommandArgument,
    reference: &Reference,
    staging: &Staging,
    prefix: &str,
) -> Vec<String> {
    match argument {
        CommandArgument::Nothing => Vec::new(),
        CommandArgument::ReferenceName => {
            let entries = reference.entries().iter();
            entries.map(|entry| entry.name.to_string()).collect()
        }
        CommandArgument::Script => SCRIPTS
            .iter()
            .map(|script| script.name.to_owned())
            .collect(),
        // A file comes first: the option is offered to those who begin to type it.
        CommandArgument::File if prefix.is_empty() => Vec::new(),
        CommandArgument::File => vec!["--force".to_owned()],
        CommandArgument::Node => vec!["blank:linux".to_owned(), "blank:macos".to_owned()],
        CommandArgument::Param => {
            let params = staging.params().into_iter();
            params.map(|(name, _)| format!("{name}=")).collect()
        }
        CommandArgument::Words(words) => words.iter().map(ToString::to_string).collect(),
    }
}

fn argument_paths(argument: CommandArgument, prefix: &str) -> Vec<String> {
    match argument {
        CommandArgument::Script => {
            let is_rhai = |path: &str| Path::new(path).extension().is_some_and(|e| e == "rhai");
            let mut paths = paths(prefix);
            paths.retain(|path| path.ends_with('/') || is_rhai(path));
            paths
        }
        CommandArgument::File | CommandArgument::Node => paths(prefix),
        CommandArgument::Nothing
        | CommandArgument::ReferenceName
        | CommandArgument::Param
        | CommandArgument::Words(_) => Vec::new(),
    }
}

/// A completion that is displayed by its last path component.
fn choice(text: String) -> Choice {
    let slash = if text.ends_with('/') { "/" } else { "" };
    let leaf = text.trim_end_matches('/').rsplit('/').next();
    Choice {
        shown: format!("{}{slash}", leaf.unwrap_or_default()),
        text,
    }
}

fn command_names(prefix: &str) -> Vec<Choice> {
    let prefix = prefix.trim_start_matches(':');
    let commands = SESSION_COMMANDS
        .iter()
        .filter(|command| command.name.starts_with(prefix));
    let choice = |command: &SessionCommand| {
        let blank = if command.args.is_empty() { "" } else { " " };
        Choice {
            text: format!(":{}{blank}", command.name),
            shown: format!(":{}", command.name),
        }
    };
    commands.map(choice).collect()
}

/// Files and folders whose paths start with `prefix`.
fn paths(prefix: &str) -> Vec<String> {
    let (folder, leaf) = match prefix.rfind('/') {
        Some(end) => prefix.split_at(end + 1),
        None => ("", prefix),
    };
    let location = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = std::fs::read_dir(Path::new(location)) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_hidden = name.starts_with('.') && !leaf.starts_with('.');
            let end = if entry.path().is_dir() { "/" } else { "" };
            (name.starts_with(leaf) && !is_hidden).then(|| format!("{folder}{name}{end}"))
        })
        .collect();
    found.sort();
    found
}
