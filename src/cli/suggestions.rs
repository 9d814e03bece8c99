//! Suggestions for an unknown subcommand or argument: a command with a typing error, the
//! name of a script, what an option of other programs is here, or how a node is named.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Error};

use crate::fault::nearest;
use crate::script::{SCRIPTS, Script};

/// Options of other programs, with what to do here.
const FOREIGN_OPTIONS: &[(&[&str], &str)] = &[
    (
        &[
            "--dry-run",
            "--dryrun",
            "--noop",
            "--no-op",
            "--preview",
            "--simulate",
            "--what-if",
        ],
        "previews are the default: leave it out; only --live changes the node",
    ),
    (
        &[
            "--apply",
            "--execute",
            "--commit",
            "--no-dry-run",
            "--force",
        ],
        "`ascript run SCRIPT --live` performs a script, `ascript apply PLAN` a plan",
    ),
    (
        &[
            "--host",
            "--hosts",
            "--remote",
            "--ssh",
            "--inventory",
            "-H",
        ],
        "ascript works on the machine that it runs on: start it there, for instance with ssh",
    ),
];

/// Adds a suggestion to the error for an unknown subcommand or argument.
pub(super) fn add_to(error: &mut Error) {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) if error.kind() == ErrorKind::UnknownArgument => {
            let foreign = foreign_option(arg).map(str::to_owned);
            if let Some(tip) = foreign.or_else(|| node_option(arg, error)) {
                error.remove(ContextKind::SuggestedArg);
                let tips = ContextValue::StyledStrs(vec![tip.into()]);
                error.insert(ContextKind::Suggested, tips);
            }
            return;
        }
        _ => {}
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    if let Some(command) = similar_command(word) {
        let names = ContextValue::Strings(vec![command]);
        error.insert(ContextKind::SuggestedSubcommand, names);
    } else if let Some(script) = similar_script(word)
        && error.get(ContextKind::SuggestedSubcommand).is_none()
    {
        let tip = format!("to run a script, write `ascript run {script}`");
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tips);
    }
}

/// What to do instead of giving that option, which may have a value.
fn foreign_option(option: &str) -> Option<&'static str> {
    let name = option.split('=').next().unwrap_or(option);
    let row = FOREIGN_OPTIONS
        .iter()
        .find(|(names, _)| names.contains(&name));
    row.map(|(_, tip)| *tip)
}

/// How the path of a node is given, where it stands without its option.
fn node_option(path: &str, error: &Error) -> Option<String> {
    let usage = error.get(ContextKind::Usage)?.to_string();
    let program = super::Arguments::command();
    let mut words = usage.split_whitespace();
    let command = words.find_map(|word| program.find_subcommand(word))?;
    let takes_node = command
        .get_arguments()
        .any(|arg| arg.get_long() == Some("node"));
    (takes_node && Path::new(path).exists())
        .then(|| format!("to name the node, write `--node {path}`"))
}

/// The command that is one typing error away. clap's own measure would suggest
/// `runs` for `rnu`.
fn similar_command(word: &str) -> Option<String> {
    let program = super::Arguments::command();
    let mut names = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let found = names.find(|command| strsim::osa_distance(word, command.get_name()) == 1);
    found.map(|command| command.get_name().to_owned())
}

/// The script with that name, or with the nearest one.
fn similar_script(word: &str) -> Option<String> {
    if Script::find(word, None).is_ok() {
        return Some(word.to_owned());
    }
    let names = SCRIPTS.iter().map(|script| script.name);
    nearest(word, names).map(str::to_owned)
}
