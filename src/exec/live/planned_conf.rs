//! What a run sets in aspera.conf, by its preview: another program may change everything else.

use std::collections::{HashMap, HashSet};

use super::conf_edit;
use crate::conf::{ConfDifference, Document};
use crate::exec::node::conf_states;
use crate::facts;
use crate::state::{Section, State, Subject, WantedState};
use crate::step::{Change, Step, StepKind};

/// The subjects of a run in aspera.conf.
#[derive(Default)]
pub(super) struct PlannedConf {
    /// What the run sets, and to what in the end.
    wanted: HashMap<Subject, WantedState>,
    /// What is already as the run wants it.
    settled: HashSet<Subject>,
    /// The sections of all these.
    sections: HashSet<Section>,
    removed: HashSet<Section>,
}

impl PlannedConf {
    /// Of the steps of a preview.
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut planned = Self::default();
        for step in steps {
            for change in &step.changes {
                planned.add(change);
            }
            if step.kind == StepKind::Settled {
                let subjects = step.subjects().unwrap_or_default().into_iter();
                for subject in subjects.filter(Subject::is_conf) {
                    planned.sections.extend(subject.section().cloned());
                    planned.settled.insert(subject);
                }
            }
        }
        planned
    }

    fn add(&mut self, change: &Change) {
        let Change { subject, after, .. } = change;
        let Some(section) = subject.section() else {
            return;
        };
        self.sections.insert(section.clone());
        if let Subject::Entry(_) = subject {
            if after.state == State::Absent {
                self.removed.insert(section.clone());
            } else {
                self.removed.remove(section);
            }
        }
        self.wanted.insert(subject.clone(), after.clone());
    }

    /// Whether the difference of a later file, `is`, changes what the run sets, to something
    /// else than it wants.
    pub(super) fn is_touched(&self, difference: &ConfDifference, is: &Document) -> bool {
        let Some(section) = conf_edit::section_of(difference) else {
            return false;
        };
        let is_removed = self.removed.contains(section);
        match difference {
            ConfDifference::Section(section) => {
                self.sections.contains(section) && (is.has(section) || !is_removed)
            }
            ConfDifference::Setting(..) => {
                conf_edit::setting_of(difference).is_some_and(|subject| {
                    let wanted = self.wanted.get(&subject);
                    let is_wanted = |wanted: &WantedState| {
                        let state = conf_states::state(is, &subject);
                        wanted.setting_secret().is_none() && facts::is_met(&subject, &state, wanted)
                    };
                    let is_set = wanted.is_some_and(|wanted| !is_wanted(wanted));
                    is_set || is_removed || self.settled.contains(&subject)
                })
            }
            ConfDifference::Element { .. } => is_removed,
        }
    }
}

/// Whether the difference changes the state from which a step starts.
pub(super) fn is_start_of(changes: &[Change], difference: &ConfDifference) -> bool {
    let setting = conf_edit::setting_of(difference);
    let section = conf_edit::section_of(difference);
    changes.iter().any(|change| match difference {
        ConfDifference::Section(_) => change.subject.section() == section,
        ConfDifference::Setting(..) => setting.as_ref() == Some(&change.subject),
        ConfDifference::Element { .. } => false,
    })
}
