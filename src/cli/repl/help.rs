//! `:help`: the commands of a session, or what the reference says of a name
//! or some words.

use std::fmt::Write as _;

use crate::fault::{Fault, Result};
use crate::reference::{Entry, EntryKind, Found, Reference};
use crate::{report, script};

use super::super::output;
use super::commands::COMMANDS;
use super::explorer::{Explorer, Flow};

/// Shows what helps with a name or words, or with the session itself.
pub(super) fn show(explorer: &mut Explorer<'_>, query: &str) -> Result<Flow> {
    let style = explorer.look.of_stdout();
    if query.is_empty() {
        output::document(&commands())?;
        return Ok(Flow::Stay);
    }
    let reference = reference();
    let text = match reference.look_up(query) {
        Found::Pages(entries) => report::pages(&reference, &entries, style),
        Found::Listed(entries) => report::listing(&entries, style),
        Found::Nothing(near) => return Err(unknown(query, near)),
    };
    output::document(&text)?;
    Ok(Flow::Stay)
}

/// All that can be looked up, the commands of a session included.
pub(in super::super) fn reference() -> Reference {
    let commands = COMMANDS.iter().map(|command| Entry {
        usage: command.usage().into(),
        ..Entry::new(
            EntryKind::Command,
            format!(":{}", command.name),
            command.doc,
        )
    });
    Reference::new(script::pages().into_iter().chain(commands))
}

fn commands() -> String {
    let mut text = String::new();
    for command in COMMANDS {
        let _ = writeln!(text, "{:24} {}", command.usage(), command.doc);
    }
    text.push_str("\nEverything else is a line of a script. `:help conf.set_user` shows a page, `:help WORDS`\nlooks for words, Tab completes what is being written.\n");
    text
}

fn unknown(query: &str, near: Option<&str>) -> Fault {
    let fault = Fault::usage(format!("the reference has nothing on `{query}`"));
    match near {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault.hint("`ascript docs` shows what there is"),
    }
}
