//! What a live run writes to a node's state folder, so that the next run can
//! finish it if it is cut off.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::exec::node::storage;
use crate::exec::{Folder, LoadedConf};
use crate::fault::Result;
use crate::state::{State, Subject};
use crate::step::{Change, Step};

/// The state folder of a node.
pub(super) struct StateDir {
    folder: Folder,
    written: BTreeMap<String, LoadedConf>,
    unfinished: Vec<Rc<str>>,
}

impl StateDir {
    pub(super) fn new(folder: &Folder) -> Self {
        Self {
            folder: folder.clone(),
            written: BTreeMap::new(),
            unfinished: Vec::new(),
        }
    }

    /// Records what a service has loaded, unless that is recorded already.
    pub(super) fn write_loaded_conf(&mut self, service: &str, loaded: &LoadedConf) -> Result<()> {
        if self.written.get(service) != Some(loaded) {
            storage::write_loaded_conf(&self.folder, service, &loaded.text())?;
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
                storage::mark_unfinished(&self.folder, name)?;
                self.unfinished.push(Rc::clone(name));
            }
        }
        Ok(())
    }

    /// Removes the marks of a step whose commands have all run.
    pub(super) fn clear_unfinished(&mut self) -> Result<()> {
        let mut unfinished = self.unfinished.drain(..);
        unfinished.try_for_each(|account| storage::clear_unfinished(&self.folder, &account))
    }
}
