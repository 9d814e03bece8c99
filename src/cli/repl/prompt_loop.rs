//! Reads lines at a terminal with a line editor and runs them, until the
//! session ends.

use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::{ColorMode, CompletionType, Config, Editor};

use crate::fault::{Fault, FaultKind, Result};

use super::super::output;
use super::commands;
use super::history_file::{HistoryFile, LineEditor};
use super::interactive_session::{InteractiveSession, LineOutcome};
use super::line_helper::LineHelper;

/// How many lines the history keeps.
const MAX_HISTORY: usize = 1000;

/// Reads and runs lines until the session ends; returns the exit code.
pub(super) fn run(mut session: InteractiveSession<'_>) -> Result<u8> {
    session.stop.keep_session();
    greet(&session);
    let mut editor = editor(&session).map_err(unreadable)?;
    let history = HistoryFile::load_into(&mut editor);
    loop {
        if let Some(line_helper) = editor.helper_mut() {
            line_helper.update_width(session.options);
        }
        let prompt = session.prompt();
        let waiting = session.stop.idle();
        let read = editor.readline(prompt.as_str());
        drop(waiting);
        let outcome = match read {
            Ok(line) => {
                add_to_history(&mut editor, &history, &line);
                commands::run_line(&mut session, &line)
            }
            Err(ReadlineError::Interrupted) => {
                if let Some(line_helper) = editor.helper() {
                    line_helper.erase_hint();
                }
                continue;
            }
            // The terminal was closed, so nobody can be asked anything.
            Err(ReadlineError::Io(_) | ReadlineError::Errno(_)) => return Ok(0),
            Err(ReadlineError::Eof) => Ok(LineOutcome::Exit(0)),
            Err(error) => return Err(unreadable(error)),
        };
        match outcome {
            Ok(LineOutcome::Exit(code)) if may_exit(&mut editor, &session) => return Ok(code),
            Ok(LineOutcome::Continue | LineOutcome::Failed(_) | LineOutcome::Exit(_)) => {}
            Err(fault) => session.complain(&fault),
        }
    }
}

fn editor(session: &InteractiveSession<'_>) -> rustyline::Result<LineEditor> {
    let config = Config::builder()
        .auto_add_history(false)
        .max_history_size(MAX_HISTORY)?
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .build();
    let mut editor = Editor::with_config(config)?;
    // Without colors too, the line helper decides what is shown of a line.
    editor.set_color_mode(ColorMode::Forced);
    editor.set_helper(Some(LineHelper::new(session)));
    Ok(editor)
}

fn greet(session: &InteractiveSession<'_>) {
    if !session.options.is_quiet() {
        let version = env!("CARGO_PKG_VERSION");
        output::say(&output::wrapped(&format!(
            "ascript {version} on {} · :help lists the commands",
            session.node_description()
        )));
    }
}

fn add_to_history(editor: &mut LineEditor, history: &HistoryFile, line: &str) {
    let may_be_kept = editor
        .helper()
        .is_some_and(|line_helper| line_helper.may_be_kept(line));
    if may_be_kept && !line.trim().is_empty() {
        history.add(editor, line.trim_end());
    }
}

/// Whether the session may end. Asks if that would lose staged steps.
fn may_exit(editor: &mut LineEditor, session: &InteractiveSession<'_>) -> bool {
    if session.staging().staged() == 0 {
        return true;
    }
    let question = format!("Leave and discard {}? [y/N] ", session.staged_count());
    match editor.readline(question.as_str()) {
        Ok(answer) => matches!(answer.trim(), "y" | "Y" | "yes"),
        Err(ReadlineError::Interrupted) => false,
        // A second Ctrl-D means: leave.
        Err(_) => true,
    }
}

fn unreadable(error: ReadlineError) -> Fault {
    Fault::new(FaultKind::Internal, "cannot read from the terminal").caused_by(error)
}
