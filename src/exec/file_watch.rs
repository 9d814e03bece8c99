//! Waits until a file is saved, also by an editor that renames a new file over it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::StopFlag;
use crate::data_file;
use crate::fault::{Fault, FaultKind, Result};

/// How long no file must change: an editor writes, renames and sets rights.
const QUIET: Duration = Duration::from_millis(100);

/// How often a requested stop is looked for.
const POLL: Duration = Duration::from_millis(100);

/// Files whose changes are waited for. It watches their folders, since a file that is renamed
/// over another one is not the one that was watched.
pub struct FileWatch {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl FileWatch {
    /// Watches nothing yet.
    pub fn new() -> Result<Self> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(sender);
        Ok(Self {
            watcher: watcher.map_err(|error| cannot("files", &error))?,
            events,
            folders: BTreeSet::new(),
            files: BTreeSet::new(),
        })
    }

    /// Adds a file, and the scripts and data beside it.
    pub fn add_file(&mut self, file: &Path) -> Result<()> {
        // A link, and the file that it leads to.
        let paths = [std::path::absolute(file).ok(), file.canonicalize().ok()];
        for path in paths.into_iter().flatten() {
            if let Some(folder) = path.parent() {
                self.add(folder, RecursiveMode::NonRecursive)?;
            }
            self.files.insert(path);
        }
        Ok(())
    }

    /// Adds the scripts and data in a folder and below it.
    pub fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let folder = folder.canonicalize().map_err(Fault::from_io)?;
        self.add(&folder, RecursiveMode::Recursive)
    }

    fn add(&mut self, folder: &Path, mode: RecursiveMode) -> Result<()> {
        if self.folders.insert(folder.to_owned()) {
            let watched = self.watcher.watch(folder, mode);
            watched.map_err(|error| cannot(&folder.display().to_string(), &error))?;
        }
        Ok(())
    }

    /// Waits until one of them was saved. Returns whether it was: false if a stop is requested.
    pub fn wait(&self, stop: &StopFlag) -> bool {
        while !stop.is_requested() {
            match self.events.recv_timeout(POLL) {
                Ok(event) if self.is_save(&event) => {
                    self.wait_for_quiet();
                    return true;
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        false
    }

    /// Waits until nothing was saved for a moment. Who reads the files does not prolong it.
    fn wait_for_quiet(&self) {
        let mut last_save = Instant::now();
        while last_save.elapsed() < QUIET {
            let event = self.events.recv_timeout(QUIET);
            if event.is_ok_and(|event| self.is_save(&event)) {
                last_save = Instant::now();
            }
        }
    }

    /// Whether the content of a file of interest may be another one. A watcher that lost events
    /// does not know.
    fn is_save(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else {
            return true;
        };
        let is_content = match event.kind {
            EventKind::Modify(ModifyKind::Metadata(_)) | EventKind::Access(_) => false,
            EventKind::Any
            | EventKind::Create(_)
            | EventKind::Modify(_)
            | EventKind::Remove(_)
            | EventKind::Other => true,
        };
        event.need_rescan() || is_content && event.paths.iter().any(|path| self.is_watched(path))
    }

    fn is_watched(&self, path: &Path) -> bool {
        let end = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        end == "rhai"
            || data_file::extensions().any(|known| known == end)
            || self.files.contains(path)
    }
}

fn cannot(what: &str, error: &notify::Error) -> Fault {
    Fault::new(FaultKind::Unknown, format!("cannot watch {what}: {error}"))
}
