//! The later runs whose changes an undo takes back as well.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::fault::Result;
use crate::state::{Section, State, Subject};
use crate::step::{Advisory, Level, Step};

use super::receipts::Runs;

/// How many subjects a note names.
const MAX_NAMED: usize = 3;

/// What the undo of a run would touch.
struct Touched<'s> {
    subjects: HashSet<&'s Subject>,
    /// Sections that would be removed as a whole.
    sections: HashSet<&'s Section>,
}

/// A run that came later and stands.
#[derive(Debug)]
pub struct LaterRun {
    pub(super) number: u32,
    script: String,
    /// What it did.
    pub steps: Vec<Step>,
}

impl Runs {
    /// The runs after run `number` that stand. Skips receipts that cannot be read.
    pub fn later(&self, number: u32) -> Result<Vec<LaterRun>> {
        let mut runs = Vec::new();
        for later in self.numbers()?.into_iter().filter(|later| *later > number) {
            // An undone run and the run that undid it cancel each other out.
            let is_undo_of_later = self.undoes(later).is_some_and(|undone| undone > number);
            if self.is_undone(later) || is_undo_of_later {
                continue;
            }
            if let Ok(receipt) = self.load(later) {
                runs.push(LaterRun {
                    number: later,
                    steps: receipt.run.started_steps(),
                    script: receipt.run.script.name,
                });
            }
        }
        Ok(runs)
    }
}

impl LaterRun {
    /// A note if it changed what the undo of these steps would change.
    pub fn note(&self, steps: &[Step]) -> Option<Advisory> {
        let touched = Touched::by(steps);
        let changes = self.steps.iter().flat_map(|step| &step.changes);
        let mut subjects: Vec<_> = changes
            .map(|change| &change.subject)
            .filter(|subject| touched.contains(subject))
            .map(ToString::to_string)
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        (!subjects.is_empty()).then(|| note(self.number, &self.script, &subjects))
    }
}

impl<'s> Touched<'s> {
    fn by(steps: &'s [Step]) -> Self {
        let changes = || steps.iter().flat_map(|step| &step.changes);
        let mut sections = HashSet::new();
        for change in changes() {
            if let (Subject::Entry(section), State::Absent) = (&change.subject, &change.before) {
                sections.insert(section);
            }
        }
        Self {
            subjects: changes().map(|change| &change.subject).collect(),
            sections,
        }
    }

    fn contains(&self, subject: &Subject) -> bool {
        let is_state = subject.service().is_none();
        let section = subject.section();
        is_state
            && (self.subjects.contains(subject)
                || section.is_some_and(|section| self.sections.contains(section)))
    }
}

fn note(later: u32, script: &str, subjects: &[String]) -> Advisory {
    let named = subjects.iter().take(MAX_NAMED).cloned();
    let mut named = named.collect::<Vec<_>>().join(", ");
    if subjects.len() > MAX_NAMED {
        let _ = write!(named, " and {} more", subjects.len() - MAX_NAMED);
    }
    let text = format!(
        "run {later} ({script}) changed {named} afterwards, which this takes back too; to undo that run first: `ascript undo {later}`"
    );
    Advisory::new(Level::Caution, "later-run", text)
}
