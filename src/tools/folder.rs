//! `stat`, `install -d` and `rmdir`: folders, their owners and modes. What is
//! in a folder is nobody's business here.

use super::output::unintelligible;
use super::{Run, impossible, words};
use crate::fault::{Fault, Result};
use crate::state::{Dir, Platform, State};
use crate::step::{Change, Command};

pub(super) fn read(platform: Platform, path: &str, run: Run<'_>) -> Result<Option<Dir>> {
    words::absolute_path("folder", path)?;
    let form = match platform {
        Platform::Macos => ["-f", "%Su %OLp %HT"],
        Platform::Linux => ["-c", "%U %a %F"],
    };
    let output = run(&Command::new("stat").args(form).arg(path.to_owned()))?;
    let subject = format!("dir/{path}");
    match output.code {
        Some(0) => understood(&output.stdout, &subject).map(Some),
        Some(1) if output.stderr.contains("No such file or directory") => Ok(None),
        _ => Err(output.unreadable("stat", &subject)),
    }
}

/// `faspex 755 directory`; macOS writes `Directory`.
fn understood(printed: &str, subject: &str) -> Result<Dir> {
    let line = printed.trim();
    let mut parts = line.splitn(3, ' ');
    let (Some(owner), Some(mode), Some(kind)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unintelligible("stat", subject, line));
    };
    if owner.is_empty() || mode.is_empty() || !mode.bytes().all(|c| (b'0'..=b'7').contains(&c)) {
        return Err(unintelligible("stat", subject, line));
    }
    if !kind.eq_ignore_ascii_case("directory") {
        return Err(Fault::refused(format!(
            "{subject} is not a folder but a {}",
            super::output::quoted(&kind.to_lowercase())
        )));
    }
    Ok(Dir {
        owner: owner.to_owned(),
        mode: format!("{mode:0>3}"),
    })
}

/// An empty owner or mode leaves it as it is.
pub(super) fn commands(platform: Platform, path: &str, asked: &Change) -> Result<Vec<Command>> {
    words::absolute_path("folder", path)?;
    let command = match (&asked.before, &asked.after.state) {
        (State::Absent, State::Dir(dir)) => install(platform, path, &dir.owner, &dir.mode)?,
        (State::Dir(now), State::Dir(then)) => {
            // Left to itself, `install -d` sets mode 755 on a folder that is
            // there already.
            let mode = if then.mode.is_empty() {
                &now.mode
            } else {
                &then.mode
            };
            install(platform, path, &then.owner, mode)?
        }
        (State::Dir(_), State::Absent) => Command::new("rmdir").arg(path.to_owned()),
        _ => return Err(impossible(asked)),
    };
    Ok(vec![command])
}

fn install(platform: Platform, path: &str, owner: &str, mode: &str) -> Result<Command> {
    let mut command = Command::new("install").arg("-d");
    if !owner.is_empty() {
        words::account_name(owner)?;
        command = command.args(["-o".to_owned(), owner.to_owned()]);
    }
    if !mode.is_empty() {
        permission_bits(platform, mode)?;
        command = command.args(["-m".to_owned(), mode.to_owned()]);
    }
    Ok(command.arg(path.to_owned()))
}

/// Three octal digits, or four where a reading shows the first: the form for
/// macOS shows nine bits.
fn permission_bits(platform: Platform, mode: &str) -> Result<()> {
    let is_octal = mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    let has_length = match platform {
        Platform::Macos => mode.len() == 3,
        Platform::Linux => mode.len() == 3 || (mode.len() == 4 && !mode.starts_with('0')),
    };
    if is_octal && has_length {
        return Ok(());
    }
    Err(
        Fault::refused(format!("`{}` is no mode of a folder", mode.escape_debug()))
            .hint("write three octal digits, such as `755`"),
    )
}
