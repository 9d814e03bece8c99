//! The files of a node that this module reads and writes: aspera.conf, which it
//! only reads, and what it keeps about the node in the state folder.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::exec::{Folder, InputKind};
use crate::fault::{Fault, FaultKind, Result, reason};

/// The length of a record file: that of two SHA-256 digests in hex and a blank.
const RECORD_LENGTH: usize = 64 + 1 + 64;

/// The path of aspera.conf of the node in a folder.
pub fn conf_path(folder: &Path) -> PathBuf {
    folder.join("etc/aspera.conf")
}

/// Reads a file of a node; `None` if it does not exist. A pipe or a device is
/// refused, since it may never end.
pub(in crate::exec) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            let read = InputKind::CONF.read(path);
            read.map(Some)
                .map_err(|fault| fault.with_kind(FaultKind::Unknown))
        }
        Ok(_) => Err(Fault::new(
            FaultKind::Unknown,
            format!("`{}` is not a regular file", path.display()),
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_fault(path, "read", error)),
    }
}

/// The folder of the records of what each service has loaded.
const SERVICES: &str = "services";

/// The folder of the markers of accounts that are created but have no password yet.
const UNFINISHED: &str = "unfinished";

/// Writes what a service has loaded. Every record has the same length, so one
/// write replaces it even if this process is killed. It is not synced: after a
/// power cut every service starts again and loads aspera.conf.
pub(in crate::exec) fn write_loaded_conf(state: &Folder, service: &str, text: &str) -> Result<()> {
    let folder = state.create_subfolder(SERVICES)?;
    let record = format!("{text:<RECORD_LENGTH$}");
    let written = folder.open_private(service)?.write_all(record.as_bytes());
    written.map_err(|error| io_fault(&folder.path().join(service), "write", error))
}

/// Reads what a service has loaded; `None` if that is not recorded.
pub(in crate::exec) fn read_loaded_conf(state: &Path, service: &str) -> Result<Option<Vec<u8>>> {
    match subfolder(state, SERVICES)? {
        Some(folder) => folder.read_start(service, RECORD_LENGTH),
        None => Ok(None),
    }
}

/// Marks an account as created without its password, in a way that survives a
/// power cut.
pub(in crate::exec) fn mark_unfinished(state: &Folder, account: &str) -> Result<()> {
    let folder = state.create_subfolder(UNFINISHED)?;
    let synced = folder.open_private(account)?.sync_all();
    synced.map_err(|error| io_fault(&folder.path().join(account), "write", error))?;
    folder.sync()
}

/// Whether an account is marked as created without its password. A user who
/// cannot read that sees no mark.
pub(in crate::exec) fn is_unfinished(state: &Path, account: &str) -> Result<bool> {
    let marked = || match subfolder(state, UNFINISHED)? {
        Some(folder) => folder.has(account),
        None => Ok(false),
    };
    match marked() {
        Err(fault) if fault.kind() == FaultKind::Unknown => Ok(false),
        marked => marked,
    }
}

/// Removes the mark of an account.
pub(in crate::exec) fn clear_unfinished(state: &Folder, account: &str) -> Result<()> {
    match state.subfolder(UNFINISHED)? {
        Some(folder) => folder.remove(account),
        None => Ok(()),
    }
}

fn subfolder(state: &Path, name: &str) -> Result<Option<Folder>> {
    match Folder::open(state)? {
        Some(state) => state.subfolder(name),
        None => Ok(None),
    }
}

/// When a file last changed, in microseconds of Unix time; `None` if it cannot be read.
pub(super) fn changed_at(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs_err::metadata(path).ok()?;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanos = u64::try_from(metadata.ctime_nsec()).ok()?;
    Some(seconds * 1_000_000 + nanos / 1_000)
}

/// The metadata of a file by which a later change of it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    modified: Option<std::time::SystemTime>,
    /// When its content or metadata changed: a program can set `modified` back.
    changed: (i64, i64),
    length: u64,
    inode: u64,
}

impl FileStamp {
    /// The stamp of a file now; `None` if its metadata cannot be read.
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            length: metadata.len(),
            inode: metadata.ino(),
        })
    }
}

fn io_fault(path: &Path, verb: &str, error: std::io::Error) -> Fault {
    let fault = Fault::new(
        FaultKind::Unknown,
        format!("cannot {verb} {}: {}", path.display(), reason(&error)),
    );
    let is_forbidden = error.kind() == ErrorKind::PermissionDenied;
    let fault = if is_forbidden {
        fault.hint("run this as root, or as the owner of the file")
    } else {
        fault
    };
    fault.caused_by(error)
}
