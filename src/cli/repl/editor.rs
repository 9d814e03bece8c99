//! The terminal of a session: a line editor, and the question at the end.

use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::{ColorMode, CompletionType, Config, Editor};

use crate::fault::{Fault, FaultKind, Result};

use super::super::output;
use super::explorer::{Explorer, Flow};
use super::line_helper::LineHelper;
use super::memory::{Lines, Memory};

/// How many lines are remembered.
const MOST: usize = 1000;

/// Reads and runs lines until the end.
pub(super) fn run(mut explorer: Explorer<'_>) -> Result<u8> {
    greet(&explorer);
    let mut editor = editor(&explorer).map_err(broken)?;
    let memory = Memory::open(&mut editor);
    loop {
        if let Some(line_helper) = editor.helper_mut() {
            line_helper.fit(explorer.look);
        }
        let prompt = explorer.prompt();
        let waiting = explorer.stop.rest();
        let read = editor.readline(prompt.as_str());
        drop(waiting);
        let flow = match read {
            Ok(line) => {
                remember(&mut editor, &memory, &line);
                explorer.take(&line)
            }
            Err(ReadlineError::Interrupted) => continue,
            // A terminal that is gone has nobody to ask.
            Err(ReadlineError::Io(_) | ReadlineError::Errno(_)) => return Ok(0),
            Err(ReadlineError::Eof) => Ok(Flow::Leave(0)),
            Err(error) => return Err(broken(error)),
        };
        match flow {
            Ok(Flow::Leave(code)) if may_leave(&mut editor, &explorer) => return Ok(code),
            Ok(Flow::Stay | Flow::Failed(_) | Flow::Leave(_)) => {}
            Err(fault) => explorer.complain(&fault),
        }
    }
}

fn editor(explorer: &Explorer<'_>) -> rustyline::Result<Lines> {
    let color = if explorer.look.of_stdout().color {
        ColorMode::Forced
    } else {
        ColorMode::Disabled
    };
    let config = Config::builder()
        .auto_add_history(false)
        .max_history_size(MOST)?
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_color_mode(color);
    editor.set_helper(Some(LineHelper::new(explorer)));
    Ok(editor)
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

fn remember(editor: &mut Lines, memory: &Memory, line: &str) {
    let may_be_kept = editor
        .helper()
        .is_some_and(|line_helper| line_helper.may_be_kept(line));
    if may_be_kept && !line.trim().is_empty() {
        memory.keep(editor, line.trim_end());
    }
}

/// Whether the session may end: what is staged would be lost.
fn may_leave(editor: &mut Lines, explorer: &Explorer<'_>) -> bool {
    if explorer.staging().staged() == 0 {
        return true;
    }
    let question = format!("Leave, and forget {}? [y/N] ", explorer.staged_words());
    match editor.readline(question.as_str()) {
        Ok(answer) => matches!(answer.trim(), "y" | "Y" | "yes"),
        Err(ReadlineError::Interrupted) => false,
        // Whoever ends the answer too wants nothing but out.
        Err(_) => true,
    }
}

fn broken(error: ReadlineError) -> Fault {
    Fault::new(FaultKind::Internal, "the terminal cannot be read").caused_by(error)
}
