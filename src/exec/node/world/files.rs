//! The files that steps write: whether a content with secrets is there, and what changes.

use std::path::PathBuf;

use super::World;
use crate::exec::node::file_diff;
use crate::facts::NodeReader as _;
use crate::fault::Result;
use crate::run::FileDiff;
use crate::state::{FileContent, Secret, State, Subject, WantedState};
use crate::step::{Command, Step};

impl World {
    /// Sets the folder of the files that the script names.
    pub fn set_source_folder(&self, folder: Option<PathBuf>) {
        self.vault.borrow_mut().files().set_folder(folder);
    }

    /// Takes note of a content whose digest is not in its state. The license may be in the file.
    pub(super) fn stage_content(&mut self, subject: &Subject, after: &WantedState) {
        if let Subject::File(_) = subject {
            self.base.forget(&Subject::License);
        }
        match after.secret_content() {
            Some(content) => {
                let content = content.clone();
                self.overlay.contents.insert(subject.clone(), content);
            }
            None => {
                self.overlay.contents.remove(subject);
            }
        }
    }

    /// Whether a file has that content, with secrets in it; `None` if their values are not known.
    pub(super) fn has_content(
        &mut self,
        subject: &Subject,
        content: &FileContent,
    ) -> Result<Option<bool>> {
        let staged = self.overlay.contents.get(subject).cloned();
        if staged.as_ref() == Some(content) {
            return Ok(Some(true));
        }
        let is_random = |secret: &Secret| matches!(secret, Secret::Random { .. });
        if content.secrets().any(is_random) {
            return Ok(Some(false));
        }
        let State::File(file) = self.read(subject)? else {
            return Ok(Some(false));
        };
        let mut vault = self.vault.borrow_mut();
        let is = match staged {
            Some(staged) => vault.content_digest_silently(&staged),
            None => file.digest,
        };
        let wanted = vault.content_digest_silently(content);
        Ok(is.zip(wanted).map(|(is, wanted)| is == wanted))
    }

    /// Whether a file that was read again has that content.
    pub(in crate::exec) fn is_content(&self, is: &State, content: &FileContent) -> Result<bool> {
        let wanted = self.vault.borrow_mut().content_digest(content)?;
        Ok(matches!(is, State::File(file) if file.digest == Some(wanted)))
    }

    /// What becomes of the contents of files, with the secrets of the steps hidden.
    pub fn file_diffs<'s>(&self, steps: impl Iterator<Item = &'s Step>) -> Vec<FileDiff> {
        let is_file = |subject: &&Subject| matches!(subject, Subject::File(_));
        let mut subjects: Vec<_> = self.overlay.states.keys().filter(is_file).collect();
        if subjects.is_empty() {
            return Vec::new();
        }
        subjects.sort_unstable();
        let mut vault = self.vault.borrow_mut();
        let commands = steps.flat_map(|step| &step.commands);
        for secret in commands.flat_map(Command::secrets) {
            // One that is not known here cannot be hidden.
            let _ = vault.resolve_silently(secret);
        }
        let mut diffs = Vec::new();
        for subject in subjects {
            let path = subject.leaf();
            let before = self.base.known(subject);
            let diff = file_diff::unified(&path, before, &self.overlay.states[subject]);
            if !diff.is_empty() {
                diffs.push(FileDiff {
                    path: path.into_owned(),
                    diff: vault.scrub_shown(diff),
                });
            }
        }
        diffs
    }
}
