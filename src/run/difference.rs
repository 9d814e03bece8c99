//! Compares what a live run did with its preview.

use crate::step::{Advisory, Level, Step, StepKind};

use super::{RunRecord, Summary};

impl RunRecord {
    /// A note that this live run did not do what `preview` showed, if that is so. A fault
    /// says it already.
    pub fn difference(&self, preview: &[Step]) -> Option<Advisory> {
        if self.fault.is_some() || pending(&self.steps).eq(pending(preview)) {
            return None;
        }
        let counts = |steps: &[Step]| {
            let Summary {
                change,
                act,
                manual,
                ..
            } = Summary::of(steps);
            format!("{change} changed, {act} run, {manual} by hand")
        };
        let text = format!(
            "this run did not do what its preview showed: {}, instead of {}",
            counts(&self.steps),
            counts(preview)
        );
        Some(Advisory::new(Level::Danger, "not-as-previewed", text))
    }
}

/// What each step that is not settled does.
fn pending(steps: &[Step]) -> impl Iterator<Item = impl PartialEq> {
    let steps = steps.iter().filter(|step| step.kind != StepKind::Settled);
    steps.map(|step| {
        let after = step.changes.iter();
        let after: Vec<_> = after
            .map(|change| (&change.subject, &change.after))
            .collect();
        (&step.binding, after)
    })
}
