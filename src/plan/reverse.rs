//! Undoes a run: reverses the changes of each step, last step first, through
//! the table that made them. Adds notes for what cannot be undone.

use std::collections::BTreeSet;

use super::irreversible::{UndoneRun, irreversible, needs_password};
use crate::facts::{self, Facts};
use crate::fault::Result;
use crate::session::Session;
use crate::state::{Account, Credentials, Secret, Section, State, Subject, WantedState};
use crate::step::{Advisory, Change, Level, Step};

/// The binding that a reversed step names.
const BINDING: &str = "undo";

/// Performs the steps that undo those of a run. Secrets that the run replaced
/// come from its copy of aspera.conf, by its number.
pub fn reverse(run: &UndoneRun, session: &mut Session) -> Result<()> {
    for step in run.steps.iter().rev() {
        for note in irreversible(step, run) {
            session.advise(note);
        }
        undo_step(step, run, session)?;
    }
    let changes = run.steps.iter().flat_map(|step| &step.changes);
    let restarted: BTreeSet<_> = changes
        .filter_map(|change| change.subject.service())
        .collect();
    for service in restarted {
        session.draft(BINDING, None, |facts| facts.refresh(service))?;
    }
    Ok(())
}

fn undo_step(step: &Step, run: &UndoneRun, session: &mut Session) -> Result<()> {
    if let Some(section) = added_section(&step.changes) {
        return session.draft(BINDING, step.at.clone(), |facts| {
            let notes = lost(facts, section, &step.changes, run)?;
            Ok(facts.remove(section)?.advise(notes))
        });
    }
    let wanted: Vec<_> = step
        .changes
        .iter()
        .rev()
        .filter_map(|change| former(change, run))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    session.draft(BINDING, step.at.clone(), |facts| {
        let mut notes = Vec::new();
        for change in &step.changes {
            if wanted.iter().any(|(subject, _)| *subject == change.subject)
                && is_changed_since(facts, change, run)?
            {
                notes.push(changed_since(&change.subject));
            }
        }
        Ok(facts.change(wanted)?.advise(notes))
    })
}

/// The section that the step added.
fn added_section(changes: &[Change]) -> Option<&Section> {
    changes
        .iter()
        .find_map(|change| match (&change.subject, &change.before) {
            (Subject::Entry(section), State::Absent) if section.is_named() => Some(section),
            _ => None,
        })
}

/// Notes for settings of an added section that the step did not set.
fn lost(
    facts: &mut Facts<'_>,
    section: &Section,
    changes: &[Change],
    run: &UndoneRun,
) -> Result<Vec<Advisory>> {
    let State::Settings(settings) = facts.read(&Subject::Settings(section.clone()))? else {
        return Ok(Vec::new());
    };
    let mut notes = Vec::new();
    for name in settings.into_keys() {
        let subject = Subject::setting(section.clone(), name);
        let made = changes.iter().find(|change| change.subject == subject);
        let is_lost = match made {
            Some(made) => is_changed_since(facts, made, run)?,
            None => true,
        };
        if is_lost {
            notes.push(changed_since(&subject));
        }
    }
    Ok(notes)
}

/// The former state of a subject, if it can be restored.
fn former(change: &Change, run: &UndoneRun) -> Option<(Subject, WantedState)> {
    let subject = change.subject.clone();
    if needs_password(change) {
        return run.original(&subject).map(|wanted| (subject, wanted));
    }
    match (&subject, &change.before, &change.after.state) {
        (subject, ..) if subject.is_read_only() => None,
        (Subject::Service(_), ..) | (Subject::Dir(_), State::Absent, _) => None,
        (Subject::Setting(..), before, _) if before.has_hidden_part() => {
            let replaced = Secret::Backup {
                run: run.number,
                subject: subject.to_string().into(),
            };
            Some((subject, WantedState::secret(replaced)))
        }
        (Subject::RootUser, before, _) => {
            let credentials = change.after.credentials().cloned().unwrap_or_default();
            let former = WantedState::from(before.clone()).with_credentials(Credentials {
                password: None,
                ..credentials
            });
            Some((subject, former))
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

/// Whether the state is neither the one after the run nor the one before it.
fn is_changed_since(facts: &mut Facts<'_>, change: &Change, run: &UndoneRun) -> Result<bool> {
    let mut is = facts.read(&change.subject)?;
    if let State::Account(account) = &mut is {
        account.unfinished = false;
    }
    if let Some(secret) = change.after.setting_secret()
        && is != State::Absent
    {
        // Without a comparison, no change is assumed.
        let former = former(change, run);
        let former = former
            .as_ref()
            .and_then(|(_, wanted)| wanted.setting_secret());
        return Ok(facts.compare(&change.subject, secret)? == Some(false)
            && !matches!(former, Some(replaced)
                if facts.compare(&change.subject, replaced)? != Some(false)));
    }
    let is_met = |wanted: &WantedState| facts::is_met(&change.subject, &is, wanted);
    Ok(!is_met(&change.after) && !is_met(&change.before.clone().into()))
}

/// The former state is restored even so.
fn changed_since(subject: &Subject) -> Advisory {
    let text = format!("{subject} was changed since that run; that change is lost");
    Advisory::new(Level::Caution, "changed-since", text).about(subject.clone())
}
