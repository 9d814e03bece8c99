//! Files that steps of a live run write or remove.

use std::path::PathBuf;

use super::{Live, diverged};
use crate::facts::NodeReader as _;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{State, Subject, find_line, sha256};
use crate::step::{Change, Command};
use crate::tools;

impl Live {
    /// Keeps the contents of the files that a step replaces or removes. Refuses a file that
    /// another program changed meanwhile.
    pub(super) fn keep_files(&mut self, changes: &[Change]) -> Result<()> {
        for Change {
            subject, before, ..
        } in changes
        {
            let (Subject::File(path) | Subject::FileLine(path, _)) = subject else {
                continue;
            };
            if *before == State::Absent {
                continue;
            }
            let content = self.world.source().content(path)?;
            let content = content
                .and_then(|content| replaced(subject, content))
                .ok_or_else(|| changed(subject))?;
            let digest = sha256(&content);
            // The digest of a content with a secret, which this run wrote, is not in its state.
            if before.digest().is_some_and(|before| *before != *digest) {
                return Err(changed(subject));
            }
            self.operator.keep(&digest, &content)?;
        }
        Ok(())
    }

    /// Refuses a secret that the file of a service cannot hold.
    pub(super) fn check_variables(&mut self, changes: &[Change]) -> Result<()> {
        for secret in changes.iter().flat_map(tools::service_variables) {
            let properties = self.world.secret_properties(secret);
            if properties.is_some_and(|it| !it.fits_variables) {
                return Err(tools::unfit_variable(secret));
            }
        }
        Ok(())
    }

    /// A command of this program with the path of its file on this machine. The tools of a lab
    /// know their files by the paths of the node.
    fn placed(&self, command: &Command) -> Option<Command> {
        let spawner = self.spawner.borrow();
        let programs = spawner.programs();
        if programs.are_emulated() || !tools::is_file_command(command) {
            return None;
        }
        let path = command.args.last()?.to_string();
        let place = programs.place(self.world.node().platform, &path);
        let mut placed = command.clone();
        placed.args.pop();
        Some(placed.arg(place.to_str()?.to_owned()))
    }

    /// Where a command runs that changes a folder or a file of this machine, and the command
    /// relative to that place. The tools of a lab change none.
    pub(super) fn in_folder(&self, command: &Command) -> Option<(PathBuf, Command)> {
        if let Some(placed) = self.placed(command) {
            return tools::in_folder(&placed);
        }
        let is_emulated = self.spawner.borrow().programs().has(&command.program);
        tools::in_folder(command).filter(|_| !is_emulated)
    }

    /// Reads a subject again, and compares it with its after-state.
    pub(super) fn compare_alone(&mut self, change: &Change) -> Result<()> {
        let Change { subject, after, .. } = change;
        let is = self.world.source().read(subject)?;
        let has_content = match after.secret_content() {
            Some(content) => self.world.is_content(&is, content)?,
            None => true,
        };
        if has_content && after.is_met_by(&is) {
            return Ok(());
        }
        Err(diverged::from_state(subject, &is, after))
    }
}

/// What a step replaces: the file, or a line of it.
pub(super) fn replaced(subject: &Subject, content: Vec<u8>) -> Option<Vec<u8>> {
    let Subject::FileLine(_, start) = subject else {
        return Some(content);
    };
    let text = String::from_utf8(content).ok()?;
    let place = find_line(&text, start)?;
    Some(text[place].as_bytes().to_vec())
}

pub(super) fn changed(subject: &Subject) -> Fault {
    let message = format!("another program changed {subject} since it was read");
    Fault::new(FaultKind::Stale, message).hint("run this again, and review what is different")
}
