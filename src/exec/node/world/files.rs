//! The files that steps write: whether a content with secrets is there, and what changes.

use std::path::PathBuf;

use super::World;
use crate::facts::NodeReader as _;
use crate::fault::{Fault, Result};
use crate::run::{FileDiff, unified_file_diff};
use crate::state::{FileContent, Secret, State, Subject, WantedState};
use crate::step::{Change, Command, Step};

impl World {
    /// Sets the folder of the files that the script names.
    pub fn set_source_folder(&self, folder: Option<PathBuf>) {
        self.vault.borrow_mut().files().set_folder(folder);
    }

    /// Refuses lines of a file that the run writes as a whole, and lines that start alike: what one
    /// of them leaves, the other would change.
    pub(super) fn check_lines(&self, changes: &[Change]) -> Result<()> {
        let staged = self.overlay.states.keys();
        for (change, other) in changes
            .iter()
            .flat_map(|it| staged.clone().map(move |o| (it, o)))
        {
            let is_refused = match (&change.subject, other) {
                (Subject::File(path), Subject::FileLine(other, _))
                | (Subject::FileLine(path, _), Subject::File(other)) => path == other,
                (Subject::FileLine(path, start), Subject::FileLine(other, other_start)) => {
                    let is_alike =
                        start.starts_with(&**other_start) || other_start.starts_with(&**start);
                    path == other && start != other_start && is_alike
                }
                _ => false,
            };
            if is_refused {
                let message = format!(
                    "this run changes {} and {other} in one file",
                    change.subject
                );
                return Err(Fault::refused(message)
                    .hint("write the whole file with `file.ensure`, or give each line a `match` of its own"));
            }
        }
        Ok(())
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
        let is = self.read(subject)?;
        if is == State::Absent {
            return Ok(Some(false));
        }
        let mut vault = self.vault.borrow_mut();
        let is = match staged {
            Some(staged) => vault.content_digest_silently(&staged),
            None => is.digest().map(str::to_owned),
        };
        let wanted = vault.content_digest_silently(content);
        Ok(is.zip(wanted).map(|(is, wanted)| is == wanted))
    }

    /// Whether a file that was read again has that content.
    pub(in crate::exec) fn is_content(&self, is: &State, content: &FileContent) -> Result<bool> {
        let wanted = self.vault.borrow_mut().content_digest(content)?;
        Ok(is.digest() == Some(&*wanted))
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
            let diff = unified_file_diff(&path, before, &self.overlay.states[subject]);
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
