//! What bindings may know of the contents of files, and of values with secrets in them.

use super::Facts;
use crate::fault::Result;
use crate::state::{FileContent, ScriptFile, Subject, WantedState, sha256};

impl Facts<'_> {
    /// Whether a file has that content, with secrets in it; `None` if their values are not known.
    pub fn compare_content(
        &mut self,
        subject: &Subject,
        content: &FileContent,
    ) -> Result<Option<bool>> {
        self.reader.compare_content(subject, content)
    }

    /// Whether a step of the run wrote that subject.
    pub fn is_staged(&self, subject: &Subject) -> bool {
        self.reader.is_staged(subject)
    }

    /// The digest of a file beside the script.
    pub fn source_digest(&mut self, path: &str) -> Result<String> {
        self.reader.source_digest(path)
    }

    /// The bytes of a file of data beside the script, which the plan names with its digest.
    pub fn data(&mut self, path: &str) -> Result<Vec<u8>> {
        let bytes = self.reader.data(path)?;
        self.recorder.use_data(ScriptFile {
            source: path.to_owned(),
            digest: sha256(&bytes),
        })?;
        Ok(bytes)
    }

    /// Whether a setting or a file has the value with secrets in it that is wanted; `None` if these
    /// are not known.
    pub(super) fn compare_wanted(
        &mut self,
        subject: &Subject,
        wanted: &WantedState,
    ) -> Result<Option<bool>> {
        match (wanted.setting_secret(), wanted.secret_content()) {
            (Some(secret), _) => self.reader.compare(subject, secret),
            (None, Some(content)) => self.reader.compare_content(subject, content),
            (None, None) => Ok(None),
        }
    }
}
