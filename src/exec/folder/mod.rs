//! Folders by handle: each folder of a path is opened from the one above it and
//! checked, so that no other user can lead a run of root to another place. Files
//! are created, replaced and removed relative to the handle, never through a link.

mod files;
mod owner;
mod path_walk;

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::fault::{Fault, FaultKind, Result, reason};

pub use files::replace_file;
use path_walk::{Guard, PathEntry, resolve};

/// How a folder is opened to reach what is in it. Linux needs no right to list it.
#[cfg(target_os = "linux")]
const HANDLE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const HANDLE: OFlags = OFlags::RDONLY;

/// An open folder.
#[derive(Clone, Debug)]
pub struct Folder {
    handle: Rc<OwnedFd>,
    path: PathBuf,
    guard: Guard,
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
        match last_folder(path, guard, false)? {
            Some(entry) => entry.into_last_folder(false),
            None => Ok(None),
        }
    }

    /// Opens a folder to write to it, and creates what is missing of its path for
    /// this user alone. Refuses a link, and one that another user can change or
    /// redirect.
    pub fn create(path: &Path) -> Result<Self> {
        let created = match last_folder(path, Guard::Folders, true)? {
            Some(entry) => entry.into_last_folder(true)?,
            None => None,
        };
        created.ok_or_else(|| trouble("open", path, &Errno::NOENT.into()))
    }

    /// Opens a folder in it; `None` if it does not exist.
    pub fn subfolder(&self, name: &str) -> Result<Option<Self>> {
        self.entry(name)?.into_last_folder(false)
    }

    /// The same, after creating it if it is missing.
    pub fn create_subfolder(&self, name: &str) -> Result<Self> {
        let created = self.entry(name)?.into_last_folder(true)?;
        created.ok_or_else(|| trouble("open", &self.path.join(name), &Errno::NOENT.into()))
    }

    /// Its path, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn root(guard: Guard) -> Result<Self> {
        let path = Path::new("/");
        let flags = HANDLE | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|cause| trouble("open", path, &cause.into()))?;
        Ok(Self {
            handle: Rc::new(handle),
            path: path.to_owned(),
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

/// The place of a folder, which is not a link.
fn last_folder(path: &Path, guard: Guard, creates: bool) -> Result<Option<PathEntry>> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return resolve(path, guard, creates);
    };
    match resolve(parent, guard, creates)? {
        Some(parent) => {
            let parent = parent.into_folder(creates)?;
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
        fault.hint("run this as root, or as the user who did the live run")
    } else {
        fault
    }
}

#[cfg(test)]
mod tests;
