//! The files of a node that this module reads and writes: aspera.conf, which it
//! only reads, and what it keeps about the node in the state folder.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultKind, Result, reason};

/// The length of a record file: that of a SHA-256 digest in hex.
const RECORD_LENGTH: usize = 64;

/// Reads a file; `None` if it does not exist.
pub(in crate::exec) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_fault(path, "read", error)),
    }
}

/// Writes what a service has loaded. Every record has the same length, so one
/// write replaces it even if this process is killed. It is not synced: after a
/// power cut every service starts again and loads aspera.conf.
pub(in crate::exec) fn write_loaded_conf(state: &Path, service: &str, text: &str) -> Result<()> {
    let path = loaded_conf_path(state, service);
    let record = format!("{text:<RECORD_LENGTH$}");
    let written = open_private(&path).and_then(|mut file| file.write_all(record.as_bytes()));
    written.map_err(|error| io_fault(&path, "write", error))
}

/// Creates an empty marker file that survives a power cut.
pub(in crate::exec) fn create_marker(path: &Path) -> Result<()> {
    let synced = || -> std::io::Result<()> {
        open_private(path)?.sync_all()?;
        fs::File::open(folder(path))?.sync_all()
    };
    synced().map_err(|error| io_fault(path, "write", error))
}

/// Opens a file that only its owner can read, and creates its folder if needed.
fn open_private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder(path))?;
            options.open(path)
        }
        outcome => outcome,
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().expect("the file is in the state folder")
}

/// The file that records what a service has loaded.
pub(in crate::exec) fn loaded_conf_path(state: &Path, service: &str) -> PathBuf {
    state.join("services").join(service)
}

/// The marker file of an account that is created but has no password yet.
pub(in crate::exec) fn unfinished_path(state: &Path, account: &str) -> PathBuf {
    state.join("unfinished").join(account)
}

/// Removes a file, if it exists.
pub(in crate::exec) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io_fault(path, "remove", error)),
        _ => Ok(()),
    }
}

/// The metadata of a file by which a later change of it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    modified: Option<std::time::SystemTime>,
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
