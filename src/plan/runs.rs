//! The receipts of live runs: each with a copy of aspera.conf as it was, for
//! its owner's eyes alone. A receipt is there before the first step is taken,
//! so that even a run that was cut off can be taken back.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempPath;

use crate::fault::{Fault, FaultKind, Result, reason};
use crate::run::RunRecord;
use crate::step::Step;

use super::{load, render};

/// The receipts kept about one node.
#[derive(Clone, Debug)]
pub struct Runs {
    folder: PathBuf,
}

/// A kept receipt.
#[derive(Debug)]
pub struct Run {
    /// Its number, from 1.
    pub number: u32,
    /// What was done.
    pub receipt: RunRecord,
    /// When it was written.
    pub when: SystemTime,
}

impl Runs {
    /// The receipts in the state folder of a node.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("runs"),
        }
    }

    /// The numbers of all receipts, oldest first.
    pub fn numbers(&self) -> Result<Vec<u32>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(trouble(&self.folder, &error)),
        };
        let mut numbers: Vec<u32> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                name.to_str()?.strip_suffix(".json")?.parse().ok()
            })
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// One receipt.
    pub fn load(&self, number: u32) -> Result<Run> {
        let path = self.path(number, "json");
        let text = fs::read_to_string(&path).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                Fault::usage(format!("there is no run {number}")).hint("`ascript runs` lists them")
            } else {
                trouble(&path, &error)
            }
        })?;
        let when = fs::metadata(&path).and_then(|metadata| metadata.modified());
        Ok(Run {
            number,
            receipt: load(&text)?,
            when: when.map_err(|error| trouble(&path, &error))?,
        })
    }

    /// Opens a new run: keeps aspera.conf as it is, the receipt as it is
    /// foreseen, and which run it takes back, if it does.
    pub fn begin(&self, conf: &Path, foreseen: &RunRecord, undoes: Option<u32>) -> Result<u32> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|error| trouble(&self.folder, &error))?;
        let number = self.numbers()?.last().copied().unwrap_or_default() + 1;
        let bytes = fs::read(conf).map_err(|error| trouble(conf, &error))?;
        write(&self.path(number, "conf"), &bytes)?;
        let path = self.path(number, "json");
        let receipt = stage(&path, render(foreseen).as_bytes());
        let receipt = receipt.map_err(|error| trouble(&path, &error))?;
        let steps = self.path(number, "foreseen");
        remove(&steps)?;
        // What is done will replace the receipt; what was foreseen stays.
        fs::hard_link(&receipt, &steps)
            .or_else(|_| fs::copy(&receipt, &steps).map(drop))
            .map_err(|error| trouble(&steps, &error))?;
        match undoes {
            Some(other) => write(&self.path(number, "undoes"), other.to_string().as_bytes())?,
            None => remove(&self.path(number, "undoes"))?,
        }
        // With this it is one of the runs.
        name(Ok(receipt), &path)?;
        Ok(number)
    }

    /// Replaces a receipt by what came of the run.
    pub fn end(&self, number: u32, receipt: &RunRecord) -> Result<()> {
        write(&self.path(number, "json"), render(receipt).as_bytes())?;
        if receipt.fault.is_some() {
            // Which step it stopped in is foreseen and not in the receipt.
            return Ok(());
        }
        remove(&self.path(number, "foreseen"))
    }

    /// What a run may have done: the steps of its receipt, and the one it
    /// stopped in, which may have been taken in part.
    pub fn reach(&self, run: &Run) -> Result<Vec<Step>> {
        let mut steps = run.receipt.steps.clone();
        let path = self.path(run.number, "foreseen");
        if run.receipt.fault.is_some() && path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| trouble(&path, &error))?;
            let foreseen = load(&text)?.steps;
            steps.extend(foreseen.into_iter().nth(steps.len()));
        }
        Ok(steps)
    }

    /// aspera.conf as it was before a run.
    pub fn conf(&self, number: u32) -> Result<Vec<u8>> {
        let path = self.path(number, "conf");
        fs::read(&path).map_err(|error| trouble(&path, &error))
    }

    /// The run that did what has this digest and was not taken back. A receipt
    /// that cannot be trusted tells of no run.
    pub fn of(&self, digest: &str) -> Result<Option<u32>> {
        for number in self.numbers()?.into_iter().rev() {
            if self.is_undone(number) || !self.names(number, digest) {
                continue;
            }
            if let Ok(run) = self.load(number)
                && run.receipt.fault.is_none()
                && run.receipt.digest() == digest
            {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether the text of a receipt has a digest in it: far less work than
    /// to understand the text.
    fn names(&self, number: u32, digest: &str) -> bool {
        let text = fs::read(self.path(number, "json")).unwrap_or_default();
        memchr::memmem::rfind(&text, digest.as_bytes()).is_some()
    }

    /// Keeps that a run was taken back. Where it took one back itself, that
    /// one stands again.
    pub fn took_back(&self, number: u32) -> Result<()> {
        let (mut next, mut is_undone) = (Some(number), true);
        while let Some(number) = next {
            let mark = self.path(number, "undone");
            if is_undone {
                write(&mark, b"")?;
            } else {
                remove(&mark)?;
            }
            // A run takes back an earlier one: this comes to an end.
            next = self.undoes(number).filter(|other| *other < number);
            is_undone = !is_undone;
        }
        Ok(())
    }

    /// Whether a run was taken back.
    pub fn is_undone(&self, number: u32) -> bool {
        self.path(number, "undone").exists()
    }

    /// Which run it took back, where it did.
    pub fn undoes(&self, number: u32) -> Option<u32> {
        let text = fs::read_to_string(self.path(number, "undoes")).ok()?;
        text.parse().ok()
    }

    /// The last run that stands: neither taken back nor there to take one
    /// back.
    pub fn last(&self) -> Result<Option<u32>> {
        let stands = |number: &u32| !self.is_undone(*number) && self.undoes(*number).is_none();
        Ok(self.numbers()?.into_iter().rfind(stands))
    }

    /// Where a receipt is kept.
    pub fn receipt_path(&self, number: u32) -> PathBuf {
        self.path(number, "json")
    }

    fn path(&self, number: u32, kind: &str) -> PathBuf {
        self.folder.join(format!("{number}.{kind}"))
    }
}

/// Takes a file away, if it is there.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(trouble(path, &error)),
        _ => Ok(()),
    }
}

/// Old or new, never half.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    name(stage(path, bytes), path)
}

/// Gives staged bytes their name.
fn name(staged: std::io::Result<TempPath>, path: &Path) -> Result<()> {
    staged
        .and_then(|staged| Ok(staged.persist(path)?))
        .map_err(|error| trouble(path, &error))
}

/// Bytes that are safe on the disk beside `path`, and want only the name.
fn stage(path: &Path, bytes: &[u8]) -> std::io::Result<TempPath> {
    let folder = path.parent().expect("a receipt lies in a folder");
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_data()?;
    Ok(file.into_temp_path())
}

fn trouble(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(
        FaultKind::Unknown,
        format!("{}: {}", path.display(), reason(error)),
    )
    .hint("what is kept about a node belongs to whoever ran the live run")
}
