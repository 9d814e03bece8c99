//! Folders by handle: each folder of a path is opened from the one above it and
//! checked, so that no other user can lead a run of root to another place. Files
//! are created, replaced and removed relative to the handle, never through a link.

mod account_file;
mod files;
mod machine_file;
mod owner;
mod path_walk;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::input::is_stdin;
use crate::fault::{Fault, FaultKind, Result, reason};

pub(super) use account_file::{AccountFile, AccountIds};
pub use files::replace_file;
pub use machine_file::{FileOwner, MachineFile};
use path_walk::{Guard, PathEntry, resolve};

/// How a folder is opened to reach what is in it. Linux needs no right to list it.
#[cfg(target_os = "linux")]
const HANDLE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const HANDLE: OFlags = OFlags::RDONLY;

/// The mode of a new folder that only its owner can enter.
const PRIVATE: Mode = Mode::RWXU;

/// The mode of a new folder that all users can enter.
const SHARED: Mode = PRIVATE
    .union(Mode::RGRP)
    .union(Mode::XGRP)
    .union(Mode::ROTH)
    .union(Mode::XOTH);

/// An open folder.
#[derive(Clone, Debug)]
pub struct Folder {
    handle: Rc<OwnedFd>,
    path: PathBuf,
    guard: Guard,
}

/// While this exists, a folder is the working directory of this process.
#[derive(Debug)]
pub struct EnteredFolder {
    before: OwnedFd,
}

impl Drop for EnteredFolder {
    fn drop(&mut self) {
        // The former folder may be gone; paths that a user names then fail.
        let _ = rustix::process::fchdir(&self.before);
    }
}

impl Folder {
    /// Opens a folder to read it; `None` if it does not exist. Refuses a link; as
    /// root, also one that another user can change or redirect.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let guard = if rustix::process::geteuid().is_root() {
            Guard::Folders
        } else {
            Guard::Nothing
        };
        match last_folder(path, guard, None)? {
            Some(entry) => entry.into_last_folder(None),
            None => Ok(None),
        }
    }

    /// Opens a folder to write to it, and creates what is missing of its path for
    /// this user alone. Refuses a link, and one that another user can change or
    /// redirect.
    pub fn create(path: &Path) -> Result<Self> {
        Self::created(path, Guard::Folders, PRIVATE)
    }

    fn created(path: &Path, guard: Guard, mode: Mode) -> Result<Self> {
        let created = match last_folder(path, guard, Some(mode))? {
            Some(entry) => entry.into_last_folder(Some(mode))?,
            None => None,
        };
        created.ok_or_else(|| trouble("open", path, &Errno::NOENT.into()))
    }

    /// Opens a folder whose path other users may change, such as a docroot, and
    /// creates what is missing of it. Refuses a link of another user, and the root
    /// folder.
    pub fn create_shared(path: &Path) -> Result<Self> {
        let folder = Self::created(path, Guard::Links, SHARED)?;
        let identity = |folder: &Self| {
            let stat = rustix::fs::fstat(&folder.handle);
            stat.map(|stat| (stat.st_dev, stat.st_ino)).ok()
        };
        if identity(&folder) == identity(&Self::root(Guard::Nothing)?) {
            return Err(Fault::refused(format!(
                "`{}` is the root folder",
                path.display()
            )));
        }
        Ok(folder)
    }

    /// Opens a folder to change a file in it, and creates what is missing of its path if it is to
    /// be created; else `None`. Other users may change the path, but a link of theirs is refused.
    pub fn of_files(path: &Path, is_created: bool) -> Result<Option<Self>> {
        let create = is_created.then_some(SHARED);
        match resolve(path, Guard::Links, create)? {
            Some(entry) => entry.into_folder(create),
            None => Ok(None),
        }
    }

    /// The working directory of this process, opened to change a file in it.
    pub fn working() -> Result<Self> {
        let path = std::env::current_dir().unwrap_or_else(|_| ".".into());
        Self::opened(Path::new("."), path, Guard::Links)
    }

    /// Whether it is empty and belongs to this user, as one that was just created.
    pub fn is_new(&self) -> Result<bool> {
        let own = rustix::process::geteuid().as_raw();
        Ok(self.owner()?.uid == own && self.is_empty()?)
    }

    fn is_empty(&self) -> Result<bool> {
        let names = self.names()?;
        Ok(names.iter().all(|name| matches!(name.as_str(), "." | "..")))
    }

    /// Its owner and its permissions.
    pub fn owner(&self) -> Result<FileOwner> {
        Ok(FileOwner::of(&self.own_stat()?))
    }

    fn own_stat(&self) -> Result<Stat> {
        rustix::fs::fstat(&self.handle).map_err(|cause| trouble("open", &self.path, &cause.into()))
    }

    /// Refuses a path that [`Self::create_shared`] refuses for a link in it.
    pub fn check_shared(path: &Path) -> Result<()> {
        last_folder(path, Guard::Links, None).map(drop)
    }

    /// Makes it the working directory of this process, until the guard is dropped.
    pub fn enter(&self) -> Result<EnteredFolder> {
        let entered = || -> io::Result<EnteredFolder> {
            let flags = HANDLE | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let before = rustix::fs::open(".", flags, Mode::empty())?;
            rustix::process::fchdir(&self.handle)?;
            Ok(EnteredFolder { before })
        };
        entered().map_err(|cause| trouble("open", &self.path, &cause))
    }

    /// Opens a folder in it; `None` if it does not exist.
    pub fn subfolder(&self, name: &str) -> Result<Option<Self>> {
        self.entry(name)?.into_last_folder(None)
    }

    /// The same, after creating it if it is missing.
    pub fn create_subfolder(&self, name: &str) -> Result<Self> {
        let created = self.entry(name)?.into_last_folder(Some(PRIVATE))?;
        created.ok_or_else(|| trouble("open", &self.path.join(name), &Errno::NOENT.into()))
    }

    /// Its path, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn root(guard: Guard) -> Result<Self> {
        Self::opened(Path::new("/"), "/".into(), guard)
    }

    fn opened(place: &Path, path: PathBuf, guard: Guard) -> Result<Self> {
        let flags = HANDLE | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = rustix::fs::open(place, flags, Mode::empty())
            .map_err(|cause| trouble("open", &path, &cause.into()))?;
        Ok(Self {
            handle: Rc::new(handle),
            path,
            guard,
        })
    }

    /// The metadata of an entry; of a link itself. `None` if it does not exist.
    fn stat(&self, name: &Path) -> Result<Option<Stat>> {
        match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(cause) => Err(trouble("open", &self.path.join(name), &cause.into())),
        }
    }
}

/// As root, refuses a file that was read for a run and that another user can change, or lead to
/// another file. `-` is the file that standard input reads.
pub fn check_input(path: &Path, stdin: impl AsFd) -> Result<()> {
    if !is_stdin(path) {
        return check_file(path);
    }
    let stat = rustix::fs::fstat(stdin);
    let stat = stat.map_err(|cause| trouble("read", path, &cause.into()))?;
    // What a pipe carries is decided by the person who connects it.
    let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
    if is_file && rustix::process::geteuid().is_root() {
        return owner::check_nameless("the file on standard input", &stat);
    }
    Ok(())
}

/// As root, refuses a file that another user can change, or lead to another file.
pub(super) fn check_file(path: &Path) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let entry = resolve(path, Guard::Folders, None)?;
    let Some(entry) = entry.filter(|entry| entry.stat.is_some()) else {
        // Whoever could remove it may have been its owner.
        let message = format!("`{}` was removed after it was read", path.display());
        return Err(Fault::refused(message).hint("run this again with a file that stays"));
    };
    match &entry.stat {
        // A link that is left leads to a pipe, such as standard input.
        Some(stat) if !entry.is_link() => owner::check(&entry.path(), stat),
        _ => Ok(()),
    }
}

/// The place of a folder, which is not a link.
fn last_folder(path: &Path, guard: Guard, create: Option<Mode>) -> Result<Option<PathEntry>> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return resolve(path, guard, create);
    };
    match resolve(parent, guard, create)? {
        Some(parent) => {
            let parent = parent.into_folder(create)?;
            parent.map(|parent| parent.entry(name)).transpose()
        }
        None => Ok(None),
    }
}

/// The fault of an operation on a file or folder.
fn trouble(verb: &str, path: &Path, cause: &io::Error) -> Fault {
    let message = format!("cannot {verb} {}: {}", path.display(), reason(cause));
    let fault = Fault::new(FaultKind::Unknown, message);
    if cause.kind() == io::ErrorKind::PermissionDenied {
        fault.hint("run this as root, or as a user who may do that")
    } else {
        fault
    }
}

#[cfg(test)]
mod tests;
