//! `stat`, `install -d` and `rmdir`: folders, their owners and modes.

use std::path::{Path, PathBuf};

use super::output::unknown_format;
use super::{RunReading, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{Dir, Platform, State, ValueType};
use crate::step::{Change, Command, Piece};

pub(super) fn read(platform: Platform, path: &str, run: RunReading<'_>) -> Result<Option<Dir>> {
    validate::argument(ValueType::Path, "the folder", path)?;
    let format = match platform {
        Platform::Macos => ["-f", "%Su:%Sg:%OLp:%HT"],
        Platform::Linux => ["-c", "%U:%G:%a:%F"],
    };
    let output = run(&Command::new("stat").args(format).arg(path.to_owned()))?;
    let subject = format!("dir/{path}");
    match output.code {
        Some(0) => parse(&output.stdout, &subject).map(Some),
        Some(1) if output.stderr.contains("No such file or directory") => Ok(None),
        _ => Err(output.unreadable("stat", &subject)),
    }
}

/// `faspex:staff:755:directory`; macOS writes `Directory`. No name of an account or a group
/// has a colon.
fn parse(printed: &str, subject: &str) -> Result<Dir> {
    let line = printed.trim();
    let parts: Vec<&str> = line.splitn(4, ':').collect();
    let [owner, group, mode, kind] = parts[..] else {
        return Err(unknown_format("stat", subject, line));
    };
    let is_mode = !mode.is_empty() && mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    if owner.is_empty() || group.is_empty() || !is_mode {
        return Err(unknown_format("stat", subject, line));
    }
    if !kind.eq_ignore_ascii_case("directory") {
        return Err(Fault::refused(format!(
            "{subject} is not a folder but a {}",
            super::output::quoted(&kind.to_lowercase())
        )));
    }
    Ok(Dir {
        owner: owner.to_owned(),
        group: Some(group.to_owned()),
        mode: format!("{mode:0>3}"),
    })
}

/// The path of a folder as it is written in plans: without `.`, double slashes and a
/// slash at the end. Refuses the root folder, and `..`, which a link makes lead to
/// another folder than it seems to.
pub fn plain_path(path: &str) -> Result<String> {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let plain: String = parts.clone().flat_map(|part| ["/", part]).collect();
    if parts.clone().any(|part| part == "..") {
        return Err(Fault::refused("the path of a folder cannot contain `..`")
            .hint("write the path that it leads to"));
    }
    if plain.is_empty() {
        return Err(Fault::refused("a script cannot change the root folder"));
    }
    Ok(plain)
}

/// Where to run a command that changes a folder, and the command relative to that
/// folder: it then reaches no other one, whoever changes the folders above it.
pub fn in_folder(command: &Command) -> Option<(PathBuf, Command)> {
    let Some(Piece::Text(path)) = command.args.last() else {
        return None;
    };
    let path = Path::new(&**path);
    let (folder, relative) = match &*command.program {
        "install" => (path, PathBuf::from(".")),
        "rmdir" => (path.parent()?, Path::new(".").join(path.file_name()?)),
        _ => return None,
    };
    let mut command = command.clone();
    command.args.pop();
    Some((
        folder.to_owned(),
        command.arg(relative.to_str()?.to_owned()),
    ))
}

/// An empty owner or mode, and a group that does not change, are left as they are.
pub(super) fn commands(platform: Platform, path: &str, change: &Change) -> Result<Vec<Command>> {
    validate::argument(ValueType::Path, "the folder", path)?;
    if plain_path(path)? != path {
        return Err(Fault::refused(format!(
            "`{}` is not the plain path of a folder",
            path.escape_debug()
        )));
    }
    let command = match (&change.before, &change.after.state) {
        (State::Absent, State::Dir(dir)) => install(platform, path, dir, dir.group.as_deref())?,
        (State::Dir(now), State::Dir(then)) => {
            // Without `-m`, `install -d` sets mode 755 on an existing folder.
            let mut wanted = (**then).clone();
            if wanted.mode.is_empty() {
                wanted.mode.clone_from(&now.mode);
            }
            let group = then.group.as_deref();
            let group = group.filter(|group| now.group.as_deref() != Some(*group));
            install(platform, path, &wanted, group)?
        }
        (State::Dir(_), State::Absent) => Command::new("rmdir").arg(path.to_owned()),
        _ => return Err(no_command_for(change)),
    };
    Ok(vec![command])
}

fn install(platform: Platform, path: &str, dir: &Dir, group: Option<&str>) -> Result<Command> {
    let mut command = Command::new("install").arg("-d");
    if !dir.owner.is_empty() {
        validate::argument(ValueType::AccountName, "the owner", &dir.owner)?;
        command = command.args(["-o".to_owned(), dir.owner.clone()]);
    }
    if let Some(group) = group {
        validate::argument(ValueType::Line, "the group", group)?;
        command = command.args(["-g".to_owned(), group.to_owned()]);
    }
    if !dir.mode.is_empty() {
        check_mode(platform, &dir.mode)?;
        command = command.args(["-m".to_owned(), dir.mode.clone()]);
    }
    Ok(command.arg(path.to_owned()))
}

/// Refuses a mode that is not three octal digits, or four on Linux: on macOS the
/// output of `stat` has nine bits only.
fn check_mode(platform: Platform, mode: &str) -> Result<()> {
    let is_octal = mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    let has_length = match platform {
        Platform::Macos => mode.len() == 3,
        Platform::Linux => mode.len() == 3 || (mode.len() == 4 && !mode.starts_with('0')),
    };
    if is_octal && has_length {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "`{}` is not a valid mode of a folder",
        mode.escape_debug()
    ))
    .hint("write three octal digits, such as `755`"))
}
