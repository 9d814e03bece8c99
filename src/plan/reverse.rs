//! Undoes a run: reverses the changes of each step, last step first, through
//! the table that made them. Leaves what another program changed since, and adds notes
//! for that and for what cannot be undone.

use std::collections::{BTreeMap, BTreeSet};

use super::former::{former, is_own_state, is_set_later};
use super::irreversible::{CHANGED_SINCE, UndoneRun, irreversible};
use crate::conf;
use crate::facts::Facts;
use crate::fault::Result;
use crate::session::Session;
use crate::state::{Section, State, Subject};
use crate::step::{Advisory, Change, Level, Step};

/// The binding that a reversed step names.
const BINDING: &str = "undo";

/// Performs the steps that undo those of a run. Secrets that the run replaced
/// come from its copy of aspera.conf, by its number.
pub fn reverse(run: &UndoneRun, session: &mut Session) -> Result<()> {
    let loaded = loaded_services(&run.steps, session)?;
    for step in run.steps.iter().rev() {
        for note in irreversible(step, run) {
            session.advise(note);
        }
        undo_step(step, run, session)?;
    }
    let has_files = has_files(&run.steps);
    let before = services_before(&run.steps);
    for (service, was_running) in &before {
        session.draft(BINDING, None, |facts| match (was_running, has_files) {
            (true, false) => facts.refresh(service),
            (true, true) => facts.restart(service),
            (false, _) => facts.stop(service),
        })?;
    }
    // A person may have restarted one that the run only asked for, or that it did not get to.
    for service in loaded {
        if !before.contains_key(service) && is_loaded(service, session)? == Some(false) {
            session.draft(BINDING, None, |facts| facts.refresh(service))?;
        }
    }
    Ok(())
}

/// The running services that must notice settings which the run changed, and have loaded
/// aspera.conf as it is now.
fn loaded_services(steps: &[Step], session: &mut Session) -> Result<Vec<&'static str>> {
    let names: BTreeSet<_> = changes(steps).flat_map(noticing_services).collect();
    let mut loaded = Vec::new();
    for name in names {
        if is_loaded(name, session)? == Some(true) {
            loaded.push(name);
        }
    }
    Ok(loaded)
}

/// Whether a service has loaded aspera.conf as it is now; `None` if it does not run.
fn is_loaded(service: &str, session: &mut Session) -> Result<Option<bool>> {
    let state = session.look(&Subject::Service(service.into()))?;
    let State::Service(service) = state else {
        return Ok(None);
    };
    Ok(service.running.then_some(service.current))
}

/// The services that must notice a change of a setting.
fn noticing_services(change: &Change) -> impl Iterator<Item = &'static str> {
    let setting = if let Subject::Setting(section, name) = &change.subject {
        Some(section).zip(conf::find(section, name))
    } else {
        None
    };
    let services = setting.map(|(section, setting)| setting.services_in(section.kind()));
    services.into_iter().flatten()
}

fn changes(steps: &[Step]) -> impl Iterator<Item = &Change> {
    steps.iter().flat_map(|step| &step.changes)
}

fn has_files(steps: &[Step]) -> bool {
    changes(steps).any(|change| matches!(change.subject, Subject::File(_)))
}

/// The services that the run started or stopped, and whether each ran before. One that it
/// restarted may have read files that it wrote; one that it made goes with its files.
fn services_before(steps: &[Step]) -> BTreeMap<&str, bool> {
    let (mut before, mut made) = (BTreeMap::new(), BTreeSet::new());
    for change in changes(steps) {
        match (
            change.subject.service(),
            &change.before,
            &change.after.state,
        ) {
            (Some(name), State::Service(was), State::Service(_)) => {
                before.entry(name).or_insert(was.running);
            }
            (Some(name), ..) => {
                made.insert(name);
            }
            (None, ..) => {}
        }
    }
    if has_files(steps) {
        for name in steps.iter().flat_map(Step::restarts) {
            before.entry(name).or_insert(true);
        }
    }
    before.retain(|name, _| !made.contains(name));
    before
}

fn undo_step(step: &Step, run: &UndoneRun, session: &mut Session) -> Result<()> {
    if let Some(section) = added_section(&step.changes) {
        return session.draft(BINDING, step.at.clone(), |facts| {
            let others = settings_of_others(facts, section, &step.changes, run)?;
            if others.is_empty() {
                return facts.remove(section);
            }
            let is_own = |change: &&Change| {
                matches!(change.subject, Subject::Setting(..)) && !others.contains(&change.subject)
            };
            let own = step.changes.iter().filter(is_own);
            let unset = own.map(|change| (change.subject.clone(), State::Absent));
            let draft = facts.change(unset.collect())?;
            Ok(draft
                .about([Subject::Entry(section.clone())])
                .advise([kept(section, &others)]))
        });
    }
    let mut restorable: Vec<_> = step.changes.iter().rev().collect();
    restorable.retain(|change| former(change, run).is_some());
    if restorable.is_empty() {
        return Ok(());
    }
    session.draft(BINDING, step.at.clone(), |facts| {
        facts.log_in_as(step);
        let (mut wanted, mut notes) = (Vec::new(), Vec::new());
        for change in restorable {
            if is_own_state(facts, change, run)? {
                wanted.extend(former(change, run));
            } else {
                notes.push(changed_since(facts, &change.subject)?);
            }
        }
        let about: Vec<_> = notes
            .iter()
            .filter_map(|note| note.subject.clone())
            .collect();
        Ok(facts.change_as(step, wanted)?.about(about).advise(notes))
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

/// The settings in an added section that neither the run nor a later one set.
fn settings_of_others(
    facts: &mut Facts<'_>,
    section: &Section,
    changes: &[Change],
    run: &UndoneRun,
) -> Result<Vec<Subject>> {
    let State::Settings(settings) = facts.read(&Subject::Settings(section.clone()))? else {
        return Ok(Vec::new());
    };
    let mut others = Vec::new();
    for name in settings.into_keys() {
        let subject = Subject::setting(section.clone(), name);
        let is_own = match changes.iter().find(|change| change.subject == subject) {
            Some(change) => is_own_state(facts, change, run)?,
            None => is_set_later(facts, &subject, run)?,
        };
        if !is_own {
            others.push(subject);
        }
    }
    Ok(others)
}

/// A state that another program set since the run: it is left as it is.
fn changed_since(facts: &mut Facts<'_>, subject: &Subject) -> Result<Advisory> {
    let is = facts.read(subject)?;
    let is = if is.has_hidden_part() {
        "is another secret now".to_owned()
    } else if is == State::Absent {
        "is gone now".to_owned()
    } else {
        format!("is {} now", is.quoted())
    };
    let text = format!("{subject} was changed since that run and {is}: it is left as it is");
    let note = Advisory::new(Level::Caution, CHANGED_SINCE, text);
    Ok(note.about(subject.clone()))
}

/// A section that the run added, with settings of another program.
fn kept(section: &Section, others: &[Subject]) -> Advisory {
    let names: Vec<_> = others
        .iter()
        .map(|subject| format!("`{}`", subject.leaf()))
        .collect();
    let text = format!(
        "conf/{section} was changed since that run and is kept with {}, which that run did not set",
        names.join(", ")
    );
    let note = Advisory::new(Level::Caution, CHANGED_SINCE, text);
    note.about(Subject::Entry(section.clone()))
}
