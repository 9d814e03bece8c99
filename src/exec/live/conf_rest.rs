//! Compares what a step did not ask for: the rest of aspera.conf.

use std::collections::BTreeSet;

use super::Live;
use super::conf_edit::is_asked_for;
use super::foreign_edits::EditedConf;
use crate::conf::{ConfDifference, Document};
use crate::exec::node::conf_states;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Section, State, Subject};
use crate::step::{Advisory, Level, Step};
use crate::tools;

/// How many further settings a fault names.
const MAX_NAMED: usize = 10;

/// Whether a step edits aspera.conf.
pub(super) fn edits_conf(step: &Step) -> bool {
    step.changes.iter().any(|change| change.subject.is_conf())
        || step.commands.iter().any(tools::edits_conf)
}

impl Live {
    /// Compares the whole of aspera.conf with what the step should have made of it. The changes
    /// of the step itself were compared before, and those of another program were noted.
    pub(super) fn compare_rest(&mut self, step: &Step, conf: &EditedConf<'_>) -> Result<()> {
        let (expected, is, foreign) = (conf.expected, &conf.document, &conf.foreign);
        if expected.has_text_of(is) {
            return Ok(());
        }
        let unchecked: BTreeSet<_> = unchecked_sections(step).collect();
        let differences = expected.differences(is).into_iter();
        let is_new =
            |other: &ConfDifference| matches!(other, ConfDifference::Element { is_new: true, .. });
        let (added, moved): (Vec<_>, Vec<_>) = differences
            .filter(|difference| !is_asked_for(difference, step, &unchecked))
            .filter(|difference| !foreign.explain(difference))
            .partition(is_new);
        if !moved.is_empty() {
            let moved = moved.iter().map(|other| unasked(other, expected, is));
            return Err(contradicted(moved.collect()));
        }
        let lost = expected.lost_comments(is);
        if lost > 0 {
            let s = if lost == 1 { "" } else { "s" };
            let text = format!(
                "aspera.conf lost {lost} comment{s}: the tool that edits it does not keep them"
            );
            self.note_on_conf("comments-lost", text)?;
        }
        for other in &added {
            self.note_on_conf("unasked-element", unasked(other, expected, is))?;
        }
        if lost == 0 && added.is_empty() && unchecked.is_empty() && foreign.leave_nothing() {
            let text = "the tool wrote aspera.conf with another layout than the preview shows; settings and comments are as expected";
            self.note_on_conf("layout-changed", text.to_owned())?;
        }
        Ok(())
    }

    fn note_on_conf(&mut self, id: &'static str, text: String) -> Result<()> {
        self.note(Advisory::new(Level::Note, id, text))
    }
}

/// The sections with settings that the step sets without a check. The table of settings does not
/// have them, so a new element of these sections may be one of them.
fn unchecked_sections(step: &Step) -> impl Iterator<Item = &Section> {
    let settings = step.unchecked().iter();
    settings.filter_map(|setting| setting.subject.section())
}

/// What moved, in one clause.
fn unasked(difference: &ConfDifference, expected: &Document, is: &Document) -> String {
    let what = match difference {
        ConfDifference::Section(section) if is.has(section) => format!("conf/{section} was added"),
        ConfDifference::Section(section) => format!("conf/{section} was removed"),
        ConfDifference::Setting(section, setting) => {
            let subject = Subject::setting(section.clone(), setting.name);
            let state = |document| conf_states::state(document, &subject);
            format!("{subject} {}", movement(&state(expected), &state(is)))
        }
        ConfDifference::Element {
            section,
            path,
            is_new,
        } => {
            let place = section
                .as_ref()
                .map(|section| format!(" in conf/{section}"));
            let verb = if *is_new {
                "was added"
            } else {
                "was changed or removed"
            };
            format!("the element `{path}`{} {verb}", place.unwrap_or_default())
        }
    };
    format!("{what}, which the step did not ask for")
}

fn movement(was: &State, is: &State) -> String {
    match (was, is) {
        (was, is) if was == is => "is another secret now".to_owned(),
        (State::Absent, is) => format!("was set to {}", is.quoted()),
        (was, State::Absent) => format!("was {} and is no longer set", was.quoted()),
        (was, is) => format!("was {} and is {} now", was.quoted(), is.quoted()),
    }
}

fn contradicted(moved: Vec<String>) -> Fault {
    let more = moved.len().saturating_sub(1 + MAX_NAMED);
    let mut moved = moved.into_iter();
    let first = moved.next().unwrap_or_default();
    let fault =
        Fault::new(FaultKind::Contradicted, first).with_hints(moved.by_ref().take(MAX_NAMED));
    let fault = match more {
        0 => fault,
        more => fault.hint(format!("and {more} more")),
    };
    fault.hint("a copy of aspera.conf from before the run is kept beside its receipt")
}
