//! A file of this machine that root reads, replaces and removes for a script: through no link, and
//! in no folder that another user than its owner can change.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Gid, Mode, Stat, Uid};
use rustix::io::Errno;

use super::{Folder, owner, trouble};
use crate::fault::{Fault, Result};
use crate::state::MAX_FILE;

/// The owner and the permissions of a file that is written.
#[derive(Clone, Copy, Debug)]
pub struct FileOwner {
    /// The number of the account.
    pub uid: u32,
    /// That of the group; none to leave it as it is.
    pub gid: Option<u32>,
    /// The permission bits.
    pub mode: u32,
}

impl FileOwner {
    pub(super) fn of(stat: &Stat) -> Self {
        Self {
            uid: stat.st_uid,
            gid: Some(stat.st_gid),
            // The width of a mode differs between systems.
            mode: (Mode::from_raw_mode(stat.st_mode).bits() & 0o7777) as _,
        }
    }
}

/// The place of a file, which may not exist yet.
pub struct MachineFile {
    folder: Folder,
    name: String,
    stat: Option<Stat>,
}

impl MachineFile {
    /// The file at a path; `None` if a folder on the way does not exist. Refuses a link in its place.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        Self::find(path, false)
    }

    /// The same, after creating the folders that are missing.
    pub fn create(path: &Path) -> Result<Self> {
        let created = Self::find(path, true)?;
        created.ok_or_else(|| trouble("open", path, &Errno::NOENT.into()))
    }

    fn find(path: &Path, is_created: bool) -> Result<Option<Self>> {
        let name = path.file_name().and_then(|name| name.to_str());
        let (Some(parent), Some(name)) = (path.parent(), name) else {
            let message = format!("`{}` is not the path of a file", path.display());
            return Err(Fault::usage(message));
        };
        // Its path may lead to another folder by now.
        let folder = if parent == Path::new(".") {
            Some(Folder::working()?)
        } else {
            Folder::of_files(parent, is_created)?
        };
        folder
            .map(|folder| Self::in_folder(folder, name))
            .transpose()
    }

    /// The file of that name in an open folder. Refuses a link in its place.
    pub fn in_folder(folder: Folder, name: &str) -> Result<Self> {
        let stat = folder.stat(Path::new(name))?;
        let file = Self {
            folder,
            name: name.to_owned(),
            stat,
        };
        file.check_kind(&file.folder.path().join(name))?;
        Ok(file)
    }

    /// Its owner and its permissions; `None` if it does not exist.
    pub fn owner(&self) -> Option<FileOwner> {
        self.stat.as_ref().map(FileOwner::of)
    }

    fn check_kind(&self, path: &Path) -> Result<()> {
        let kind = self.stat.map(|stat| FileType::from_raw_mode(stat.st_mode));
        let noun = match kind {
            None | Some(FileType::RegularFile) => return Ok(()),
            Some(FileType::Symlink) => "a link",
            Some(FileType::Directory) => "a folder",
            Some(_) => "no regular file",
        };
        let message = format!("`{}` is {noun}", path.display());
        Err(Fault::refused(message).hint("remove it, or name the place that it leads to"))
    }

    /// Its content, up to [`MAX_FILE`]; `None` if it does not exist. From then on its owner and its
    /// permissions are those of the file that was read, which may have taken the place of another.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>> {
        let path = self.folder.path().join(&self.name);
        let Some(file) = self.folder.open_file(&self.name)? else {
            self.stat = None;
            return Ok(None);
        };
        let stat = rustix::fs::fstat(&file);
        self.stat = Some(stat.map_err(|cause| trouble("read", &path, &cause.into()))?);
        let mut bytes = Vec::new();
        let read = file.take(MAX_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|cause| trouble("read", &path, &cause))?;
        if bytes.len() as u64 > MAX_FILE {
            let message = format!("{} is larger than 1 MiB", path.display());
            return Err(Fault::refused(message));
        }
        Ok(Some(bytes))
    }

    /// Replaces it: the new file is written beside the old one, with its owner and mode before the
    /// first byte, and renamed. A run that is cut off leaves the old file or the new one.
    pub fn replace(&self, bytes: &[u8], wanted: &FileOwner) -> Result<()> {
        let mode = Mode::from_raw_mode(wanted.mode as _);
        self.put(bytes, wanted.uid, wanted.gid, mode)
    }

    fn put(&self, bytes: &[u8], uid: u32, gid: Option<u32>, mode: Mode) -> Result<()> {
        self.check_folder(uid)?;
        let path = self.folder.path().join(&self.name);
        self.folder.remove_abandoned_files()?;
        self.written(bytes, uid, gid, mode)
            .map_err(|cause| trouble("write", &path, &cause))
    }

    /// Replaces its content; owner, group and mode stay. A new file belongs to this user.
    pub fn edit(&self, bytes: &[u8]) -> Result<()> {
        let (uid, mode) = match &self.stat {
            Some(stat) => (stat.st_uid, Mode::from_raw_mode(stat.st_mode)),
            None => (
                rustix::process::geteuid().as_raw(),
                Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH,
            ),
        };
        self.put(bytes, uid, None, mode)
    }

    /// Removes it, if it exists.
    pub fn remove(&self) -> Result<()> {
        if let Some(stat) = &self.stat {
            self.check_folder(stat.st_uid)?;
        }
        self.folder.remove(&self.name)
    }

    /// Refuses a folder that another user than the owner of the file can change.
    fn check_folder(&self, uid: u32) -> Result<()> {
        owner::check_for(self.folder.path(), &self.folder.own_stat()?, uid)
    }

    fn written(&self, bytes: &[u8], uid: u32, gid: Option<u32>, mode: Mode) -> io::Result<()> {
        let handle = &self.folder.handle;
        let (mut file, temporary) = self.folder.temporary()?;
        let mut written = || -> io::Result<()> {
            let kept = self.stat.map(|stat| stat.st_gid);
            let group = gid.or(kept).map(Gid::from_raw);
            rustix::fs::fchown(&file, Some(Uid::from_raw(uid)), group)?;
            rustix::fs::fchmod(&file, mode)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            Ok(rustix::fs::renameat(
                handle, &temporary, handle, &self.name,
            )?)
        };
        let outcome = written();
        if outcome.is_err() {
            // The failure above is reported, not this one.
            let _ = rustix::fs::unlinkat(handle, &temporary, AtFlags::empty());
        }
        outcome
    }
}
