//! The receipts of live runs, each with a copy of aspera.conf from before the
//! run, readable by their owner alone. A receipt is written before the first
//! step, so that an interrupted run can be undone too.
//!
//! Run 7 has these files: `7.json`, the receipt; `7.conf`, the copy; `7.journal`,
//! what was done so far, until the run ends; `7.files`, the former contents of files; `7.undoes`, the number of the run
//! that it undoes; `7.undone`, if it was undone. Version 0.1 wrote `7.foreseen`, the
//! steps of the preview, for a run that failed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::exec::{Folder, InputKind, Lock};
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::run::RunRecord;
use crate::step::Step;

use super::file::{load, render};
use super::journal::{self, Journal};

/// The folder of the receipts in the state folder of a node.
const FOLDER: &str = "runs";

/// How much of a mark is read: more than the digits of a number.
const MAX_MARK: usize = 16;

/// The receipts of one node.
#[derive(Clone, Debug)]
pub struct Runs {
    state: PathBuf,
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
            state: state.to_owned(),
        }
    }

    /// The numbers of all runs, oldest first.
    pub fn numbers(&self) -> Result<Vec<u32>> {
        let Some(folder) = self.folder()? else {
            return Ok(Vec::new());
        };
        let names = folder.names()?.into_iter();
        let mut numbers: Vec<u32> = names
            .filter_map(|name| run_number(name.strip_suffix(".json")?))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads one receipt.
    pub fn load(&self, number: u32) -> Result<Receipt> {
        let missing =
            || Fault::usage(format!("there is no run {number}")).hint("`ascript runs` lists them");
        let name = file_name(number, "json");
        let folder = self.folder()?.ok_or_else(missing)?;
        let file = folder.open_file(&name)?.ok_or_else(missing)?;
        let written = file.metadata().and_then(|metadata| metadata.modified());
        let text = self.read(number, "json")?.ok_or_else(missing)?;
        let mut run = load(&String::from_utf8_lossy(&text))?;
        journal::complete(&mut run, || self.read(number, "journal").ok()?);
        if run.number.is_some_and(|written| written != number) {
            let path = folder.path().join(name);
            let message = format!("{} is the receipt of another run", path.display());
            return Err(Fault::new(FaultKind::Stale, message));
        }
        Ok(Receipt {
            number,
            run,
            written: written.map_err(|error| Fault::new(FaultKind::Unknown, reason(&error)))?,
        })
    }

    /// Starts a run: gives it a number, copies aspera.conf, and writes the receipt in
    /// advance, with a journal. `undoes` is the number of the run that this one undoes.
    ///
    /// Whoever writes receipts holds the lock of the node: this removes the files that others
    /// have not finished.
    pub fn begin(
        &self,
        _: &Lock,
        conf: &[u8],
        foreseen: &mut RunRecord,
        undoes: Option<u32>,
    ) -> Result<(u32, Journal)> {
        let folder = Folder::create(&self.state)?.create_subfolder(FOLDER)?;
        folder.remove_temporary_files()?;
        let last = self.numbers()?.last().copied().unwrap_or_default();
        let number = last.checked_add(1).ok_or_else(|| no_number_left(&folder))?;
        foreseen.number = Some(number);
        folder.write(&file_name(number, "conf"), conf)?;
        match undoes {
            Some(other) => {
                folder.write(&file_name(number, "undoes"), other.to_string().as_bytes())?;
            }
            None => folder.remove(&file_name(number, "undoes"))?,
        }
        let journal = file_name(number, "journal");
        let journal = Journal::create(&folder, &journal, file_name(number, "files"))?;
        // The run exists once its receipt does.
        folder.write(&file_name(number, "json"), render(foreseen).as_bytes())?;
        Ok((number, journal))
    }

    /// Ends a run: replaces its receipt.
    pub fn end(&self, _: &Lock, number: u32, run: &RunRecord) -> Result<()> {
        self.write(number, "json", render(run).as_bytes())?;
        self.remove(number, "journal")
    }

    /// The steps of a receipt that were started; the ones that failed may have
    /// been performed in part.
    pub fn performed_steps(&self, receipt: &Receipt) -> Result<Vec<Step>> {
        let mut steps = receipt.run.started_steps();
        // Receipts of version 0.1 do not have the step that failed.
        if receipt.run.failed.is_empty()
            && receipt.run.fault.is_some()
            && let Some(text) = self.read(receipt.number, "foreseen")?
        {
            let foreseen = load(&String::from_utf8_lossy(&text))?.steps;
            steps.extend(foreseen.into_iter().nth(steps.len()));
        }
        Ok(steps)
    }

    /// aspera.conf as it was before a run.
    pub fn conf(&self, number: u32) -> Result<Vec<u8>> {
        let missing = || {
            let message = format!("the copy of aspera.conf from before run {number} is missing");
            Fault::new(FaultKind::Unknown, message)
        };
        self.read(number, "conf")?.ok_or_else(missing)
    }

    /// The content of that digest, which a run replaced or removed.
    pub fn kept(&self, number: u32, digest: &str) -> Result<Vec<u8>> {
        let missing = || {
            let message = format!("the copy of a file from before run {number} is missing");
            Fault::new(FaultKind::Unknown, message)
        };
        let folder = self.folder()?.ok_or_else(missing)?;
        let kept = folder.subfolder(&file_name(number, "files"))?;
        let kept = kept.ok_or_else(missing)?;
        kept.read(journal::kept_name(digest), InputKind::KEPT)?
            .ok_or_else(missing)
    }

    /// The last run of the plan with that digest that ended well and was not undone.
    /// Skips receipts that cannot be read.
    pub fn find(&self, digest: &str) -> Result<Option<u32>> {
        for number in self.numbers()?.into_iter().rev() {
            if self.is_undone(number) || !self.mentions(number, digest) {
                continue;
            }
            if let Ok(receipt) = self.load(number)
                && receipt.run.fault.is_none()
                && receipt.run.plan.as_deref() == Some(digest)
            {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether a receipt has the digest in its text, which is much faster to
    /// find out than to parse it.
    fn mentions(&self, number: u32, digest: &str) -> bool {
        let text = self.read(number, "json").ok().flatten();
        text.is_some_and(|text| memchr::memmem::rfind(&text, digest.as_bytes()).is_some())
    }

    /// Marks a run as undone. If it had undone another run, that one is in
    /// effect again, and so on.
    pub fn mark_undone(&self, _: &Lock, number: u32) -> Result<()> {
        let (mut next, mut is_undone) = (Some(number), true);
        while let Some(number) = next {
            if is_undone {
                self.write(number, "undone", b"")?;
            } else {
                self.remove(number, "undone")?;
            }
            // A run undoes an earlier one, so the loop ends.
            next = self.undoes(number).filter(|other| *other < number);
            is_undone = !is_undone;
        }
        Ok(())
    }

    /// Whether a run was undone.
    pub fn is_undone(&self, number: u32) -> bool {
        self.mark(number, "undone").is_some()
    }

    /// The number of the run that this one undoes.
    pub fn undoes(&self, number: u32) -> Option<u32> {
        let text = self.mark(number, "undoes")?;
        run_number(std::str::from_utf8(&text).ok()?)
    }

    /// The last run that was not undone and is not an undo itself.
    pub fn last(&self) -> Result<Option<u32>> {
        let stands = |number: &u32| !self.is_undone(*number) && self.undoes(*number).is_none();
        Ok(self.numbers()?.into_iter().rfind(stands))
    }

    /// The file of a receipt.
    pub fn receipt_path(&self, number: u32) -> PathBuf {
        self.state.join(FOLDER).join(file_name(number, "json"))
    }

    fn folder(&self) -> Result<Option<Folder>> {
        match Folder::open(&self.state)? {
            Some(state) => state.subfolder(FOLDER),
            None => Ok(None),
        }
    }

    fn read(&self, number: u32, kind: &str) -> Result<Option<Vec<u8>>> {
        match self.folder()? {
            Some(folder) => folder.read(&file_name(number, kind), limit(kind)),
            None => Ok(None),
        }
    }

    /// The text of a mark; `None` if it does not exist or cannot be read.
    fn mark(&self, number: u32, kind: &str) -> Option<Vec<u8>> {
        let folder = self.folder().ok()??;
        let mark = folder.read_start(&file_name(number, kind), MAX_MARK);
        mark.ok().flatten()
    }

    fn write(&self, number: u32, kind: &str, bytes: &[u8]) -> Result<()> {
        let folder = Folder::create(&self.state)?.create_subfolder(FOLDER)?;
        folder.write(&file_name(number, kind), bytes)
    }

    fn remove(&self, number: u32, kind: &str) -> Result<()> {
        match self.folder()? {
            Some(folder) => folder.remove(&file_name(number, kind)),
            None => Ok(()),
        }
    }
}

fn no_number_left(folder: &Folder) -> Fault {
    let path = folder.path().join(file_name(u32::MAX, "json"));
    Fault::refused("there is no number left for another run").hint(format!(
        "`{}` has the largest one: remove it",
        path.display()
    ))
}

/// How much of a file of a run is read.
fn limit(kind: &str) -> InputKind {
    match kind {
        "conf" => InputKind::CONF,
        _ => InputKind::RECEIPT,
    }
}

/// The name of a file of a run.
fn file_name(number: u32, kind: &str) -> String {
    format!("{number}.{kind}")
}

/// Parses the number of a run as it is written here: from 1, without a sign and
/// without leading zeros.
fn run_number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}
