//! A run to undo, and what of it cannot be undone.

use crate::run::RunRecord;
use crate::state::{State, Subject, WantedState};
use crate::step::{Advisory, Change, Level, Step, StepKind};

/// The note of what an undo would leave out for want of a password.
const CANNOT_UNDO: &str = "cannot-undo";

/// The note of what another program changed since the run, which an undo leaves.
pub(super) const CHANGED_SINCE: &str = "changed-since";

/// A live run to undo.
#[derive(Debug)]
pub struct UndoneRun {
    /// Its number.
    pub number: u32,
    /// The steps that it performed, or may have performed in part.
    pub steps: Vec<Step>,
    /// If it undid another run, the steps of that one: they name the passwords of accounts and
    /// users that the undo removed.
    pub originals: Vec<Step>,
    /// The steps of later runs that stand. What they changed is undone too.
    pub later: Vec<Step>,
}

impl UndoneRun {
    /// The state that the original run gave to a subject, with its password.
    pub(super) fn original(&self, subject: &Subject) -> Option<WantedState> {
        let mut changes = self.originals.iter().flat_map(|step| &step.changes);
        let made = changes.find(|change| {
            let is_made = change.before == State::Absent || change.after.credentials().is_some();
            is_made && change.subject == *subject
        });
        made.map(|change| change.after.clone())
    }
}

/// What an undo would leave out, for want of a password or because another program changed it.
pub fn left_out(preview: &RunRecord) -> impl Iterator<Item = &Advisory> {
    let notes = preview.all_advisories();
    notes.filter(|note| [CANNOT_UNDO, CHANGED_SINCE].contains(&&*note.id))
}

/// Whether the former state of a change cannot be restored without a password.
pub(super) fn needs_password(change: &Change) -> bool {
    match (&change.subject, &change.before, &change.after.state) {
        (Subject::ApiUser(_) | Subject::Account(_), _, State::Absent) => true,
        (Subject::RootUser, State::RootUser(before), State::RootUser(after)) => {
            before.enabled && !after.enabled
        }
        _ => false,
    }
}

/// Notes for what stays as the step left it.
pub(super) fn irreversible(step: &Step, run: &UndoneRun) -> Vec<Advisory> {
    let note = |text: String| Advisory::new(Level::Caution, "not-taken-back", text);
    let mut notes = Vec::new();
    if matches!(step.kind, StepKind::Act) {
        let text = format!("what `{}` did cannot be taken back", step.binding);
        notes.push(note(text));
    }
    if matches!(step.kind, StepKind::Manual) {
        notes.push(note("a manual step must be undone by hand".to_owned()));
    }
    for advisory in &step.advisories {
        // The tool was given a value that no reading shows, so there is no change.
        if advisory.id == "unchecked-setting" {
            let subject = advisory.subject.as_ref();
            let what = subject.map_or_else(String::new, |subject| format!(" of {subject}"));
            notes.push(note(format!(
                "the value{what} cannot be taken back: it could not be read before"
            )));
        }
    }
    for change in &step.changes {
        if needs_password(change) {
            notes.extend(without_password(change, run));
        } else if let Some(text) = remainder(change) {
            notes.push(note(text).about(change.subject.clone()));
        }
    }
    notes
}

/// A note unless the original run names the password.
fn without_password(change: &Change, run: &UndoneRun) -> Option<Advisory> {
    if run.original(&change.subject).is_some() {
        return None;
    }
    let what = if let Subject::ApiUser(name) = &change.subject {
        format!("the Node API user {name} cannot be added again")
    } else if let Subject::Account(name) = &change.subject {
        format!("the account {name} cannot be made again")
    } else {
        "the root user cannot be enabled again".to_owned()
    };
    let text = format!("{what} without its password, which is not known");
    let note = Advisory::new(Level::Danger, CANNOT_UNDO, text);
    Some(note.about(change.subject.clone()))
}

/// What an undo leaves of a change that it can undo otherwise.
fn remainder(change: &Change) -> Option<String> {
    Some(
        match (&change.subject, &change.before, &change.after.state) {
            (Subject::Dir(path), State::Absent, _) => {
                format!("the folder {path} stays, since it may hold files")
            }
            (Subject::AuthorizedKey(..), State::AuthorizedKey(was), _) if !was.owner_only => {
                format!("{} stays private to its account", was.file)
            }
            (subject, ..) if subject.is_read_only() => {
                format!("{subject} is not restored: no tool can set it")
            }
            (Subject::Entry(section), State::Present, State::Absent) => {
                format!("comments and unrecognized settings in conf/{section} are not restored")
            }
            _ => return None,
        },
    )
}
