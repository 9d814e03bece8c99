//! The contents of files that steps write: beside the script, or kept by an earlier run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::exec::folder::check_file;
use crate::exec::{InputKind, source_file};
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{FileReference, ScriptFile, sha256};

/// Reads what a run replaced: takes the number of the run and the digest of the content.
pub type KeptReader = Box<dyn Fn(u32, &str) -> Result<Vec<u8>>>;

/// Files that a test puts beside the script, by their paths below its folder.
pub type GivenFiles = BTreeMap<String, String>;

/// Where files are read from.
#[derive(Default)]
pub struct FileContents {
    folder: Option<PathBuf>,
    given: GivenFiles,
    kept: Option<KeptReader>,
}

impl FileContents {
    /// Sets the folder of the files that the script names.
    pub fn set_folder(&mut self, folder: Option<PathBuf>) {
        self.folder = folder;
    }

    /// Sets files that are beside the script, whatever is in the folder.
    pub fn give(&mut self, files: GivenFiles) {
        self.given = files;
    }

    /// Sets how the contents of files are read that earlier runs replaced.
    pub fn set_kept(&mut self, reader: KeptReader) {
        self.kept = Some(reader);
    }

    /// The digest of a file beside the script.
    pub(in crate::exec) fn source_digest(&self, path: &str) -> Result<String> {
        Ok(sha256(&self.beside_script(InputKind::SOURCE, path)?))
    }

    /// The bytes of a file of data beside the script.
    pub(in crate::exec) fn data(&self, path: &str) -> Result<Vec<u8>> {
        self.beside_script(InputKind::DATA, path)
    }

    fn beside_script(&self, kind: InputKind, path: &str) -> Result<Vec<u8>> {
        let Some(text) = self.given.get(path) else {
            return source_file::read(kind, self.folder.as_deref(), path);
        };
        Ok(text.as_bytes().to_vec())
    }

    /// As root, refuses a file of data that another user can change.
    pub fn check_data(&self, file: &ScriptFile) -> Result<()> {
        let folder = self.folder.as_ref();
        folder.map_or(Ok(()), |folder| check_file(&folder.join(&file.source)))
    }

    /// Refuses a file that is another one now; as root, also one that another user can change.
    pub fn check(&self, file: &FileReference) -> Result<()> {
        self.read(file)?;
        match (file, &self.folder) {
            (FileReference::Source(file), Some(folder)) => check_file(&folder.join(&file.source)),
            _ => Ok(()),
        }
    }

    /// The bytes of a file, which must have their digest.
    pub fn read(&self, file: &FileReference) -> Result<Vec<u8>> {
        let bytes = match file {
            FileReference::Source(file) => self
                .beside_script(InputKind::SOURCE, &file.source)
                .map_err(|fault| fault.with_kind(FaultKind::Stale))?,
            FileReference::Kept(file) => {
                let read = self.kept.as_ref().ok_or_else(|| {
                    let message = format!("there is no copy of run {} here", file.kept);
                    Fault::new(FaultKind::Unknown, message)
                })?;
                read(file.kept, &file.digest)?
            }
        };
        if sha256(&bytes) == file.digest() {
            return Ok(bytes);
        }
        let fault = Fault::new(FaultKind::Stale, format!("{file} is another one now"));
        Err(fault.hint("plan again, and review that"))
    }
}
