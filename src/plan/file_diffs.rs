//! The diffs of files that a plan shows its reader, beside those of its own steps on the node.

use crate::fault::{Fault, FaultKind, Result};
use crate::run::{FileDiff, RunRecord, unified_file_diff};
use crate::state::{FileState, State, Subject};
use crate::step::Change;

/// How many lines of a diff name the files.
pub(super) const NAMES: usize = 2;

/// How a secret that is hidden starts.
const HIDDEN: char = '‹';

/// Refuses a plan whose diffs show other contents of files than its steps write: a reader sees the
/// content nowhere else. `preview` is the same plan, performed without changing the node.
pub fn check_file_diffs(plan: &RunRecord, preview: &RunRecord) -> Result<()> {
    let (mut shown, mut made) = (plan.file_diffs.iter(), preview.file_diffs.iter());
    loop {
        match (shown.next(), made.next()) {
            (None, None) => return Ok(()),
            (Some(shown), Some(made))
                if shown.path == made.path
                    && (shows_the_same(&shown.diff, &made.diff) || shows_whole(shown, plan)) => {}
            (Some(other), _) | (None, Some(other)) => return Err(not_shown(&other.path)),
        }
    }
}

/// Whether two diffs are equal. Lines that were in the file before may differ in the secrets that
/// are hidden in them: not all of these are known everywhere.
pub(super) fn shows_the_same(shown: &str, made: &str) -> bool {
    let is_same = |(number, (shown, made)): (usize, (&str, &str))| {
        let is_former = number >= NAMES && shown.starts_with([' ', '-']);
        let has_hidden = shown.contains(HIDDEN) || made.contains(HIDDEN);
        shown == made || (is_former && has_hidden && shown.get(..1) == made.get(..1))
    };
    let lines = |diff: &str| diff.split('\n').count();
    let pairs = shown.split('\n').zip(made.split('\n'));
    lines(shown) == lines(made) && pairs.enumerate().all(is_same)
}

/// Whether a diff made where the former content was not known, as on a snapshot, shows the whole
/// new one.
fn shows_whole(shown: &FileDiff, plan: &RunRecord) -> bool {
    let before = FileState {
        digest: None,
        ..FileState::fresh()
    };
    let before = State::File(before.into());
    let after = final_state(plan, &shown.path);
    after.is_some_and(|after| shown.diff == unified_file_diff(&shown.path, &before, after))
}

/// The state of a file after all steps.
fn final_state<'p>(plan: &'p RunRecord, path: &str) -> Option<&'p State> {
    let mut changes = plan.steps.iter().flat_map(|step| &step.changes);
    let is_of_file = |change: &&Change| {
        matches!(change.subject, Subject::File(_)) && change.subject.leaf() == path
    };
    changes.rfind(is_of_file).map(|change| &change.after.state)
}

fn not_shown(path: &str) -> Fault {
    let message = format!(
        "the plan shows another content of `{}` than its steps write",
        path.escape_debug()
    );
    Fault::new(FaultKind::Stale, message).hint(
        "the plan was edited, or another version of ascript made it: plan again, and review that",
    )
}
