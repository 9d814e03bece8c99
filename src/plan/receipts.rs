//! The receipts of live runs, each with a copy of aspera.conf from before the
//! run, readable by their owner alone. A receipt is written before the first
//! step, so that an interrupted run can be undone too.
//!
//! Run 7 has these files: `7.json`, the receipt; `7.conf`, the copy; `7.foreseen`,
//! the receipt as it was before the first step, unless all steps were performed;
//! `7.undoes`, the number of the run that it undoes; `7.undone`, if it was undone.

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;
use tempfile::TempPath;

use crate::fault::{Fault, FaultKind, Result, reason};
use crate::run::RunRecord;
use crate::step::Step;

use super::{load, render};

/// The receipts of one node.
#[derive(Clone, Debug)]
pub struct Runs {
    folder: PathBuf,
}

/// The receipt of a live run.
#[derive(Debug)]
pub struct Receipt {
    /// The number of the run, from 1.
    pub number: u32,
    /// The run.
    pub run: RunRecord,
    /// When the receipt was written.
    pub written: SystemTime,
}

impl Runs {
    /// The receipts in the state folder of a node.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("runs"),
        }
    }

    /// The numbers of all runs, oldest first.
    pub fn numbers(&self) -> Result<Vec<u32>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(trouble(error)),
        };
        let mut numbers: Vec<u32> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                run_number(name.to_str()?.strip_suffix(".json")?)
            })
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads one receipt.
    pub fn load(&self, number: u32) -> Result<Receipt> {
        let path = self.receipt_path(number);
        let text = fs::read_to_string(&path).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                Fault::usage(format!("there is no run {number}")).hint("`ascript runs` lists them")
            } else {
                trouble(error)
            }
        })?;
        let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let run = load(&text)?;
        if run.number.is_some_and(|written| written != number) {
            let message = format!("{} is the receipt of another run", path.display());
            return Err(Fault::new(FaultKind::Stale, message));
        }
        Ok(Receipt {
            number,
            run,
            written: written.map_err(trouble)?,
        })
    }

    /// Starts a run: gives it a number, copies aspera.conf, and writes the receipt in
    /// advance. `undoes` is the number of the run that this one undoes.
    pub fn begin(&self, conf: &Path, foreseen: &mut RunRecord, undoes: Option<u32>) -> Result<u32> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        let created = builder.create(&self.folder);
        created.map_err(|error| cannot("create directory", &self.folder, error))?;
        let number = self.numbers()?.last().copied().unwrap_or_default() + 1;
        foreseen.number = Some(number);
        let bytes = fs::read(conf).map_err(trouble)?;
        write(&self.path(number, "conf"), &bytes)?;
        let path = self.receipt_path(number);
        let receipt = stage(&path, render(foreseen).as_bytes())?;
        let foreseen = self.path(number, "foreseen");
        remove(&foreseen)?;
        // The end of the run replaces the receipt, but not this link to it.
        fs::hard_link(&receipt, &foreseen)
            .or_else(|_| fs::copy(&receipt, &foreseen).map(drop))
            .map_err(trouble)?;
        match undoes {
            Some(other) => write(&self.path(number, "undoes"), other.to_string().as_bytes())?,
            None => remove(&self.path(number, "undoes"))?,
        }
        // The run exists once its receipt does.
        persist(receipt, &path)?;
        Ok(number)
    }

    /// Ends a run: replaces its receipt.
    pub fn end(&self, number: u32, run: &RunRecord) -> Result<()> {
        write(&self.receipt_path(number), render(run).as_bytes())?;
        if run.fault.is_some() {
            // Only the foreseen steps have the one in which the run stopped.
            return Ok(());
        }
        remove(&self.path(number, "foreseen"))
    }

    /// The steps of a receipt that were started; the ones that failed may have
    /// been performed in part.
    pub fn performed_steps(&self, receipt: &Receipt) -> Result<Vec<Step>> {
        let mut steps = receipt.run.started_steps();
        let path = self.path(receipt.number, "foreseen");
        // Receipts of version 0.1 do not have the step that failed.
        if receipt.run.failed.is_empty() && receipt.run.fault.is_some() && path.exists() {
            let text = fs::read_to_string(&path).map_err(trouble)?;
            let foreseen = load(&text)?.steps;
            steps.extend(foreseen.into_iter().nth(steps.len()));
        }
        Ok(steps)
    }

    /// aspera.conf as it was before a run.
    pub fn conf(&self, number: u32) -> Result<Vec<u8>> {
        fs::read(self.path(number, "conf")).map_err(trouble)
    }

    /// The last run with that digest that ended well and was not undone. Skips
    /// receipts that cannot be read.
    pub fn find(&self, digest: &str) -> Result<Option<u32>> {
        for number in self.numbers()?.into_iter().rev() {
            if self.is_undone(number) || !self.mentions(number, digest) {
                continue;
            }
            if let Ok(receipt) = self.load(number)
                && receipt.run.fault.is_none()
                && receipt.run.digest() == digest
            {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether a receipt has the digest in its text, which is much faster to
    /// find out than to parse it.
    fn mentions(&self, number: u32, digest: &str) -> bool {
        let text = fs::read(self.receipt_path(number)).unwrap_or_default();
        memchr::memmem::rfind(&text, digest.as_bytes()).is_some()
    }

    /// Marks a run as undone. If it had undone another run, that one is in
    /// effect again, and so on.
    pub fn mark_undone(&self, number: u32) -> Result<()> {
        let (mut next, mut is_undone) = (Some(number), true);
        while let Some(number) = next {
            let mark = self.path(number, "undone");
            if is_undone {
                write(&mark, b"")?;
            } else {
                remove(&mark)?;
            }
            // A run undoes an earlier one, so the loop ends.
            next = self.undoes(number).filter(|other| *other < number);
            is_undone = !is_undone;
        }
        Ok(())
    }

    /// Whether a run was undone.
    pub fn is_undone(&self, number: u32) -> bool {
        self.path(number, "undone").exists()
    }

    /// The number of the run that this one undoes.
    pub fn undoes(&self, number: u32) -> Option<u32> {
        let text = fs::read_to_string(self.path(number, "undoes")).ok()?;
        run_number(&text)
    }

    /// The last run that was not undone and is not an undo itself.
    pub fn last(&self) -> Result<Option<u32>> {
        let stands = |number: &u32| !self.is_undone(*number) && self.undoes(*number).is_none();
        Ok(self.numbers()?.into_iter().rfind(stands))
    }

    /// The file of a receipt.
    pub fn receipt_path(&self, number: u32) -> PathBuf {
        self.path(number, "json")
    }

    fn path(&self, number: u32, kind: &str) -> PathBuf {
        self.folder.join(format!("{number}.{kind}"))
    }
}

/// Parses the number of a run as it is written here: from 1, without a sign and
/// without leading zeros.
fn run_number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

/// Removes a file, if it exists.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(trouble(error)),
        _ => Ok(()),
    }
}

/// Replaces a file atomically.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    persist(stage(path, bytes)?, path)
}

/// Writes a temporary file beside `path`, synced to the disk.
fn stage(path: &Path, bytes: &[u8]) -> Result<TempPath> {
    let folder = path.parent().expect("a receipt is in a folder");
    let staged = || {
        let mut file = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o600))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_data()?;
        Ok(file.into_temp_path())
    };
    staged().map_err(|error| cannot("write to file", path, error))
}

/// Gives a temporary file its name.
fn persist(staged: TempPath, path: &Path) -> Result<()> {
    staged
        .persist(path)
        .map_err(|error| cannot("write to file", path, error.error))
}

fn cannot(what: &str, path: &Path, error: std::io::Error) -> Fault {
    let message = format!("failed to {what} `{}`: {}", path.display(), reason(&error));
    not_the_owner(message).caused_by(error)
}

/// A fault of `fs_err`, which names the file.
fn trouble(error: std::io::Error) -> Fault {
    not_the_owner(reason(&error)).caused_by(error)
}

fn not_the_owner(message: String) -> Fault {
    Fault::new(FaultKind::Unknown, message).hint("run this as the user who did the live run")
}
