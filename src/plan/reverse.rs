//! Takes a run back: each step's moves reversed, last step first, through the
//! same table that made them. What cannot be taken back is said.

use std::collections::BTreeSet;

use crate::facts::{self, Facts};
use crate::fault::Result;
use crate::session::Session;
use crate::state::{Account, Fact, RootUser, Secret, Section, Subject, gathered};
use crate::step::{Advisory, Kind, Level, Move, Step};

/// The binding that a reversed step names.
const BINDING: &str = "undo";

/// Plays the steps that take back what a run did into the session. `number` is
/// the run's, whose copy of aspera.conf has the secrets it replaced.
pub fn reverse(steps: &[Step], number: u32, session: &mut Session) -> Result<()> {
    for step in steps.iter().rev() {
        for note in lasting(step) {
            session.advise(note);
        }
        take_back(step, number, session)?;
    }
    let moves = steps.iter().flat_map(|step| &step.moves);
    let restarted: BTreeSet<_> = gathered(moves.filter_map(|moved| moved.subject.service()));
    for service in restarted {
        session.draft(BINDING, None, |facts| facts.refresh(service))?;
    }
    Ok(())
}

/// What no reading shows, or what people may have used since.
fn lasting(step: &Step) -> Vec<Advisory> {
    let note = |text: String| Advisory::new(Level::Caution, "not-taken-back", text);
    let mut notes = Vec::new();
    if matches!(step.kind, Kind::Act) {
        notes.push(note(format!(
            "what `{}` did cannot be taken back",
            step.binding
        )));
    }
    if matches!(step.kind, Kind::Manual) {
        notes.push(note(
            "a step that was done by hand is a person's to take back".to_owned(),
        ));
    }
    for advisory in &step.advisories {
        // Said to the tool without being a move: see the binding that says so.
        if advisory.id == "unchecked-setting" {
            let what = advisory
                .subject
                .as_ref()
                .map_or_else(String::new, |subject| format!(" of {subject}"));
            notes.push(note(format!(
                "the value{what} cannot be taken back: it could not be read before"
            )));
        }
    }
    for moved in &step.moves {
        let text = match (&moved.subject, &moved.before, &moved.after) {
            (Subject::Dir(path), Fact::Absent, _) => {
                format!("the folder {path} stays; something may lie in it")
            }
            (Subject::Entry(section), Fact::Present, Fact::Absent) => {
                format!(
                    "comments and settings unknown here that stood in conf/{section} do not come back"
                )
            }
            (Subject::Service(name), Fact::Service(was), _) if !was.running => {
                format!("the service {name} was down before that run, and stays up")
            }
            (Subject::ApiUser(name), _, Fact::Absent) => {
                format!("the Node API user {name} cannot be added again without its password")
            }
            (Subject::Account(name), _, Fact::Absent) => {
                format!("the account {name} cannot be made again without its password")
            }
            _ => continue,
        };
        notes.push(note(text).about(moved.subject.clone()));
    }
    notes
}

fn take_back(step: &Step, number: u32, session: &mut Session) -> Result<()> {
    if let Some(section) = added_section(&step.moves) {
        return session.draft(BINDING, step.at.clone(), |facts| {
            let notes = lost(facts, section, &step.moves, number)?;
            Ok(facts.remove(section)?.advise(notes))
        });
    }
    let wanted: Vec<_> = step
        .moves
        .iter()
        .rev()
        .filter_map(|moved| former(moved, number))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    session.draft(BINDING, step.at.clone(), |facts| {
        let mut notes = Vec::new();
        for moved in &step.moves {
            if wanted.iter().any(|(subject, _)| *subject == moved.subject)
                && is_changed_since(facts, moved, number)?
            {
                notes.push(changed_since(&moved.subject));
            }
        }
        Ok(facts.change(wanted)?.advise(notes))
    })
}

/// The section that came with the step, and goes with it.
fn added_section(moves: &[Move]) -> Option<&Section> {
    moves
        .iter()
        .find_map(|moved| match (&moved.subject, &moved.before) {
            (Subject::Entry(section), Fact::Absent) if section.is_named() => Some(section),
            _ => None,
        })
}

/// What a section that goes holds beside what the step put there.
fn lost(
    facts: &mut Facts<'_>,
    section: &Section,
    moves: &[Move],
    number: u32,
) -> Result<Vec<Advisory>> {
    let Fact::Settings(settings) = facts.read(&Subject::Settings(section.clone()))? else {
        return Ok(Vec::new());
    };
    let mut notes = Vec::new();
    for name in settings.into_keys() {
        let subject = Subject::setting(section.clone(), name);
        let made = moves.iter().find(|moved| moved.subject == subject);
        let is_lost = match made {
            Some(made) => is_changed_since(facts, made, number)?,
            None => true,
        };
        if is_lost {
            notes.push(changed_since(&subject));
        }
    }
    Ok(notes)
}

/// What the subject was, where that can be brought about.
fn former(moved: &Move, number: u32) -> Option<(Subject, Fact)> {
    let subject = moved.subject.clone();
    match (&subject, &moved.before, &moved.after) {
        (Subject::Service(_), ..)
        | (Subject::Dir(_), Fact::Absent, _)
        | (Subject::ApiUser(_) | Subject::Account(_), _, Fact::Absent) => None,
        (Subject::Setting(..), Fact::Hidden, _) => {
            let kept = Secret::Kept {
                run: number,
                subject: subject.to_string().into(),
            };
            Some((subject, Fact::Secret(kept)))
        }
        (Subject::RootUser, Fact::RootUser(before), Fact::RootUser(after)) => {
            let former = RootUser {
                enabled: before.enabled,
                password: None,
                ..(**after).clone()
            };
            Some((subject, Fact::RootUser(former.into())))
        }
        (Subject::Account(_), Fact::Account(before), _) => {
            // A mark of this program's own, which nothing can bring back.
            let former = Account {
                unfinished: false,
                ..(**before).clone()
            };
            Some((subject, Fact::Account(former.into())))
        }
        (_, before, _) => Some((subject, before.clone())),
    }
}

/// Whether the node shows neither what the run left nor what it found.
fn is_changed_since(facts: &mut Facts<'_>, moved: &Move, number: u32) -> Result<bool> {
    let mut is = facts.read(&moved.subject)?;
    if let Fact::Account(account) = &mut is {
        account.unfinished = false;
    }
    if let (Fact::Hidden, Fact::Secret(secret)) = (&is, &moved.after) {
        // Where it cannot be told, nothing is said.
        return Ok(facts.compare(&moved.subject, secret)? == Some(false)
            && !matches!(former(moved, number), Some((_, Fact::Secret(kept)))
                if facts.compare(&moved.subject, &kept)? != Some(false)));
    }
    let shows = |wanted| facts::shows(&moved.subject, &is, wanted);
    Ok(!shows(&moved.after) && !shows(&moved.before))
}

/// It is brought back all the same, with a word to the reader.
fn changed_since(subject: &Subject) -> Advisory {
    let text = format!("{subject} was changed since that run, and loses that change");
    Advisory::new(Level::Caution, "changed-since", text).about(subject.clone())
}
