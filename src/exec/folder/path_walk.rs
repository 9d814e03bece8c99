//! Resolves a path one component at a time, from handle to handle.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{Folder, HANDLE, owner, trouble};
use crate::fault::{Fault, Result};

/// The longest chain of links, as in Linux.
const MAX_LINKS: usize = 40;

/// What is checked on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guard {
    /// Nothing.
    Nothing,
    /// That no link belongs to another user.
    Links,
    /// Also that no other user can change a folder or a file.
    Folders,
}

/// The place of a file or folder, which may not exist yet.
pub(super) struct PathEntry {
    /// The folder that it is in.
    pub(super) folder: Folder,
    /// Its name there.
    pub(super) name: PathBuf,
    /// Its metadata. It is never a link to a file or a folder.
    pub(super) stat: Option<Stat>,
}

/// Finds the place of a path; `None` if a folder on the way does not exist and is
/// not to be created.
pub(super) fn resolve(
    path: &Path,
    guard: Guard,
    create: Option<Mode>,
) -> Result<Option<PathEntry>> {
    let absolute = std::path::absolute(path).map_err(|cause| trouble("open", path, &cause))?;
    let mut pending = components(&absolute);
    let mut entry = Folder::root(guard)?.into_entry()?;
    let mut links = 0;
    while let Some(name) = pending.pop() {
        let Some(folder) = entry.into_folder(create)? else {
            return Ok(None);
        };
        entry = folder.entry(&name)?;
        if !entry.is_link() {
            continue;
        }
        links += 1;
        if links > MAX_LINKS {
            return Err(trouble("open", path, &Errno::LOOP.into()));
        }
        entry.check_link()?;
        if pending.is_empty() && entry.leads_to_special_file() {
            return Ok(Some(entry));
        }
        let target = entry.link_target()?;
        entry = if target.is_absolute() {
            Folder::root(guard)?.into_entry()?
        } else {
            entry.folder.into_entry()?
        };
        pending.extend(components(&target));
    }
    Ok(Some(entry))
}

/// The components of a path, the last one first.
fn components(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    let mut parts: Vec<_> = parts.collect();
    parts.reverse();
    parts
}

impl Folder {
    /// The place of an entry of this folder.
    pub(super) fn entry(&self, name: impl AsRef<OsStr>) -> Result<PathEntry> {
        let name = PathBuf::from(name.as_ref());
        Ok(PathEntry {
            stat: self.stat(&name)?,
            folder: self.clone(),
            name,
        })
    }

    fn into_entry(self) -> Result<PathEntry> {
        self.entry(".")
    }

    fn path_of(&self, name: &Path) -> PathBuf {
        match name.to_str() {
            Some(".") => self.path.clone(),
            Some("..") => self.path.parent().unwrap_or(&self.path).to_owned(),
            _ => self.path.join(name),
        }
    }
}

impl PathEntry {
    /// Its path, without links.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path_of(&self.name)
    }

    /// Opens it as a folder on the way to another one; `None` if it does not exist
    /// and is not to be created.
    pub(super) fn into_folder(self, create: Option<Mode>) -> Result<Option<Folder>> {
        self.open_folder(create, owner::check_parent)
    }

    /// Opens it as the folder that is looked for.
    pub(super) fn into_last_folder(self, create: Option<Mode>) -> Result<Option<Folder>> {
        self.open_folder(create, owner::check)
    }

    fn open_folder(
        self,
        create: Option<Mode>,
        check: fn(&Path, &Stat) -> Result<()>,
    ) -> Result<Option<Folder>> {
        let path = self.path();
        if self.is_link() {
            let message = format!("`{}` is a link, not a folder", path.display());
            return Err(Fault::refused(message).hint("remove it, or move the folder back there"));
        }
        let fault = |verb, cause: Errno| trouble(verb, &path, &cause.into());
        let parent = &self.folder.handle;
        match (self.stat, create) {
            (Some(_), _) => {}
            (None, None) => return Ok(None),
            (None, Some(mode)) => match rustix::fs::mkdirat(parent, &self.name, mode) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(cause) => return Err(fault("create", cause)),
            },
        }
        let flags = HANDLE | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::openat(parent, &self.name, flags, Mode::empty());
        let handle = handle.map_err(|cause| fault("open", cause))?;
        let folder = Folder {
            handle: Rc::new(handle),
            path: path.clone(),
            guard: self.folder.guard,
        };
        if folder.guard == Guard::Folders {
            let stat = rustix::fs::fstat(&folder.handle).map_err(|cause| fault("open", cause))?;
            check(&path, &stat)?;
        }
        Ok(Some(folder))
    }

    pub(super) fn is_link(&self) -> bool {
        let types = self.stat.map(|stat| FileType::from_raw_mode(stat.st_mode));
        types.is_some_and(FileType::is_symlink)
    }

    /// Whether this link leads to a device or a pipe, as `/dev/stdout` may. Such a
    /// link has no path as its target.
    fn leads_to_special_file(&self) -> bool {
        let target = rustix::fs::statat(&self.folder.handle, &self.name, AtFlags::empty());
        target.is_ok_and(|stat| {
            let kind = FileType::from_raw_mode(stat.st_mode);
            !kind.is_file() && !kind.is_dir()
        })
    }

    fn check_link(&self) -> Result<()> {
        match &self.stat {
            Some(stat) if self.folder.guard >= Guard::Links => {
                owner::check_link(&self.path(), stat)
            }
            _ => Ok(()),
        }
    }

    /// The target of this link.
    fn link_target(&self) -> Result<PathBuf> {
        let target = rustix::fs::readlinkat(&self.folder.handle, &self.name, Vec::new())
            .map_err(|cause| trouble("open", &self.path(), &cause.into()))?;
        Ok(OsString::from_vec(target.into_bytes()).into())
    }
}
