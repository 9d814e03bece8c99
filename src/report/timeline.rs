//! The steps of a run in their order: completed, failed and not reached.

use crate::fault::Fault;
use crate::run::RunRecord;
use crate::step::Step;

/// A step that was started.
pub(super) struct StartedStep<'a> {
    pub(super) number: usize,
    pub(super) step: &'a Step,
    /// Why it was not completed.
    pub(super) fault: Option<&'a Fault>,
}

/// The steps that were started, completed or not, in their order.
pub(super) fn started(run: &RunRecord) -> impl Iterator<Item = StartedStep<'_>> {
    let mut failed = run.failed.iter().peekable();
    let mut completed = run.steps.iter().peekable();
    let mut number = 0;
    std::iter::from_fn(move || {
        number += 1;
        let is_next = |known: usize| known <= number;
        let is_failed = match (failed.peek(), completed.peek()) {
            (Some(next), Some(_)) => is_next(next.number),
            (next, _) => next.is_some(),
        };
        if is_failed {
            let next = failed.next()?;
            return Some(StartedStep {
                number,
                step: &next.step,
                fault: Some(&next.fault),
            });
        }
        completed.next().map(|step| StartedStep {
            number,
            step,
            fault: None,
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::run::FailedStep;
    use crate::state::{Node, NodeSource, Platform};
    use crate::step::StepKind;

    use super::*;

    fn step(name: &'static str) -> Step {
        Step {
            binding: name.into(),
            ..Step::empty(StepKind::Act)
        }
    }

    #[test]
    fn failed_steps_are_in_their_place() {
        let mut run = RunRecord::new(Node {
            name: "n".into(),
            platform: Platform::Linux,
            source: NodeSource::Folder,
            services: None,
        });
        run.steps = vec![step("one"), step("three")];
        run.failed = [(2, "two"), (4, "four")]
            .map(|(number, name)| FailedStep {
                number,
                step: step(name),
                fault: Fault::refused("no"),
            })
            .into();
        run.not_reached = vec![step("five")];
        let names = started(&run).map(|started| (started.number, &*started.step.binding));
        let names: Vec<_> = names.collect();
        assert_eq!(names, [(1, "one"), (2, "two"), (3, "three"), (4, "four")]);
        let failed = started(&run).filter(|started| started.fault.is_some());
        assert_eq!(failed.count(), 2);
        assert_eq!(run.unreached().next().unwrap().0, 5);
    }
}
