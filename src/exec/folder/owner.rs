//! Which users can change a file: as sudo and sshd do, its owner, its group and
//! its permission bits are looked at.

use std::path::Path;

use rustix::fs::{FileType, Mode, Stat};
use rustix::process::geteuid;

use crate::fault::{Fault, Result};

/// Refuses a file or folder that another user can change.
pub(super) fn check(path: &Path, stat: &Stat) -> Result<()> {
    match weakness(stat) {
        Some(weakness) => Err(refusal(path, stat, &weakness)),
        None => Ok(()),
    }
}

/// The same for an open file, of which `noun` says what it is.
pub(super) fn check_nameless(noun: &str, stat: &Stat) -> Result<()> {
    let Some(weakness) = weakness(stat) else {
        return Ok(());
    };
    let message = format!("{noun} {weakness}, so it is not trusted");
    Err(Fault::refused(message)
        .hint("use a copy that belongs to root or to you, and that nobody else can change"))
}

/// Refuses a folder that another user than the owner of a file in it can change.
pub(super) fn check_for(path: &Path, stat: &Stat, owner: u32) -> Result<()> {
    let is_owners = stat.st_uid == owner;
    match others_weakness(stat).or_else(|| owner_weakness(stat).filter(|_| !is_owners)) {
        Some(weakness) => Err(refusal(path, stat, &weakness)),
        None => Ok(()),
    }
}

/// The same for a folder on the way to another one: in a sticky folder such as
/// `/tmp`, nobody can rename or remove what belongs to others.
pub(super) fn check_parent(path: &Path, stat: &Stat) -> Result<()> {
    let is_sticky = Mode::from_raw_mode(stat.st_mode).contains(Mode::SVTX);
    if is_sticky && is_trusted(stat.st_uid) {
        return Ok(());
    }
    check(path, stat)
}

/// Refuses a link of another user, and one with several names: some systems let any user give it
/// another one.
pub(super) fn check_link(path: &Path, stat: &Stat) -> Result<()> {
    let message = if !is_trusted(stat.st_uid) {
        let owner = stat.st_uid;
        format!(
            "`{}` is a link that belongs to user {owner}",
            path.display()
        )
    } else if stat.st_nlink > 1 {
        format!("`{}` is a link with several names", path.display())
    } else {
        return Ok(());
    };
    Err(Fault::refused(message).hint("name the place that it leads to"))
}

fn weakness(stat: &Stat) -> Option<String> {
    owner_weakness(stat).or_else(|| others_weakness(stat))
}

fn owner_weakness(stat: &Stat) -> Option<String> {
    (!is_trusted(stat.st_uid)).then(|| format!("belongs to user {}", stat.st_uid))
}

fn others_weakness(stat: &Stat) -> Option<String> {
    let mode = Mode::from_raw_mode(stat.st_mode);
    if mode.contains(Mode::WOTH) {
        Some("can be changed by every user".to_owned())
    // A group with the number of the user is the user's own.
    } else if mode.contains(Mode::WGRP) && stat.st_gid != stat.st_uid {
        Some(format!("can be changed by group {}", stat.st_gid))
    } else {
        None
    }
}

fn refusal(path: &Path, stat: &Stat, weakness: &str) -> Fault {
    let file = path.display();
    let fault = Fault::refused(format!("`{file}` {weakness}, so it is not trusted"));
    if is_trusted(stat.st_uid) {
        return fault.hint(format!("take the permission away: `chmod go-w {file}`"));
    }
    if FileType::from_raw_mode(stat.st_mode).is_dir() {
        fault.hint("run this as its owner, or use a folder that belongs to root or to you")
    } else {
        fault.hint("run this as its owner, or use a copy that belongs to root or to you")
    }
}

/// Whether a user is root, this user, or who called sudo.
fn is_trusted(uid: u32) -> bool {
    let own = geteuid();
    uid == 0 || uid == own.as_raw() || (own.is_root() && sudo_user() == Some(uid))
}

fn sudo_user() -> Option<u32> {
    std::env::var("SUDO_UID").ok()?.parse().ok()
}
