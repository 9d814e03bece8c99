//! The few files this room reads and writes itself: aspera.conf for reading,
//! and what is kept about a node.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultKind, Result, reason};

/// The length of a record: a digest's.
const RECORD: usize = 64;

/// A file's bytes; `None` if there is no such file.
pub(in crate::exec) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(trouble(path, "read", error)),
    }
}

/// Keeps the record of a service. Every record has the same length, so one
/// write replaces it, whatever ends this process. A power cut may take it
/// back; after that every service starts anew.
pub(in crate::exec) fn keep_record(state: &Path, service: &str, text: &str) -> Result<()> {
    let path = record_path(state, service);
    let record = format!("{text:<RECORD$}");
    let kept = own_file(&path).and_then(|mut file| file.write_all(record.as_bytes()));
    kept.map_err(|error| trouble(&path, "write", error))
}

/// Makes a mark that outlives even a power cut.
pub(in crate::exec) fn mark(path: &Path) -> Result<()> {
    let synced = || -> std::io::Result<()> {
        own_file(path)?.sync_all()?;
        fs::File::open(folder(path))?.sync_all()
    };
    synced().map_err(|error| trouble(path, "write", error))
}

/// Opens a file for its owner alone, in a folder that is made if need be.
fn own_file(path: &Path) -> std::io::Result<fs::File> {
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
    path.parent().expect("a kept file lies in a folder")
}

/// Where the record of a service is kept.
pub(in crate::exec) fn record_path(state: &Path, service: &str) -> PathBuf {
    state.join("services").join(service)
}

/// What is there from before an account is made until its password is set.
pub(in crate::exec) fn unfinished_path(state: &Path, account: &str) -> PathBuf {
    state.join("unfinished").join(account)
}

/// Takes a file away, if it is there.
pub(in crate::exec) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(trouble(path, "remove", error)),
        _ => Ok(()),
    }
}

/// What tells whether somebody else wrote a file since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<std::time::SystemTime>,
    length: u64,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file as it is now.
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

fn trouble(path: &Path, verb: &str, error: std::io::Error) -> Fault {
    let fault = Fault::new(
        FaultKind::Unknown,
        format!("cannot {verb} {}: {}", path.display(), reason(&error)),
    );
    let is_forbidden = error.kind() == ErrorKind::PermissionDenied;
    let fault = if is_forbidden {
        fault.hint("run it as root, or as the owner of the file")
    } else {
        fault
    };
    fault.caused_by(error)
}
