//! `stat`, and `ascript file`, this program itself: files, their owners and modes. No program of
//! the systems writes a file beside the old one with its owner and mode from the first byte.

use super::folder::{check_mode, check_path, stat};
use super::{OWN_PROGRAM, RunReading, no_command_for, validate};
use crate::fault::Result;
use crate::state::{FileState, Platform, State, ValueType};
use crate::step::{Change, Command, Piece, Stdin};

/// What precedes a content of so many bytes on the standard input of this program. A content that
/// is shorter is not all there: who wrote it was killed.
pub fn content_head(length: usize) -> String {
    format!("{length}\n")
}

/// Whether a command takes a content with its length on standard input.
pub fn takes_content(command: &Command) -> bool {
    command.program == OWN_PROGRAM
}

pub(super) fn read(
    platform: Platform,
    path: &str,
    run: RunReading<'_>,
) -> Result<Option<FileState>> {
    let Some(entry) = stat(platform, "file", path, run)? else {
        return Ok(None);
    };
    // GNU stat has `regular empty file` too.
    if !entry.kind.starts_with("regular ") {
        return Err(entry.is_not("a regular file", path));
    }
    Ok(Some(FileState {
        owner: entry.owner,
        group: Some(entry.group),
        mode: entry.mode,
        digest: None,
        text: None,
    }))
}

/// A group that does not change is left as it is.
pub(super) fn commands(platform: Platform, path: &str, change: &Change) -> Result<Vec<Command>> {
    check_path("file", path)?;
    let group = change.before.file().and_then(|now| now.group.as_deref());
    let command = match (&change.before, &change.after.state, change.after.content()) {
        (State::Absent | State::File(_), State::File(file), Some(content)) => {
            write(platform, file, group)?
                .arg(path.to_owned())
                .stdin(Stdin::Pipe(content.pieces().to_vec()))
        }
        (State::File(_), State::Absent, None) => command("remove").arg(path.to_owned()),
        _ => return Err(no_command_for(change)),
    };
    Ok(vec![command])
}

/// Sets or removes the line that starts so; the rest of the file, its owner and mode stay. A file
/// that was made for the line goes with it if nothing else is in it.
pub(super) fn line_commands(path: &str, start: &str, change: &Change) -> Result<Vec<Command>> {
    check_path("file", path)?;
    validate::argument(ValueType::NonEmptyLine, "the start of the line", start)?;
    let line = |verb, option: Option<&str>| {
        command(verb)
            .args(option.map(str::to_owned))
            .arg(format!("--start={start}"))
            .arg(path.to_owned())
    };
    let command = match (&change.before, &change.after.state, change.after.content()) {
        (State::Absent | State::Line(_), State::Line(_), Some(content)) => {
            line("set-line", None).stdin(Stdin::Pipe(content.pieces().to_vec()))
        }
        (State::Line(_), State::Absent, None) => {
            let new_file = change.after.is_in_new_file().then_some("--new-file");
            line("remove-line", new_file)
        }
        _ => return Err(no_command_for(change)),
    };
    Ok(vec![command])
}

fn write(platform: Platform, file: &FileState, group: Option<&str>) -> Result<Command> {
    validate::argument(ValueType::AccountName, "the owner", &file.owner)?;
    check_mode(platform, "file", &file.mode)?;
    let mut command = command("write").args(["--owner".to_owned(), file.owner.clone()]);
    if let Some(wanted) = file
        .group
        .as_deref()
        .filter(|wanted| group != Some(*wanted))
    {
        validate::argument(ValueType::AccountName, "the group", wanted)?;
        command = command.args(["--group".to_owned(), wanted.to_owned()]);
    }
    Ok(command.args(["--mode".to_owned(), file.mode.clone()]))
}

fn command(verb: &'static str) -> Command {
    Command::new(OWN_PROGRAM).args(["file", verb])
}

/// Whether a command reads, writes or removes a file; its last argument is the path.
pub fn is_file_command(command: &Command) -> bool {
    let first = command.args.first();
    command.program == OWN_PROGRAM && matches!(first, Some(Piece::Text(word)) if word == "file")
}

/// Whether a command writes a whole file, in which a secret may have several lines.
pub fn writes_file(command: &Command) -> bool {
    let verb = command.args.get(1);
    is_file_command(command) && matches!(verb, Some(Piece::Text(word)) if word == "write")
}
