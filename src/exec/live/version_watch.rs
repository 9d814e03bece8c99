//! Looks at aspera.conf while a tool edits it. The tool reads the file, edits it and writes the
//! whole of it: what another program writes in between is there for a moment only.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::exec::FileStamp;
use crate::exec::node::storage;

/// The time between two looks at the stamp, which takes a microsecond.
const INTERVAL: Duration = Duration::from_millis(1);

/// How many bytes of versions are kept: three of a file with 100,000 users.
const MAX_BYTES: usize = 256 << 20;

/// A content that the file had for a while.
struct ConfVersion {
    stamp: FileStamp,
    bytes: Vec<u8>,
}

/// A thread that keeps each content that it sees.
pub(super) struct VersionWatch {
    path: PathBuf,
    is_ended: Arc<AtomicBool>,
    thread: JoinHandle<Vec<ConfVersion>>,
}

impl VersionWatch {
    /// Watches the file, whose present content is known. Without a thread to spare, nothing is
    /// seen.
    pub(super) fn start(path: &Path) -> Option<Self> {
        let known = FileStamp::of(path);
        let is_ended = Arc::new(AtomicBool::new(false));
        let thread = thread::Builder::new().spawn({
            let (path, is_ended) = (path.to_owned(), Arc::clone(&is_ended));
            move || watch(&path, known, &is_ended)
        });
        Some(Self {
            path: path.to_owned(),
            is_ended,
            thread: thread.ok()?,
        })
    }

    /// Ends the watch. Returns what the file contained meanwhile and no longer contains.
    pub(super) fn end(self) -> Vec<Vec<u8>> {
        self.is_ended.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let versions = self.thread.join().unwrap_or_default();
        let now = FileStamp::of(&self.path);
        let former = versions
            .into_iter()
            .filter(|version| Some(version.stamp) != now);
        former.map(|version| version.bytes).collect()
    }
}

fn watch(path: &Path, mut known: Option<FileStamp>, is_ended: &AtomicBool) -> Vec<ConfVersion> {
    let (mut versions, mut kept) = (Vec::new(), 0);
    while !is_ended.load(Ordering::Acquire) {
        let stamp = FileStamp::of(path);
        if let Some(stamp) = stamp.filter(|_| stamp != known && kept < MAX_BYTES)
            && let Ok(Some(bytes)) = storage::read(path)
            // Else it was written while it was read.
            && FileStamp::of(path) == Some(stamp)
        {
            kept += bytes.len();
            known = Some(stamp);
            versions.push(ConfVersion { stamp, bytes });
        }
        thread::park_timeout(INTERVAL);
    }
    versions
}
