//! What a live run writes to a node's state folder, so that the next run can
//! finish it if it is cut off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::exec::LoadedConf;
use crate::exec::node::storage;
use crate::fault::Result;
use crate::state::{State, Subject};
use crate::step::{Change, Step};

/// The state folder of a node.
pub(super) struct StateDir {
    path: PathBuf,
    written: BTreeMap<String, LoadedConf>,
    unfinished: Vec<PathBuf>,
}

impl StateDir {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            written: BTreeMap::new(),
            unfinished: Vec::new(),
        }
    }

    /// Records what a service has loaded, unless that is recorded already.
    pub(super) fn write_loaded_conf(&mut self, service: &str, loaded: &LoadedConf) -> Result<()> {
        if self.written.get(service) != Some(loaded) {
            storage::write_loaded_conf(&self.path, service, loaded.text())?;
            self.written.insert(service.to_owned(), loaded.clone());
        }
        Ok(())
    }

    /// Marks accounts whose password is set by a separate command: no reading
    /// shows whether that command ran.
    pub(super) fn mark_unfinished(&mut self, step: &Step) -> Result<()> {
        self.unfinished.clear();
        let is_new = |change: &Change| change.before == State::Absent;
        let is_one_command = step.commands.len() == 1 && step.changes.iter().all(is_new);
        if is_one_command {
            return Ok(());
        }
        for change in &step.changes {
            if let Subject::Account(name) = &change.subject
                && change.after.password().is_some()
            {
                let path = storage::unfinished_path(&self.path, name);
                storage::create_marker(&path)?;
                self.unfinished.push(path);
            }
        }
        Ok(())
    }

    /// Removes the marks of a step whose commands have all run.
    pub(super) fn clear_unfinished(&mut self) -> Result<()> {
        let mut unfinished = self.unfinished.drain(..);
        unfinished.try_for_each(|path| storage::remove(&path))
    }
}
