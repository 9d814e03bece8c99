//! What can follow in a line that begins with a colon: the commands, and what
//! each of them takes.

use std::path::Path;

use crate::repl::{Choice, Staging};
use crate::script::SCRIPTS;

use super::commands::{COMMANDS, Takes};
use super::help;

/// What can stand at the end of `head`, and where what was begun starts.
pub(super) fn complete(staging: &Staging, head: &str) -> (usize, Vec<Choice>) {
    let start = head.rfind(char::is_whitespace).map_or(0, |end| end + 1);
    let begun = &head[start..];
    let Some((name, _)) = head.split_once(char::is_whitespace) else {
        return (0, commands(begun));
    };
    let command = COMMANDS.iter().find(|command| name[1..] == *command.name);
    let takes = command.map_or(Takes::Nothing, |command| command.takes);
    let mut found: Vec<String> = match takes {
        Takes::Nothing => Vec::new(),
        Takes::Name => names(),
        Takes::Script => SCRIPTS
            .iter()
            .map(|script| script.name.to_owned())
            .collect(),
        Takes::File => vec!["--force".to_owned()],
        Takes::Node => vec!["blank:linux".to_owned(), "blank:macos".to_owned()],
        Takes::Param => {
            let params = staging.params().into_iter();
            params.map(|(name, _)| format!("{name}=")).collect()
        }
        Takes::Words(words) => words.iter().map(ToString::to_string).collect(),
    };
    found.retain(|text| text.starts_with(begun) && (takes != Takes::File || !begun.is_empty()));
    if matches!(takes, Takes::Script | Takes::File | Takes::Node) {
        let is_rhai = |path: &str| Path::new(path).extension().is_some_and(|e| e == "rhai");
        let is_script = |path: &str| path.ends_with('/') || is_rhai(path);
        let fits = |path: &String| takes != Takes::Script || is_script(path);
        found.extend(paths(begun).into_iter().filter(fits));
    }
    let choice = |text: String| Choice {
        shown: text
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .map_or_else(String::new, |leaf| {
                let end = if text.ends_with('/') { "/" } else { "" };
                format!("{leaf}{end}")
            }),
        text,
    };
    (start, found.into_iter().map(choice).collect())
}

fn commands(begun: &str) -> Vec<Choice> {
    let begun = begun.trim_start_matches(':');
    let commands = COMMANDS
        .iter()
        .filter(|command| command.name.starts_with(begun));
    let choice = |command: &super::commands::Command| Choice {
        text: if command.args.is_empty() {
            format!(":{}", command.name)
        } else {
            format!(":{} ", command.name)
        },
        shown: format!(":{}", command.name),
    };
    commands.map(choice).collect()
}

fn names() -> Vec<String> {
    let reference = help::reference();
    let names = reference.entries().iter();
    names.map(|entry| entry.name.to_string()).collect()
}

/// Files and folders that begin like that.
fn paths(begun: &str) -> Vec<String> {
    let (folder, leaf) = match begun.rfind('/') {
        Some(end) => begun.split_at(end + 1),
        None => ("", begun),
    };
    let place = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = std::fs::read_dir(Path::new(place)) else {
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
