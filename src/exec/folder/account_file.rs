//! A file below the home folder of an account, which root reads and replaces: whatever the
//! account does to its folders meanwhile, root reaches nothing but what belongs to it.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Gid, Mode, Stat, Uid};
use rustix::io::Errno;

use super::files::TEMPORARY;
use super::path_walk::Guard;
use super::{Folder, last_folder, trouble};
use crate::fault::{Fault, FaultKind, Result};

/// The largest such file.
const MAX_LENGTH: u64 = 1 << 20;

/// An account by its numbers.
#[derive(Clone, Copy, Debug)]
pub(in crate::exec) struct AccountIds {
    /// Its own number.
    pub(in crate::exec) uid: u32,
    /// That of its primary group.
    pub(in crate::exec) gid: u32,
}

/// A file of an account, in a folder that only the account can enter.
pub(in crate::exec) struct AccountFile {
    /// The folder, if it exists.
    folder: Option<Folder>,
    above: Folder,
    folder_name: PathBuf,
    name: String,
    account: AccountIds,
}

impl AccountFile {
    /// The file at a path such as `/home/lion/.ssh/authorized_keys`. The folder two levels up
    /// must exist, and belong to the account or to root.
    pub(in crate::exec) fn open(path: &Path, account: AccountIds) -> Result<Self> {
        let invalid = || Fault::usage(format!("`{}` is not the path of a file", path.display()));
        let folder = path.parent().ok_or_else(invalid)?;
        let (Some(above), Some(folder_name)) = (folder.parent(), folder.file_name()) else {
            return Err(invalid());
        };
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(invalid)?;
        let above = match last_folder(above, Guard::Links, None)? {
            Some(entry) => entry.into_last_folder(None)?,
            None => None,
        };
        let above = above.ok_or_else(|| no_folder(folder.parent().unwrap_or(folder)))?;
        check_owner(above.path(), &above.own_stat()?, account, true)?;
        let opened = above.entry(folder_name)?.into_last_folder(None)?;
        if let Some(opened) = &opened {
            check_owner(
                opened.path(),
                &opened.own_stat()?,
                account,
                opened.is_empty()?,
            )?;
        }
        Ok(Self {
            folder: opened,
            above,
            folder_name: folder_name.into(),
            name: name.to_owned(),
            account,
        })
    }

    /// Its text; `None` if it does not exist.
    pub(in crate::exec) fn read(&self) -> Result<Option<String>> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let path = folder.path().join(&self.name);
        let Some(mut file) = folder.open_file(&self.name)? else {
            return Ok(None);
        };
        let stat =
            rustix::fs::fstat(&file).map_err(|cause| trouble("read", &path, &cause.into()))?;
        check_owner(&path, &stat, self.account, false)?;
        let mut text = String::new();
        let length = (&mut file).take(MAX_LENGTH + 1).read_to_string(&mut text);
        match length {
            Ok(length) if length as u64 <= MAX_LENGTH => Ok(Some(text)),
            Ok(_) => Err(Fault::refused(format!(
                "{} is larger than 1 MiB",
                path.display()
            ))),
            Err(cause) => Err(trouble("read", &path, &cause)),
        }
    }

    /// Why SSH may not trust it: permissions that let others read or change it.
    pub(in crate::exec) fn exposure(&self) -> Result<Option<String>> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let file = folder.stat(Path::new(&self.name))?;
        let parts = [
            ("folder", Some(folder.own_stat()?), Mode::RWXU),
            ("file", file, Mode::RUSR | Mode::WUSR),
        ];
        for (noun, stat, wanted) in parts {
            let Some(stat) = stat else { continue };
            let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o7777;
            if mode != wanted.bits() || stat.st_uid != self.account.uid {
                return Ok(Some(format!(
                    "the {noun} belongs to user {} and has mode {mode:o}",
                    stat.st_uid
                )));
            }
        }
        Ok(None)
    }

    /// Replaces its text; a run that is cut off leaves the old file or the new one. The folder
    /// gets mode 700, the file 600, and both belong to the account.
    pub(in crate::exec) fn replace(&mut self, text: &str) -> Result<()> {
        let folder = self.private_folder()?;
        for name in folder.names()? {
            // Those of runs that were killed.
            if name.starts_with(TEMPORARY) {
                folder.remove(&name)?;
            }
        }
        let path = folder.path().join(&self.name);
        self.written(&folder, text.as_bytes())
            .map_err(|cause| trouble("write", &path, &cause))
    }

    fn private_folder(&mut self) -> Result<Folder> {
        let path = self.above.path().join(&self.folder_name);
        if self.folder.is_none() {
            match rustix::fs::mkdirat(&self.above.handle, &self.folder_name, Mode::RWXU) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(cause) => return Err(trouble("create", &path, &cause.into())),
            }
            self.folder = self
                .above
                .entry(&self.folder_name)?
                .into_last_folder(None)?;
        }
        let Some(folder) = self.folder.clone() else {
            return Err(trouble("open", &path, &Errno::NOENT.into()));
        };
        let is_new = folder.own_stat()?.st_uid != self.account.uid;
        // What belongs to root and has a content was put here from another place.
        check_owner(&path, &folder.own_stat()?, self.account, folder.is_empty()?)?;
        let handle = folder
            .handle_to_read()
            .map_err(|cause| trouble("open", &path, &cause))?;
        let prepared = || -> io::Result<()> {
            if is_new {
                self.give(&handle)?;
            }
            Ok(rustix::fs::fchmod(&handle, Mode::RWXU)?)
        };
        prepared().map_err(|cause| trouble("change", &path, &cause))?;
        Ok(folder)
    }

    fn give(&self, file: impl std::os::fd::AsFd) -> io::Result<()> {
        let owner = Uid::from_raw(self.account.uid);
        let group = Gid::from_raw(self.account.gid);
        Ok(rustix::fs::fchown(file, Some(owner), Some(group))?)
    }

    fn written(&self, folder: &Folder, bytes: &[u8]) -> io::Result<()> {
        let (mut file, temporary) = folder.temporary()?;
        let mut written = || -> io::Result<()> {
            self.give(&file)?;
            rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            let handle = &folder.handle;
            Ok(rustix::fs::renameat(
                handle, &temporary, handle, &self.name,
            )?)
        };
        let outcome = written();
        if outcome.is_err() {
            // The failure above is reported, not this one.
            let _ = rustix::fs::unlinkat(&folder.handle, &temporary, AtFlags::empty());
        }
        outcome
    }
}

/// Refuses what another user owns, or root where `roots_is_ok` does not hold, and a file with
/// several names: a link can lead an account's own name to a file of root.
fn check_owner(path: &Path, stat: &Stat, account: AccountIds, roots_is_ok: bool) -> Result<()> {
    let is_owned = stat.st_uid == account.uid || (roots_is_ok && stat.st_uid == 0);
    let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
    if is_owned && !(is_file && stat.st_nlink > 1) {
        return Ok(());
    }
    let path = path.display();
    if is_owned {
        return Err(Fault::refused(format!("{path} has several names"))
            .hint("replace it by a copy of its own"));
    }
    Err(Fault::refused(format!(
        "{path} belongs to user {}, not to user {}",
        stat.st_uid, account.uid
    ))
    .hint(format!(
        "give it to its owner: `chown {} {path}`",
        account.uid
    )))
}

fn no_folder(path: &Path) -> Fault {
    let message = format!("the home folder {} does not exist", path.display());
    Fault::new(FaultKind::Refused, message).hint(
        "create it for the account first: `createhomedir` on macOS, `mkhomedir_helper` on Linux",
    )
}
