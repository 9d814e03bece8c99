//! The log of calls, `var/lab/calls.log`: one JSON object per line.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};

use super::lab_folder::{CALLS, LabFolder};

/// Appends a call of this process. A single write keeps the line whole when
/// programs run at the same time.
pub(super) fn append(
    folder: &LabFolder,
    program: &str,
    args: &[String],
    acting: bool,
) -> io::Result<()> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let env: Vec<String> = names.filter(|name| name.starts_with("ASPERA_")).collect();
    let line = json!({
        "program": program,
        "args": args,
        "env": env,
        "tty": io::stdin().is_terminal(),
        "acting": acting,
        "pid": std::process::id(),
    });
    let mut log = File::options()
        .create(true)
        .append(true)
        .open(folder.path(CALLS))?;
    log.write_all(format!("{line}\n").as_bytes())
}

pub(super) fn read(folder: &LabFolder) -> io::Result<Vec<Value>> {
    let text = fs::read_to_string(folder.path(CALLS))?;
    let calls = text.lines().map(serde_json::from_str);
    Ok(calls.collect::<Result<_, _>>()?)
}

/// Counts the calls of a program and kind up to and including the last one of
/// this process.
pub(super) fn count(folder: &LabFolder, program: &str, acting: bool) -> io::Result<usize> {
    let calls = read(folder)?;
    let own = std::process::id();
    let end = calls
        .iter()
        .rposition(|call| call["pid"] == own)
        .map_or(0, |at| at + 1);
    let same = |call: &&Value| call["program"] == program && call["acting"] == acting;
    Ok(calls[..end].iter().filter(same).count())
}
