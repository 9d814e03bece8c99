//! Reads lines from a pipe or a file. They run like a script: one after the
//! other, up to the first that fails, with the exit codes of a script.

use std::path::PathBuf;

use crate::exec::InputKind;
use crate::fault::Result;
use crate::script::Script;

use super::super::output;
use super::commands;
use super::interactive_session::{InteractiveSession, LineOutcome};

/// Runs all lines of standard input; returns the exit code.
pub(super) fn run(mut session: InteractiveSession<'_>) -> u8 {
    match run_lines(&mut session) {
        Ok(code) => {
            report_staged(&session);
            code
        }
        Err(fault) => {
            session.complain(&fault);
            fault.kind().exit_code()
        }
    }
}

fn run_lines(session: &mut InteractiveSession<'_>) -> Result<u8> {
    let mut block = String::new();
    let mut first = 1;
    let mut input = std::io::stdin().lock();
    for number in 1.. {
        let stop = session.stop.clone();
        let read = || InputKind::SCRIPT.read_line(&mut input);
        let line = stop.while_waiting(read)?;
        if line.is_empty() {
            break;
        }
        let line = line.trim_end_matches(['\n', '\r']);
        if block.is_empty() {
            first = number;
            if let Some(outcome) = commands::run_command(session, line.trim())? {
                match outcome {
                    LineOutcome::Continue => continue,
                    LineOutcome::Exit(code) | LineOutcome::Failed(code) => return Ok(code),
                }
            }
        }
        block.push_str(line);
        if block.trim().is_empty() {
            block.clear();
            continue;
        }
        InputKind::SCRIPT.check(block.as_bytes(), "the unfinished block")?;
        let wants_more =
            stop.while_waiting(|| Ok(session.staging().is_incomplete(&block, first)))?;
        if wants_more {
            block.push('\n');
            continue;
        }
        if let LineOutcome::Exit(code) | LineOutcome::Failed(code) =
            run_block(session, &std::mem::take(&mut block), first)?
        {
            return Ok(code);
        }
    }
    // An unfinished block fails with the syntax error that says so.
    run_block(session, &block, first)?;
    Ok(0)
}

fn run_block(
    session: &mut InteractiveSession<'_>,
    text: &str,
    first: usize,
) -> Result<LineOutcome> {
    if text.trim().is_empty() {
        return Ok(LineOutcome::Continue);
    }
    let script = Script {
        folder: Some(PathBuf::from(".")),
        ..Script::piped(text.to_owned())
    };
    session.run(script, first)
}

fn report_staged(session: &InteractiveSession<'_>) {
    let count = session.staging().staged();
    if count > 0 && !session.options.is_quiet() {
        let (changes, them) = if count == 1 {
            ("change is", "it")
        } else {
            ("changes are", "them")
        };
        output::say(&format!(
            "{count} {changes} staged but not performed; `:apply` performs {them}, `:save FILE` saves {them}"
        ));
    }
}
