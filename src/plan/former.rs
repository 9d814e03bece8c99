//! The states to which an undo returns, and whether a state is still the one that the run left:
//! what another program changed since is not the run's to undo.

use super::irreversible::{UndoneRun, needs_password};
use crate::facts::{self, Facts};
use crate::fault::Result;
use crate::state::{
    Account, AuthorizedKey, Credentials, FileContent, FileReference, KeptFile, Secret, SecretText,
    State, Subject, WantedState,
};
use crate::step::Change;

/// The former state of a subject, if it can be restored.
pub(super) fn former(change: &Change, run: &UndoneRun) -> Option<(Subject, WantedState)> {
    let subject = change.subject.clone();
    if needs_password(change) {
        let original = run.original(&subject)?;
        let is_key = matches!(subject, Subject::AccessKey(_));
        let former = if is_key {
            change.before.clone().into()
        } else {
            original
        };
        return Some((subject, former));
    }
    match (&subject, &change.before, &change.after.state) {
        (subject, ..) if subject.is_read_only() => None,
        (Subject::Service(_), State::Service(_), State::Service(_))
        | (Subject::Dir(_) | Subject::UserService(..), State::Absent, _)
        | (Subject::AccessKeySecret(_), State::Hidden, _) => None,
        (Subject::Setting(..), before, _) if before.has_hidden_part() => {
            let replaced = Secret::Backup {
                run: run.number,
                subject: subject.to_string().into(),
            };
            Some((subject, WantedState::secret(replaced)))
        }
        (Subject::File(_), State::File(before), _) => {
            // One without a digest has a secret in it that the same run wrote.
            let kept = FileReference::Kept(KeptFile {
                kept: run.number,
                digest: before.digest.clone()?,
            });
            let former = WantedState::file((**before).clone(), FileContent::of(kept));
            Some((subject, former))
        }
        (Subject::FileLine(..), State::Line(before), _) => {
            let kept = FileReference::Kept(KeptFile {
                kept: run.number,
                digest: before.digest.clone()?,
            });
            let line = WantedState::line(FileContent::of(kept));
            Some((subject, line.in_new_file(change.after.is_in_new_file())))
        }
        (Subject::FileLine(..), State::Absent, _) => {
            let absent = WantedState::from(State::Absent);
            Some((subject, absent.in_new_file(change.after.is_in_new_file())))
        }
        (Subject::RootUser, before, _) => {
            let credentials = change.after.credentials().cloned().unwrap_or_default();
            let former = WantedState::from(before.clone()).with_credentials(Credentials {
                password: None,
                ..credentials
            });
            Some((subject, former))
        }
        (Subject::AuthorizedKey(..), State::AuthorizedKey(before), _) => {
            // Permissions that others can use are not restored.
            let former = AuthorizedKey {
                owner_only: true,
                ..(**before).clone()
            };
            Some((subject, State::AuthorizedKey(former.into()).into()))
        }
        (Subject::Account(_), State::Account(before), _) => {
            // Only this program sets that mark; it is not restored.
            let former = Account {
                unfinished: false,
                ..(**before).clone()
            };
            Some((subject, State::Account(former.into()).into()))
        }
        (_, before, _) => Some((subject, before.clone().into())),
    }
}

/// Whether the state is the one that the run left, or found, or that a later run left.
pub(super) fn is_own_state(
    facts: &mut Facts<'_>,
    change: &Change,
    run: &UndoneRun,
) -> Result<bool> {
    if let (Subject::Service(_), State::Absent) = (&change.subject, &change.before) {
        // It goes with the files that define it, whether it runs or not.
        return Ok(true);
    }
    let is = current(facts, &change.subject)?;
    Ok(is_left_by(facts, &is, change)?
        || is_left_by_another_step(facts, &is, change, run)?
        || is_former(facts, &is, change, run)?
        || is_set_later(facts, &change.subject, run)?)
}

/// Whether another step of the run left that file: what a step wrote over a secret of an earlier
/// one is not restored for itself.
fn is_left_by_another_step(
    facts: &mut Facts<'_>,
    is: &State,
    change: &Change,
    run: &UndoneRun,
) -> Result<bool> {
    if !change.subject.is_file() {
        return Ok(false);
    }
    for other in run.steps.iter().flat_map(|step| &step.changes) {
        if other.subject == change.subject && is_left_by(facts, is, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the state is one that a later run left.
pub(super) fn is_set_later(
    facts: &mut Facts<'_>,
    subject: &Subject,
    run: &UndoneRun,
) -> Result<bool> {
    let is = current(facts, subject)?;
    for change in run.later.iter().flat_map(|step| &step.changes) {
        if change.subject == *subject && is_left_by(facts, &is, change)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The state now. Only this program marks accounts as unfinished.
pub(super) fn current(facts: &mut Facts<'_>, subject: &Subject) -> Result<State> {
    let mut is = facts.read(subject)?;
    if let State::Account(account) = &mut is {
        account.unfinished = false;
    }
    Ok(is)
}

/// Whether a step left that state. A secret whose value is not known counts as the same.
fn is_left_by(facts: &mut Facts<'_>, is: &State, change: &Change) -> Result<bool> {
    Ok(compare(facts, is, &change.subject, &change.after)? != Some(false))
}

/// Whether a state is the wanted one; `None` if that takes a secret whose value is not known.
pub(super) fn compare(
    facts: &mut Facts<'_>,
    is: &State,
    subject: &Subject,
    wanted: &WantedState,
) -> Result<Option<bool>> {
    if let Some(secret) = wanted.setting_secret() {
        return compare_secret(facts, is, subject, secret);
    }
    if !facts::is_met(subject, is, wanted) {
        return Ok(Some(false));
    }
    match wanted.secret_content() {
        None => Ok(Some(true)),
        Some(content) if content.secrets().any(is_random) => Ok(None),
        Some(content) => facts.compare_content(subject, content),
    }
}

/// The same of a setting with that secret.
fn compare_secret(
    facts: &mut Facts<'_>,
    is: &State,
    subject: &Subject,
    secret: &SecretText,
) -> Result<Option<bool>> {
    if *is == State::Absent {
        return Ok(Some(false));
    }
    if secret.secrets().any(is_random) {
        return Ok(None);
    }
    facts.compare(subject, secret)
}

/// Whether it is random: nobody kept its value.
fn is_random(secret: &Secret) -> bool {
    matches!(secret, Secret::Random { .. })
}

fn is_former(facts: &mut Facts<'_>, is: &State, change: &Change, run: &UndoneRun) -> Result<bool> {
    let former = former(change, run);
    match former
        .as_ref()
        .and_then(|(_, wanted)| wanted.setting_secret())
    {
        Some(secret) => Ok(compare_secret(facts, is, &change.subject, secret)? != Some(false)),
        None => Ok(facts::is_met(
            &change.subject,
            is,
            &change.before.clone().into(),
        )),
    }
}
