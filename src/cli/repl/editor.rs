//! The terminal of a session: a line editor and the questions it asks.

use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor};

use crate::fault::{Fault, Kind, Result};

use super::super::{ask, output};
use super::explorer::{Explorer, Flow};

/// Reads and runs lines until the end.
pub(super) fn run(mut explorer: Explorer<'_>) -> Result<u8> {
    greet(&explorer);
    let config = Config::builder().auto_add_history(false).build();
    let mut editor = DefaultEditor::with_config(config).map_err(broken)?;
    loop {
        let flow = match editor.readline(explorer.prompt().as_str()) {
            Ok(line) => explorer.take(&line),
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => Ok(Flow::Leave(0)),
            Err(error) => return Err(broken(error)),
        };
        match flow {
            Ok(Flow::Leave(code)) if may_leave(&explorer)? => return Ok(code),
            Ok(Flow::Stay | Flow::Failed(_) | Flow::Leave(_)) => {}
            Err(fault) => explorer.complain(&fault),
        }
    }
}

fn greet(explorer: &Explorer<'_>) {
    if !explorer.look.is_quiet() {
        let version = env!("CARGO_PKG_VERSION");
        output::say(&format!(
            "ascript {version} on {} · :help shows what can be done",
            explorer.described()
        ));
    }
}

/// Whether the session may end: what is staged would be lost.
fn may_leave(explorer: &Explorer<'_>) -> Result<bool> {
    if explorer.staging().staged() == 0 {
        return Ok(true);
    }
    let question = format!("Leave, and forget {}?", explorer.staged_words());
    ask::confirm(&question)
}

fn broken(error: ReadlineError) -> Fault {
    Fault::new(Kind::Internal, "the terminal cannot be read").because(error)
}
