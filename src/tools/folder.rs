//! `stat`, `install -d` and `rmdir`: folders, their owners and modes.

use super::output::unknown_format;
use super::{RunReading, no_command_for, validate};
use crate::fault::{Fault, Result};
use crate::state::{Dir, Platform, State, ValueType};
use crate::step::{Change, Command};

/// What `stat` prints of a path.
pub(super) struct StatEntry {
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) mode: String,
    /// `directory`, `regular file`; in lower case.
    pub(super) kind: String,
}

pub(super) fn read(platform: Platform, path: &str, run: RunReading<'_>) -> Result<Option<Dir>> {
    let Some(entry) = stat(platform, "folder", path, run)? else {
        return Ok(None);
    };
    if entry.kind != "directory" {
        return Err(entry.is_not("a folder", path));
    }
    Ok(Some(Dir {
        owner: entry.owner,
        group: Some(entry.group),
        mode: entry.mode,
    }))
}

/// The folder or file at a path, which is not followed if it is a link; `None` if there is none.
pub(super) fn stat(
    platform: Platform,
    noun: &str,
    path: &str,
    run: RunReading<'_>,
) -> Result<Option<StatEntry>> {
    validate::argument(ValueType::Path, &format!("the {noun}"), path)?;
    let format = match platform {
        Platform::Macos => ["-f", "%Su:%Sg:%OLp:%HT"],
        Platform::Linux => ["-c", "%U:%G:%a:%F"],
    };
    let output = run(&Command::new("stat").args(format).arg(path.to_owned()))?;
    let prefix = if noun == "file" { noun } else { "dir" };
    let subject = &format!("{prefix}/{path}");
    match output.code {
        Some(0) => parse(&output.stdout, subject).map(Some),
        Some(1) if output.stderr.contains("No such file or directory") => Ok(None),
        _ => Err(output.unreadable("stat", subject)),
    }
}

/// `faspex:staff:755:directory`; macOS writes `Directory`. No name of an account or a group
/// has a colon.
fn parse(printed: &str, subject: &str) -> Result<StatEntry> {
    let line = printed.trim();
    let parts: Vec<&str> = line.splitn(4, ':').collect();
    let [owner, group, mode, kind] = parts[..] else {
        return Err(unknown_format("stat", subject, line));
    };
    let is_mode = !mode.is_empty() && mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    if owner.is_empty() || group.is_empty() || !is_mode {
        return Err(unknown_format("stat", subject, line));
    }
    Ok(StatEntry {
        owner: owner.to_owned(),
        group: group.to_owned(),
        mode: format!("{mode:0>3}"),
        kind: kind.to_lowercase(),
    })
}

impl StatEntry {
    /// The fault of an entry of another kind than `noun`.
    pub(super) fn is_not(&self, noun: &str, path: &str) -> Fault {
        let kind = super::output::quoted(&self.kind);
        Fault::refused(format!("`{path}` is not {noun} but a {kind}"))
            .hint("remove it, or name another path")
    }
}

/// The path of a folder or file as it is written in plans: without `.`, double slashes and a
/// slash at the end. Refuses the root folder, and `..`, which a link makes lead to
/// another folder than it seems to.
pub fn plain_path(noun: &str, path: &str) -> Result<String> {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let plain: String = parts.clone().flat_map(|part| ["/", part]).collect();
    if parts.clone().any(|part| part == "..") {
        return Err(
            Fault::refused(format!("the path of a {noun} cannot contain `..`"))
                .hint("write the path that it leads to"),
        );
    }
    if plain.is_empty() {
        return Err(Fault::refused("a script cannot change the root folder"));
    }
    Ok(plain)
}

/// An empty owner or mode, and a group that does not change, are left as they are.
pub(super) fn commands(platform: Platform, path: &str, change: &Change) -> Result<Vec<Command>> {
    check_path("folder", path)?;
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

/// Refuses a path that is not written as in plans.
pub(super) fn check_path(noun: &str, path: &str) -> Result<()> {
    validate::argument(ValueType::Path, &format!("the {noun}"), path)?;
    if plain_path(noun, path)? == path {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "`{}` is not the plain path of a {noun}",
        path.escape_debug()
    )))
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
        check_mode(platform, "folder", &dir.mode)?;
        command = command.args(["-m".to_owned(), dir.mode.clone()]);
    }
    Ok(command.arg(path.to_owned()))
}

/// Refuses a mode that is not three octal digits, or four on Linux: on macOS the
/// output of `stat` has nine bits only.
pub(super) fn check_mode(platform: Platform, noun: &str, mode: &str) -> Result<()> {
    let is_octal = mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    let has_length = match platform {
        Platform::Macos => mode.len() == 3,
        Platform::Linux => mode.len() == 3 || (mode.len() == 4 && !mode.starts_with('0')),
    };
    if is_octal && has_length {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "`{}` is not a valid mode of a {noun}",
        mode.escape_debug()
    ))
    .hint("write three octal digits, such as `755`"))
}
