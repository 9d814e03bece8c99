//! aspera.conf during a live run: whether another program writes to it, and
//! whether the vendor's validator has accepted it as it is.

use std::path::{Path, PathBuf};

use super::conf_edit::{described, listed};
use super::foreign_edits::{kept, stale};
use super::planned_conf::{PlannedConf, is_start_of};
use super::version_watch::VersionWatch;
use crate::conf::{ConfDifference, Document};
use crate::exec::{self, FileStamp, World};
use crate::fault::Result;
use crate::step::{Advisory, Change, Step};

/// The stamps of aspera.conf that a live run compares.
pub struct ConfWatch {
    path: PathBuf,
    /// When it was last read.
    read: Option<FileStamp>,
    /// When the validator accepted it.
    validated: Option<FileStamp>,
    planned: PlannedConf,
    /// What it contained while the commands of a step ran.
    versions: Vec<Vec<u8>>,
}

/// What another program changed.
struct ForeignEdit {
    /// What the run sets, or starts from.
    touched: Vec<String>,
    others: Vec<String>,
}

impl ConfWatch {
    /// Watches aspera.conf of the node in `folder`, which has not been read yet.
    pub fn new(folder: &Path) -> Self {
        let path = exec::conf_path(folder);
        Self {
            read: FileStamp::of(&path),
            path,
            validated: None,
            planned: PlannedConf::default(),
            versions: Vec::new(),
        }
    }

    /// Sets what no other program may change: what these steps of a preview set.
    pub fn plan(&mut self, steps: &[Step]) {
        self.planned = PlannedConf::of(steps);
    }

    /// Reads the file again if another program wrote to it, so that `world` has it as it is.
    /// Refuses if that program changed what the run sets or what these changes start from, and
    /// else returns a note on what it changed.
    pub fn check(&mut self, world: &mut World, changes: &[Change]) -> Result<Option<Advisory>> {
        let stamp = self.stamp();
        if stamp == self.read {
            return Ok(None);
        }
        let planned = &self.planned;
        let edit = world.reread_conf_of_others(|was, is| {
            ForeignEdit::between(was, is, |difference| {
                planned.is_touched(difference, is) || is_start_of(changes, difference)
            })
        })?;
        self.read = stamp;
        match edit {
            Some(edit) if !edit.touched.is_empty() => Err(stale(&edit.touched)),
            Some(edit) => Ok(Some(edit.note())),
            None => Ok(None),
        }
    }

    /// Whether nobody has written to the file since it was last read.
    pub(super) fn is_unchanged(&self) -> bool {
        self.stamp() == self.read
    }

    /// Notes that the file was read after this run's own change, with that stamp before the
    /// reading.
    pub(super) fn note_read(&mut self, stamp: Option<FileStamp>) {
        self.read = stamp;
    }

    /// Whether the validator has accepted these very bytes.
    pub(super) fn is_validated(&self) -> bool {
        self.validated.is_some() && self.validated == self.stamp()
    }

    /// Notes that the validator has accepted the file as it is.
    pub(super) fn note_validation(&mut self) {
        self.validated = self.stamp();
    }

    /// Forgets that the validator has accepted the file.
    pub(super) fn forget_validation(&mut self) {
        self.validated = None;
    }

    /// What the run sets.
    pub(super) fn planned(&self) -> &PlannedConf {
        &self.planned
    }

    /// Starts to keep what the file contains.
    pub(super) fn watch_versions(&self) -> Option<VersionWatch> {
        VersionWatch::start(&self.path)
    }

    /// Keeps what the file contained while the commands of a step ran.
    pub(super) fn keep_versions(&mut self, versions: Vec<Vec<u8>>) {
        self.versions = versions;
    }

    /// What the file contained while the commands of a step ran.
    pub(super) fn take_versions(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.versions)
    }

    /// The stamp of the file now.
    pub(super) fn stamp(&self) -> Option<FileStamp> {
        FileStamp::of(&self.path)
    }
}

impl ForeignEdit {
    fn between(
        was: &Document,
        is: &Document,
        is_touched: impl Fn(&ConfDifference) -> bool,
    ) -> Self {
        let (touched, others): (Vec<_>, Vec<_>) =
            was.differences(is).into_iter().partition(is_touched);
        let words = |all: Vec<_>| all.iter().map(|one| described(one, was, is)).collect();
        Self {
            touched: words(touched),
            others: words(others),
        }
    }

    fn note(&self) -> Advisory {
        let what = match &*self.others {
            [] => "comments or the layout".to_owned(),
            others => listed(others),
        };
        kept(&what)
    }
}
