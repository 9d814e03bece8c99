//! The states that the live runs of a node left, or that one run or plan leaves.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::fault::{Fault, Result};
use crate::run::RunRecord;
use crate::state::{Section, State, Subject, WantedState};
use crate::step::{Change, Step, StepKind};

use super::receipts::Runs;

/// States by subject, as they were left last.
#[derive(Debug, Default)]
pub struct ExpectedStates {
    /// By subject.
    pub states: BTreeMap<Subject, ExpectedState>,
    /// The live runs that left them, oldest first.
    pub runs: Vec<Rc<LeavingRun>>,
    /// Receipts that cannot be read: what those runs left is not known.
    pub unread: Vec<(u32, Fault)>,
    /// The live runs that changed one of these subjects after the run that is asked about.
    pub later: BTreeMap<Subject, u32>,
    /// Steps that name who asks about access keys.
    pub(super) logins: Vec<Step>,
}

/// The state of one subject.
#[derive(Debug)]
pub struct ExpectedState {
    /// The state; `None` if a step that was to change it failed.
    pub left: Option<WantedState>,
    /// The run that left it.
    pub run: Rc<LeavingRun>,
}

/// A run or plan that leaves states.
#[derive(Debug)]
pub struct LeavingRun {
    /// Its number; a plan has none.
    pub number: Option<u32>,
    /// Its script.
    pub script: String,
}

impl Runs {
    /// The states that all live runs of the node left, each as the last of them did.
    ///
    /// A run that was undone left nothing. What its undo set is watched only where an
    /// earlier run had left the same.
    pub fn expected(&self) -> Result<ExpectedStates> {
        let mut expected = ExpectedStates::default();
        for number in self.numbers()? {
            if self.is_undone(number) {
                continue;
            }
            match self.load(number) {
                Err(fault) => expected.unread.push((number, fault)),
                Ok(receipt) if self.undoes(number).is_some() => expected.give_back(&receipt.run),
                Ok(receipt) => expected.add(&receipt.run, Some(number)),
            }
        }
        Ok(expected)
    }

    /// The states that one live run left.
    pub fn expected_of(&self, number: u32) -> Result<ExpectedStates> {
        let mut expected = ExpectedStates::default();
        expected.add(&self.load(number)?.run, Some(number));
        for later in self.later(number)? {
            let changes = later.steps.iter().flat_map(|step| &step.changes);
            let subjects = changes.map(|change| (change.subject.clone(), later.number));
            expected.later.extend(subjects);
        }
        Ok(expected)
    }
}

impl ExpectedStates {
    /// The states that a plan or a receipt leaves.
    pub fn of(run: &RunRecord) -> Self {
        let mut expected = Self::default();
        expected.add(run, run.number);
        expected
    }

    fn add(&mut self, run: &RunRecord, number: Option<u32>) {
        let script = run.script.name.clone();
        let left_by = Rc::new(LeavingRun { number, script });
        let read = run.observations.iter();
        let read: HashMap<_, _> = read.map(|it| (&it.subject, &it.value)).collect();
        for (number, step) in (1..).zip(run.started_steps()) {
            let is_failed = run.failed.iter().any(|failed| failed.number == number);
            for change in &step.changes {
                self.change(change, !is_failed, &left_by);
            }
            if step.kind == StepKind::Settled {
                for subject in step.subjects().unwrap_or_default() {
                    self.settle(subject, &read, &left_by);
                }
            }
            if step.act.is_some() {
                self.logins.push(step);
            }
        }
        // A step that changes some settings of a section does not list those that were as wanted.
        let sections = changed_sections(run);
        for subject in run.observations.iter().map(|it| &it.subject) {
            if matches!(subject, Subject::Setting(section, _) if sections.contains(section)) {
                self.settle(subject.clone(), &read, &left_by);
            }
        }
        self.runs.push(left_by);
    }

    fn change(&mut self, change: &Change, is_done: bool, run: &Rc<LeavingRun>) {
        if change.after.state == State::Absent && is_done {
            for part in self.parts(&change.subject) {
                self.states.remove(&part);
            }
        }
        let left = is_done.then(|| change.after.clone());
        let run = Rc::clone(run);
        let state = ExpectedState { left, run };
        self.states.insert(change.subject.clone(), state);
    }

    /// What goes with a subject that is removed.
    fn parts(&self, removed: &Subject) -> Vec<Subject> {
        if let Subject::Entry(section) = removed {
            let first = Subject::setting(section.clone(), "");
            let settings = self.states.range(first..).map(|(subject, _)| subject);
            let own = settings.take_while(|subject| subject.section() == Some(section));
            return own.cloned().collect();
        }
        if let Subject::Account(name) = removed {
            return self.those(|it| it.account() == Some(name));
        }
        if let Subject::AccessKey(id) = removed {
            return self.those(|it| it.access_key() == Some(id));
        }
        Vec::new()
    }

    fn those(&self, is_wanted: impl Fn(&Subject) -> bool) -> Vec<Subject> {
        let subjects = self.states.keys().filter(|subject| is_wanted(subject));
        subjects.cloned().collect()
    }

    /// Adds what was as wanted already. Where a run has left that state, it named its secrets.
    fn settle(&mut self, subject: Subject, read: &HashMap<&Subject, &State>, run: &Rc<LeavingRun>) {
        if !can_be_set(&subject) {
            return;
        }
        let is_own = |state: &&ExpectedState| Rc::ptr_eq(&state.run, run);
        if self.states.get(&subject).as_ref().is_some_and(is_own) {
            return;
        }
        let Some(read) = read.get(&subject) else {
            return;
        };
        let earlier = self.states.remove(&subject).and_then(|state| state.left);
        let earlier = earlier.filter(|left| left.state.is_met_by(read));
        let state = ExpectedState {
            left: Some(earlier.unwrap_or_else(|| (*read).clone().into())),
            run: Rc::clone(run),
        };
        self.states.insert(subject, state);
    }

    /// Drops what an undo set, but for what an earlier run had left the same.
    fn give_back(&mut self, undo: &RunRecord) {
        for change in undo.steps.iter().flat_map(|step| &step.changes) {
            let is_same = |state: &ExpectedState| {
                let left = state.left.as_ref();
                left.is_some_and(|left| left.state == change.after.state)
            };
            if !self.states.get(&change.subject).is_some_and(is_same) {
                self.states.remove(&change.subject);
            }
        }
    }
}

/// The sections of which the run changed settings, and that it did not remove.
fn changed_sections(run: &RunRecord) -> HashSet<&Section> {
    let mut sections = HashSet::new();
    for change in run.steps.iter().flat_map(|step| &step.changes) {
        match (&change.subject, &change.after.state) {
            (Subject::Entry(section), State::Absent) => sections.remove(section),
            (Subject::Setting(section, _), _) => sections.insert(section),
            _ => false,
        };
    }
    sections
}

/// Whether a script can set the subject. What one only reads was not left by it.
fn can_be_set(subject: &Subject) -> bool {
    let is_only_read = matches!(
        subject,
        Subject::License
            | Subject::TokenKey
            | Subject::HostKey
            | Subject::AdminGroup
            | Subject::SyncSession(..)
    );
    !is_only_read && !subject.is_read_only() && !subject.is_collection()
}
