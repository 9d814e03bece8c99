//! A run to undo, and what of it cannot be undone.

use crate::run::RunRecord;
use crate::state::{State, Subject, WantedState};
use crate::step::{Advisory, Change, FOLDER_CREATED, Level, Step, StepKind};

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
    /// The state that the original run gave to a subject at last, with its password.
    pub(super) fn original(&self, subject: &Subject) -> Option<WantedState> {
        let changes = self.originals.iter().flat_map(|step| &step.changes);
        let mut changes = changes.rev();
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
        (
            Subject::ApiUser(_)
            | Subject::Account(_)
            | Subject::AccessKey(_)
            | Subject::AccessKeySecret(_),
            _,
            State::Absent,
        ) => true,
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
        if advisory.id == FOLDER_CREATED
            && let Some(folder) = &advisory.subject
        {
            let text = format!(
                "the folder {} stays, since it may hold files",
                folder.leaf()
            );
            notes.push(note(text).about(folder.clone()));
        }
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
        if is_of_new_key(change, run) {
            continue;
        }
        if needs_password(change) {
            notes.extend(without_password(change, run));
        } else if let Some(text) = remainder(change) {
            notes.push(note(text).about(change.subject.clone()));
        }
    }
    notes
}

/// Whether it changes an access key that the same run created, which the undo deletes.
fn is_of_new_key(change: &Change, run: &UndoneRun) -> bool {
    let Some(id) = change.subject.access_key() else {
        return false;
    };
    let mut changes = run.steps.iter().flat_map(|step| &step.changes);
    change.before != State::Absent
        && changes
            .any(|other| other.subject.access_key() == Some(id) && other.before == State::Absent)
}

/// A note unless the original run names the password.
fn without_password(change: &Change, run: &UndoneRun) -> Option<Advisory> {
    if run.original(&change.subject).is_some() {
        return None;
    }
    if let Subject::AccessKeySecret(_) = &change.subject {
        return None;
    }
    let what = if let Subject::ApiUser(name) = &change.subject {
        format!("the Node API user {name} cannot be added again without its password")
    } else if let Subject::AccessKey(id) = &change.subject {
        format!("the access key {id} cannot be created again without its secret")
    } else if let Subject::Account(name) = &change.subject {
        format!("the account {name} cannot be made again without its password")
    } else {
        "the root user cannot be enabled again without its password".to_owned()
    };
    let text = format!("{what}, which is not known");
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
            (Subject::UserService(name, user), State::Absent, _) => {
                format!(
                    "{name} still runs for {user}: how it is taken from asperarund is not published"
                )
            }
            (Subject::Account(name), State::Absent, _) => {
                format!("the home folder of {name} stays, since it may hold files")
            }
            (Subject::AuthorizedKey(..), State::AuthorizedKey(was), _) if !was.owner_only => {
                format!("{} stays private to its account", was.file)
            }
            (Subject::AccessKey(id), State::Absent, _) => {
                format!(
                    "with the access key {id}, the node deletes its events and its transfer history"
                )
            }
            (Subject::AccessKeySecret(id), State::Hidden, _) => {
                format!("the access key {id} keeps its new secret: the former one is not known")
            }
            (Subject::AccessKey(id), State::AccessKey(was), State::AccessKey(is))
                if was.token_verification_key.is_none() && is.token_verification_key.is_some() =>
            {
                format!(
                    "the access key {id} keeps its verification key: how to remove one is not published"
                )
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
