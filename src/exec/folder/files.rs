//! The files of an open folder.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;

use super::path_walk::{Guard, PathEntry, resolve};
use super::{Folder, owner, trouble};
use crate::exec::InputKind;
use crate::fault::{FaultKind, Result};

/// How the names of temporary files start.
pub(super) const TEMPORARY: &str = ".ascript-";

/// How those of version 0.1 start.
const FORMER_TEMPORARY: &str = ".tmp";

/// How old a temporary file is, at least, that nobody writes any more.
const ABANDONED: Duration = Duration::from_mins(1);

impl Folder {
    /// Opens a file to read it; `None` if it does not exist.
    pub fn open_file(&self, name: &str) -> Result<Option<File>> {
        // A pipe must not block: it is refused below.
        match self.file(name, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(file) => self.checked(name, file).map(Some),
            Err(Errno::NOENT) => Ok(None),
            Err(cause) => Err(self.trouble("read", name, &cause.into())),
        }
    }

    /// Reads a file, and refuses one that is larger than the limit of its kind; `None` if it does
    /// not exist.
    pub fn read(&self, name: &str, kind: InputKind) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.open_file(name)? else {
            return Ok(None);
        };
        let check = |length: u64| {
            let path = self.path.join(name).display().to_string();
            kind.check_length(length, &path).map_err(|fault| {
                let fault = fault.with_kind(FaultKind::Unknown);
                fault.hint("ascript did not write it: move it away")
            })
        };
        let length = file.metadata().map(|metadata| metadata.len());
        check(length.map_err(|cause| self.trouble("read", name, &cause))?)?;
        let read = kind.bytes_of(file);
        let bytes = read.map_err(|cause| self.trouble("read", name, &cause))?;
        check(bytes.len() as u64)?;
        Ok(Some(bytes))
    }

    /// Reads at most that many bytes of a file, such as all of a record; `None` if it does not
    /// exist.
    pub fn read_start(&self, name: &str, length: usize) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.open_file(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        match file.take(length as u64).read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(cause) => Err(self.trouble("read", name, &cause)),
        }
    }

    /// Opens a file to change it in place, and creates it if it is missing. Only its
    /// owner can read it.
    pub fn open_private(&self, name: &str) -> Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK;
        let file = self.file(name, flags);
        let file = file.map_err(|cause| self.trouble("write", name, &cause.into()))?;
        self.checked(name, file)
    }

    /// Creates or replaces a file that only its owner can read: a run that is cut
    /// off leaves the old file or the new one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.replace(Path::new(name), bytes, None)
            .map_err(|cause| self.trouble("write", name, &cause))
    }

    /// Removes a file, if it exists.
    pub fn remove(&self, name: &str) -> Result<()> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(cause) => Err(self.trouble("remove", name, &cause.into())),
        }
    }

    /// Removes the temporary files of runs that were killed. The caller holds the
    /// lock of the folder: nobody else writes one now.
    pub fn remove_temporary_files(&self) -> Result<()> {
        let is_temporary =
            |name: &str| name.starts_with(TEMPORARY) || name.starts_with(FORMER_TEMPORARY);
        let names = self.names()?.into_iter();
        names
            .filter(|name| is_temporary(name))
            .try_for_each(|name| self.remove(&name))
    }

    /// The same in a folder that others use, too: only those of this user that are
    /// no longer written.
    pub(super) fn remove_abandoned_files(&self) -> Result<()> {
        for name in self.names()? {
            if !name.starts_with(TEMPORARY) {
                continue;
            }
            let Some(stat) = self.stat(Path::new(&name))? else {
                continue;
            };
            let written = u64::try_from(stat.st_mtime).unwrap_or_default();
            let written = SystemTime::UNIX_EPOCH + Duration::from_secs(written);
            let age = written.elapsed().unwrap_or_default();
            if stat.st_uid == rustix::process::geteuid().as_raw() && age > ABANDONED {
                self.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Whether a file exists.
    pub fn has(&self, name: &str) -> Result<bool> {
        Ok(self.stat(Path::new(name))?.is_some())
    }

    /// The names of its entries that are text.
    pub fn names(&self) -> Result<Vec<String>> {
        let listed = || -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in Dir::new(self.handle_to_read()?)? {
                names.extend(entry?.file_name().to_str().map(str::to_owned));
            }
            Ok(names)
        };
        listed().map_err(|cause| trouble("read", &self.path, &cause))
    }

    /// Writes the names of its entries to the disk.
    pub fn sync(&self) -> Result<()> {
        let synced = || -> io::Result<()> { Ok(rustix::fs::fsync(self.handle_to_read()?)?) };
        synced().map_err(|cause| trouble("write", &self.path, &cause))
    }

    pub(super) fn handle_to_read(&self) -> io::Result<std::os::fd::OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.handle, ".", flags, Mode::empty())?)
    }

    fn file(&self, name: &str, flags: OFlags) -> rustix::io::Result<File> {
        if matches!(name, "" | "." | "..") || name.contains('/') {
            return Err(Errno::INVAL);
        }
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::openat(&self.handle, name, flags, mode).map(File::from)
    }

    /// Refuses what is not a regular file, or belongs to another user.
    fn checked(&self, name: &str, file: File) -> Result<File> {
        let stat = rustix::fs::fstat(&file);
        let stat = stat.map_err(|cause| self.trouble("read", name, &cause.into()))?;
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            let cause = io::Error::other("it is not a regular file");
            return Err(self.trouble("read", name, &cause));
        }
        if self.guard == Guard::Folders {
            owner::check(&self.path.join(name), &stat)?;
        }
        Ok(file)
    }

    /// Replaces a file atomically. The new one has the mode and the owner of the
    /// old one.
    fn replace(&self, name: &Path, bytes: &[u8], old: Option<&Stat>) -> io::Result<()> {
        let (mut file, temporary) = self.temporary()?;
        let mut written = || -> io::Result<()> {
            if let Some(old) = old {
                keep_owner(&file, old)?;
            }
            file.write_all(bytes)?;
            file.sync_data()?;
            Ok(rustix::fs::renameat(
                &self.handle,
                &temporary,
                &self.handle,
                name,
            )?)
        };
        let outcome = written();
        if outcome.is_err() {
            // The failure above is reported, not this one.
            let _ = rustix::fs::unlinkat(&self.handle, &temporary, AtFlags::empty());
        }
        outcome
    }

    pub(super) fn temporary(&self) -> io::Result<(File, String)> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = LAST.fetch_add(1, Ordering::Relaxed);
            let name = format!("{TEMPORARY}{}-{number}", std::process::id());
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
            match self.file(&name, flags) {
                Ok(file) => return Ok((file, name)),
                Err(Errno::EXIST) => {}
                Err(cause) => return Err(cause.into()),
            }
        }
    }

    fn trouble(&self, verb: &str, name: &str, cause: &io::Error) -> crate::fault::Fault {
        trouble(verb, &self.path.join(name), cause)
    }
}

/// Gives a new file the owner and the mode of the one that it replaces.
fn keep_owner(file: &File, old: &Stat) -> io::Result<()> {
    let now = rustix::fs::fstat(file)?;
    if (now.st_uid, now.st_gid) != (old.st_uid, old.st_gid) {
        let (owner, group) = (Uid::from_raw(old.st_uid), Gid::from_raw(old.st_gid));
        rustix::fs::fchown(file, Some(owner), Some(group))?;
    }
    Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(old.st_mode))?)
}

/// Creates or replaces a file that a user named, and follows no link of another
/// user. A new file can be read by its owner alone; an existing one keeps its mode
/// and its owner. Writes into what is not a regular file, such as a pipe.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let missing = || trouble("write", path, &Errno::NOENT.into());
    let entry = resolve(path, Guard::Links, None)?.ok_or_else(missing)?;
    let is_regular = |stat: &Stat| FileType::from_raw_mode(stat.st_mode).is_file();
    let written = match &entry.stat {
        Some(stat) if !is_regular(stat) => write_into(&entry, bytes),
        old => match entry.folder.replace(&entry.name, bytes, old.as_ref()) {
            Ok(()) => {
                // The file is written; one that is left over hinders nobody.
                let _ = entry.folder.remove_abandoned_files();
                Ok(())
            }
            // Only root can give a file to its owner.
            Err(cause) if old.is_some() && cause.kind() == io::ErrorKind::PermissionDenied => {
                write_into(&entry, bytes)
            }
            Err(cause) => Err(cause),
        },
    };
    written.map_err(|cause| trouble("write", path, &cause))
}

/// Writes into an existing file. A pipe that nobody reads is an error: the wait for a reader could
/// not be ended.
fn write_into(entry: &PathEntry, bytes: &[u8]) -> io::Result<()> {
    let mut flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC | OFlags::NONBLOCK;
    // A link that is left leads to a device or a pipe.
    flags.set(OFlags::NOFOLLOW, !entry.is_link());
    let file = rustix::fs::openat(&entry.folder.handle, &entry.name, flags, Mode::empty())?;
    let waits = rustix::fs::fcntl_getfl(&file)? - OFlags::NONBLOCK;
    rustix::fs::fcntl_setfl(&file, waits)?;
    File::from(file).write_all(bytes)
}
