//! Suggestions for an unknown subcommand: a command with a typing error, or the
//! name of a script.

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Error};

use crate::fault::nearest;
use crate::script::{SCRIPTS, Script};

/// Adds a suggestion to the error for an unknown subcommand.
pub(super) fn add_to(error: &mut Error) {
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
