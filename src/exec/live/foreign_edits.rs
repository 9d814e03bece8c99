//! What another program did to aspera.conf while the commands of a step ran: from the versions of
//! the file that were seen meanwhile, and from the file as it is now.
//!
//! A version without any change of the step was written by another program: the tool writes its
//! changes with all else.

use std::collections::{BTreeSet, HashSet};

use super::Live;
use super::conf_edit::{described, is_asked_for, listed, place, section_of, setting_of};
use crate::conf::{ConfDifference, Document};
use crate::exec::node::conf_states;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::State;
use crate::step::{Advisory, Change, Level, Step};
use crate::tools;

/// The name of the note on an edit that is lost.
pub const EDIT_LOST: &str = "foreign-edit-lost";

/// The edits of another program.
#[derive(Default)]
pub(super) struct ForeignEdits {
    /// What the tool wrote over.
    lost: Vec<String>,
    /// What is still there, and what it concerns.
    kept: Vec<String>,
    places: HashSet<String>,
    /// What is still there and not as the run wants it.
    touched: Vec<String>,
}

/// aspera.conf after a step that edits it.
pub(super) struct EditedConf<'d> {
    /// As the step should have left it.
    pub(super) expected: &'d Document,
    /// As it is.
    pub(super) document: Document,
    /// What another program did to it meanwhile.
    pub(super) foreign: ForeignEdits,
}

impl ForeignEdits {
    /// Whether another program made that difference.
    pub(super) fn explain(&self, difference: &ConfDifference) -> bool {
        self.places.contains(&place(difference))
    }

    /// Whether no edit is left in the file.
    pub(super) fn leave_nothing(&self) -> bool {
        self.kept.is_empty()
    }

    /// Refuses edits that are lost, or in the way of the run.
    pub(super) fn check(&self, step: &Step) -> Result<()> {
        if !self.lost.is_empty() {
            let fault = Fault::new(FaultKind::Contradicted, self.lost_edits(step));
            return Err(fault.hint(
                "make that edit again: neither a new run nor `ascript undo` brings it back",
            ));
        }
        if !self.touched.is_empty() {
            return Err(stale(&self.touched).with_kind(FaultKind::Contradicted));
        }
        Ok(())
    }

    /// Notes on all edits.
    pub(super) fn notes(&self, step: &Step) -> impl Iterator<Item = Advisory> {
        let lost = (!self.lost.is_empty())
            .then(|| Advisory::new(Level::Danger, EDIT_LOST, self.lost_edits(step)));
        let kept = (!self.kept.is_empty()).then(|| kept(&listed(&self.kept)));
        lost.into_iter().chain(kept)
    }

    fn lost_edits(&self, step: &Step) -> String {
        let mut commands = step.commands.iter();
        let tool = commands.find(|command| tools::edits_conf(command));
        format!(
            "`{}` wrote over an edit of aspera.conf that another program made at the same time: {}",
            tool.map_or("a tool", |command| &command.program),
            listed(&self.lost)
        )
    }
}

/// The note on an edit that is still there.
pub(super) fn kept(what: &str) -> Advisory {
    let text = format!("another program changed aspera.conf during this run: {what}");
    Advisory::new(Level::Note, "foreign-edit", text)
}

/// The fault of edits of what the run sets.
pub(super) fn stale(touched: &[String]) -> Fault {
    let text = format!(
        "another program changed what this run sets: {}",
        listed(touched)
    );
    Fault::new(FaultKind::Stale, text)
        .hint("see that the two do not work against each other, then run this again")
}

impl Live {
    /// The edits of another program while the commands of a step ran, which left the file as `is`.
    pub(super) fn foreign_edits(&mut self, step: &Step, is: &Document) -> ForeignEdits {
        let versions = self.conf.take_versions();
        let mut edits = ForeignEdits::default();
        // No reading shows whether a version has a setting that is not in the table.
        if versions.is_empty() || !step.unchecked().is_empty() {
            return edits;
        }
        let Some(before) = self.world.last_conf() else {
            return edits;
        };
        // A version that cannot be parsed is a part of a file.
        let versions = versions.into_iter().rev();
        let mut versions = versions.filter_map(|bytes| Document::parse(bytes).ok());
        if let Some(found) = versions.find(|version| !self.has_part_of(step, before, version)) {
            self.compare_found(step, [before, &found, is], &mut edits);
        }
        edits
    }

    /// Adds the edits with which the tool found the file, if it read it at all.
    fn compare_found(
        &self,
        step: &Step,
        [before, found, is]: [&Document; 3],
        edits: &mut ForeignEdits,
    ) {
        let gone = found.differences(is);
        let places: HashSet<_> = gone.iter().map(place).collect();
        let is_own = |difference: &ConfDifference| {
            let is_new = setting_of(difference)
                .is_some_and(|subject| conf_states::state(found, &subject) == State::Absent);
            is_new && is_asked_for(difference, step, &BTreeSet::new())
        };
        let sections = gone.iter().filter(|difference| !is_own(difference));
        let sections: HashSet<_> = sections.filter_map(section_of).collect();
        let is_lost = |difference: &ConfDifference| match difference {
            ConfDifference::Section(section) => sections.contains(section),
            ConfDifference::Setting(..) | ConfDifference::Element { .. } => {
                places.contains(&place(difference))
            }
        };
        let (lost, kept): (Vec<_>, Vec<_>) =
            before.differences(found).into_iter().partition(is_lost);
        edits
            .lost
            .extend(lost.iter().map(|one| described(one, before, found)));
        let comments = found
            .lost_comments(is)
            .saturating_sub(before.lost_comments(is));
        if comments > 0 {
            let s = if comments == 1 { "" } else { "s" };
            edits.lost.push(format!("{comments} comment{s}"));
        }
        for difference in &kept {
            let words = described(difference, before, found);
            if self.conf.planned().is_touched(difference, is) {
                edits.touched.push(words.clone());
            }
            edits.kept.push(words);
            edits.places.insert(place(difference));
        }
        if edits.lost.is_empty() && kept.is_empty() && !before.has_text_of(found) {
            edits.kept.push("comments or the layout".to_owned());
        }
    }

    /// Whether a version has one of the changes of a step.
    fn has_part_of(&self, step: &Step, before: &Document, version: &Document) -> bool {
        let is_made = |change: &&Change| {
            let is_met = |document| self.compare_conf(document, change).is_ok();
            is_met(version) && !is_met(before)
        };
        let mut changes = step
            .changes
            .iter()
            .filter(|change| change.subject.is_conf());
        changes.any(|change| is_made(&change))
    }
}
