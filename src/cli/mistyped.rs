//! What somebody may have meant who typed a command that is none: a script,
//! without the word that runs it, or a command with two letters exchanged.

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Error};

use crate::fault::nearest;
use crate::script::{SCRIPTS, Script};

/// Adds what was meant to a mistake in the command line.
pub(super) fn explain(error: &mut Error) {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    if let Some(command) = command(word) {
        let names = ContextValue::Strings(vec![command]);
        error.insert(ContextKind::SuggestedSubcommand, names);
    } else if let Some(script) = script(word)
        && error.get(ContextKind::SuggestedSubcommand).is_none()
    {
        let tip = format!("scripts are run with `ascript run {script}`");
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tips);
    }
}

/// The command that is one slip of the finger away: the parser's own measure
/// takes `rnu` for `runs`.
fn command(word: &str) -> Option<String> {
    let program = super::Arguments::command();
    let mut names = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let found = names.find(|command| strsim::osa_distance(word, command.get_name()) == 1);
    found.map(|command| command.get_name().to_owned())
}

/// The script of that name, or of the nearest there is.
fn script(word: &str) -> Option<String> {
    if Script::find(word, None).is_ok() {
        return Some(word.to_owned());
    }
    let names = SCRIPTS.iter().map(|script| script.name);
    nearest(word, names).map(str::to_owned)
}
