//! `:help`: lists the commands of a session, or shows what the reference has
//! on a name or words.

use crate::fault::Result;
use crate::reference::{EntryKind, LookupResult, Reference, ReferenceEntry, SESSION_COMMANDS};
use crate::report::Style;
use crate::{report, script};

use super::super::{docs, output};
use super::interactive_session::{InteractiveSession, LineOutcome};

/// What the help shows below the commands.
const TIPS: &str = "
Anything else is a line of a script, such as  conf.users()
  Tab             completes the word at the cursor
  conf.set_user?  shows the reference entry of a name
  :help fallback  searches the reference for a word
";

/// Shows help on a name or words; without either, on the session itself.
pub(super) fn show(session: &mut InteractiveSession<'_>, query: &str) -> Result<LineOutcome> {
    let style = session.options.of_stdout();
    if query.is_empty() {
        output::document(&command_list(style))?;
        return Ok(LineOutcome::Continue);
    }
    let reference = Reference::new(script::reference_entries());
    let text = match reference.look_up(query) {
        LookupResult::Pages(entries) => report::pages(&reference, &entries, style),
        LookupResult::Matches(entries) => report::listing(&entries, style),
        LookupResult::NotFound(nearest) => return Err(docs::no_entry(query, nearest)),
    };
    output::document(&text)?;
    Ok(LineOutcome::Continue)
}

fn command_list(style: Style) -> String {
    let commands = SESSION_COMMANDS
        .iter()
        .map(|command| ReferenceEntry::new(EntryKind::Command, command.usage(), command.doc));
    let commands: Vec<_> = commands.collect();
    let mut text = report::listing(&commands.iter().collect::<Vec<_>>(), style);
    text.push_str(TIPS);
    text
}
