//! aspera.conf during a live run: whether another program writes to it, and
//! whether the vendor's validator has accepted it as it is.

use std::path::{Path, PathBuf};

use crate::conf::Document;
use crate::exec::node::conf_states;
use crate::exec::{FileStamp, InstalledNode, StateSource};
use crate::fault::{Fault, FaultKind, Result};
use crate::step::Change;

/// The stamps of aspera.conf that a live run compares.
pub(super) struct ConfWatch {
    path: PathBuf,
    /// When it was last read.
    read: Option<FileStamp>,
    /// When the validator accepted it.
    validated: Option<FileStamp>,
    is_shared: bool,
}

impl ConfWatch {
    /// Watches aspera.conf of the node in `folder`, which was read with `stamp`.
    pub(super) fn new(folder: &Path, stamp: Option<FileStamp>) -> Self {
        Self {
            path: InstalledNode::conf_path(folder),
            read: stamp,
            validated: None,
            is_shared: false,
        }
    }

    /// Refuses changes whose before-states another program changed. The file is
    /// read again only after another program wrote to it, and then before every
    /// step: that program may have changed what a later step needs. Returns the
    /// file if it was read.
    pub(super) fn check_unchanged(
        &mut self,
        source: &mut dyn StateSource,
        changes: &[Change],
    ) -> Result<Option<Document>> {
        let mut changes = changes.iter().filter(|change| change.subject.is_conf());
        let Some(first) = changes.next() else {
            return Ok(None);
        };
        self.is_shared |= self.stamp() != self.read;
        if !self.is_shared {
            return Ok(None);
        }
        let document = source.conf()?;
        let is_changed =
            |change: &&Change| conf_states::state(&document, &change.subject) != change.before;
        match std::iter::once(first).chain(changes).find(is_changed) {
            None => Ok(Some(document)),
            Some(change) => Err(Fault::new(
                FaultKind::Stale,
                format!(
                    "{} was changed by another program during this run",
                    change.subject
                ),
            )
            .hint("run this again")),
        }
    }

    /// Notes that the file was read after this run's own change.
    pub(super) fn note_read(&mut self) {
        self.read = self.stamp();
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

    fn stamp(&self) -> Option<FileStamp> {
        FileStamp::of(&self.path)
    }
}
