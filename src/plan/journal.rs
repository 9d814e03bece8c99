//! What a live run has done so far, one JSON line for each event, beside the receipt that was
//! written before the first step. If the run is killed, both together say what was done.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::exec::Folder;
use crate::fault::{Fault, FaultKind, Result, reason};
use crate::run::{DocumentKind, FailedStep, RunRecord};
use crate::step::{Advisory, Step};

/// The journal of a run that is in progress.
pub struct Journal {
    path: PathBuf,
    file: File,
    folder: Folder,
    /// The name of the folder of replaced files.
    kept: String,
}

/// A line of a journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Event {
    /// A step begins.
    Started(Box<Step>),
    /// The step was completed.
    Done,
    /// The step was not completed.
    Failed(Box<Fault>),
    /// A note of the run.
    Noted(Box<Advisory>),
}

impl Journal {
    /// Creates an empty journal in a folder.
    pub(super) fn create(folder: &Folder, name: &str, kept: String) -> Result<Self> {
        folder.remove(name)?;
        Ok(Self {
            path: folder.path().join(name),
            file: folder.open_private(name)?,
            folder: folder.clone(),
            kept,
        })
    }

    /// Records that a step begins. The record is on the disk before the step is performed:
    /// after a power failure, `undo` must know of it.
    pub fn starts(&mut self, step: &Step) -> Result<()> {
        self.write(&[Event::Started(step.clone().into())])?;
        let synced = self.file.sync_data();
        synced.map_err(|error| self.unwritable(&error))
    }

    /// Records how the step ended that was started last.
    pub fn ended(&mut self, fault: Option<&Fault>) -> Result<()> {
        self.write(&[match fault {
            None => Event::Done,
            Some(fault) => Event::Failed(fault.clone().into()),
        }])
    }

    /// Keeps the content of a file that a step replaces or removes.
    pub fn keep(&mut self, digest: &str, content: &[u8]) -> Result<()> {
        let folder = self.folder.create_subfolder(&self.kept)?;
        folder.write(kept_name(digest), content)?;
        folder.sync()
    }

    /// Records what the run noticed.
    pub fn noted(&mut self, note: &Advisory) -> Result<()> {
        self.write(&[Event::Noted(note.clone().into())])
    }

    /// Records a step with nothing to perform.
    pub fn settled(&mut self, step: &Step) -> Result<()> {
        self.write(&[Event::Started(step.clone().into()), Event::Done])
    }

    // One write for each call: a line is there in full or is the last one.
    fn write(&mut self, events: &[Event]) -> Result<()> {
        let mut text = String::new();
        for event in events {
            text.push_str(&serde_json::to_string(event).expect("every key is a text"));
            text.push('\n');
        }
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &std::io::Error) -> Fault {
        let message = format!("cannot write {}: {}", self.path.display(), reason(error));
        Fault::new(FaultKind::Unknown, message)
    }
}

/// The name of the file with the content of that digest.
pub(super) fn kept_name(digest: &str) -> &str {
    digest.trim_start_matches("sha256:")
}

/// Completes a receipt with its journal, which `read` reads, if it is the one of a run
/// that was cut off.
pub fn complete(receipt: &mut RunRecord, read: impl FnOnce() -> Option<Vec<u8>>) {
    let Some(journal) = is_begun(receipt).then(read).flatten() else {
        return;
    };
    let mut started = None;
    // The last line of a run that was killed may be torn.
    for event in journal
        .split(|byte| *byte == b'\n')
        .map_while(|line| serde_json::from_slice(line).ok())
    {
        match (event, started.take()) {
            (Event::Started(step), _) => started = Some(step),
            (Event::Noted(note), step) => {
                receipt.advise(*note);
                started = step;
            }
            (Event::Done, Some(step)) => receipt.steps.push(*step),
            (Event::Failed(fault), Some(step)) => add_failed(receipt, *step, *fault),
            (Event::Done | Event::Failed(_), None) => {}
        }
    }
    if let Some(step) = started {
        let fault = Fault::new(FaultKind::Stopped, "the run was cut off in this step");
        add_failed(receipt, *step, fault);
    }
    let reached = receipt.steps.len() + receipt.failed.len();
    receipt
        .not_reached
        .drain(..reached.min(receipt.not_reached.len()));
}

/// Whether a receipt is one that was written before the first step.
fn is_begun(receipt: &RunRecord) -> bool {
    receipt.kind == DocumentKind::Receipt
        && receipt.steps.is_empty()
        && receipt.failed.is_empty()
        && !receipt.not_reached.is_empty()
}

fn add_failed(receipt: &mut RunRecord, step: Step, fault: Fault) {
    let number = receipt.steps.len() + receipt.failed.len() + 1;
    receipt.failed.push(FailedStep {
        number,
        step,
        fault,
    });
}

#[cfg(test)]
mod tests {
    use crate::exec::InputKind;
    use crate::state::{Node, NodeSource, Platform};
    use crate::step::StepKind;

    use super::*;

    fn step(name: &'static str) -> Step {
        Step {
            binding: name.into(),
            ..Step::empty(StepKind::Act)
        }
    }

    fn begun() -> RunRecord {
        let mut run = RunRecord::new(Node {
            name: "n".into(),
            platform: Platform::Linux,
            source: NodeSource::Folder,
            services: None,
        });
        run.kind = DocumentKind::Receipt;
        run.not_reached = ["one", "two", "three"].map(step).into();
        run
    }

    #[test]
    fn a_journal_cut_anywhere_accounts_for_each_step_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().canonicalize().unwrap().join("runs")).unwrap();
        let mut journal = Journal::create(&folder, "1.journal", "1.files".to_owned()).unwrap();
        journal.starts(&step("one")).unwrap();
        journal.ended(None).unwrap();
        journal.starts(&step("two")).unwrap();
        journal.ended(Some(&Fault::refused("no"))).unwrap();
        let text = folder
            .read("1.journal", InputKind::RECEIPT)
            .unwrap()
            .unwrap();
        let mut outcomes = Vec::new();
        for length in 0..=text.len() {
            let mut run = begun();
            complete(&mut run, || Some(text[..length].to_owned()));
            outcomes.push((run.steps.len(), run.failed.len(), run.not_reached.len()));
        }
        outcomes.dedup();
        assert_eq!(outcomes, [(0, 0, 3), (0, 1, 2), (1, 0, 2), (1, 1, 1)]);
    }
}
