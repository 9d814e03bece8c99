//! `:help`: the commands of a session, or what the reference says of a name
//! or some words.

use crate::fault::{Fault, Result};
use crate::reference::{Entry, EntryKind, Found, Reference};
use crate::report::Style;
use crate::{report, script};

use super::super::output;
use super::commands::COMMANDS;
use super::explorer::{Explorer, Flow};

/// What is told below the commands.
const ALSO: &str = "
Anything else is a line of a script, such as  conf.users()
  Tab             completes what is being written
  conf.set_user?  shows a page of the reference
  :help fallback  looks for a word
";

/// Shows what helps with a name or words, or with the session itself.
pub(super) fn show(explorer: &mut Explorer<'_>, query: &str) -> Result<Flow> {
    let style = explorer.look.of_stdout();
    if query.is_empty() {
        output::document(&commands(style))?;
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

/// The commands as they are written, and what there is besides.
fn commands(style: Style) -> String {
    let commands = COMMANDS
        .iter()
        .map(|command| Entry::new(EntryKind::Command, command.usage(), command.doc));
    let commands: Vec<_> = commands.collect();
    let mut text = report::listing(&commands.iter().collect::<Vec<_>>(), style);
    text.push_str(ALSO);
    text
}

fn unknown(query: &str, near: Option<&str>) -> Fault {
    let fault = Fault::usage(format!("the reference has nothing on `{query}`"));
    match near {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault.hint("`ascript docs` shows what there is"),
    }
}
