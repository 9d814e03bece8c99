//! Lines from a pipe or a file: they run as a script does, one after the
//! other up to the first that fails, and the exit code is a script's.

use std::io::BufRead as _;
use std::path::PathBuf;

use crate::fault::{Fault, Result, reason};
use crate::script::Script;

use super::super::output;
use super::commands;
use super::explorer::{Explorer, Flow};

/// Runs all lines of standard input.
pub(super) fn run(mut explorer: Explorer<'_>) -> u8 {
    match lines(&mut explorer) {
        Ok(code) => {
            tell_staged(&explorer);
            code
        }
        Err(fault) => {
            explorer.complain(&fault);
            fault.kind().exit_code()
        }
    }
}

fn lines(explorer: &mut Explorer<'_>) -> Result<u8> {
    let mut open = String::new();
    let mut first = 1;
    for (line, number) in std::io::stdin().lock().lines().zip(1..) {
        let line = line.map_err(|error| {
            Fault::usage(format!("cannot read standard input: {}", reason(&error)))
        })?;
        if open.is_empty() {
            first = number;
            if let Some(flow) = commands::take(explorer, line.trim())? {
                match flow {
                    Flow::Stay => continue,
                    Flow::Leave(code) | Flow::Failed(code) => return Ok(code),
                }
            }
        }
        open.push_str(&line);
        if open.trim().is_empty() {
            open.clear();
            continue;
        }
        let wants_more = explorer.staging().wants_more(&open, first);
        if wants_more {
            open.push('\n');
            continue;
        }
        if let Flow::Leave(code) | Flow::Failed(code) =
            block(explorer, &std::mem::take(&mut open), first)?
        {
            return Ok(code);
        }
    }
    // What is left open is told as such.
    block(explorer, &open, first)?;
    Ok(0)
}

fn block(explorer: &mut Explorer<'_>, text: &str, first: usize) -> Result<Flow> {
    if text.trim().is_empty() {
        return Ok(Flow::Stay);
    }
    let script = Script {
        folder: Some(PathBuf::from(".")),
        ..Script::piped(text.to_owned())
    };
    explorer.run(script, first)
}

fn tell_staged(explorer: &Explorer<'_>) {
    let count = explorer.staging().staged();
    if count > 0 && !explorer.look.is_quiet() {
        let what = if count == 1 {
            "change was"
        } else {
            "changes were"
        };
        output::say(&format!(
            "{count} {what} staged and nothing was changed; `:apply` performs them, `:save FILE` keeps them"
        ));
    }
}
