//! Finds the loops of a script in its steps: the calls that come again after a few others.

use crate::step::{Step, StepKind};

use super::timeline::StartedStep;

/// The most calls in a loop.
const MOST_CALLS: usize = 16;

/// The lengths of the parts that the steps fall into: all steps of a loop, or one step.
pub(super) fn part_lengths(steps: &[StartedStep<'_>]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut start = 0;
    while start < steps.len() {
        let mut end = start + 1;
        let mut index = start;
        while index < end {
            end = end.max(next_of_call(steps, index).map_or(0, |next| next + 1));
            index += 1;
        }
        lengths.push(end - start);
        start = end;
    }
    lengths
}

/// The next step of the same call in the script, if it is so near that both are in one loop.
fn next_of_call(steps: &[StartedStep<'_>], index: usize) -> Option<usize> {
    let first = steps.get(index).filter(|first| is_groupable(first))?;
    let last = (index + 1 + MOST_CALLS).min(steps.len());
    let mut near = (index + 1..last).take_while(|other| is_groupable(&steps[*other]));
    near.find(|other| are_of_one_call(first.step, steps[*other].step))
}

/// What a person does stays where it is, and so does what failed.
fn is_groupable(started: &StartedStep<'_>) -> bool {
    started.fault.is_none() && started.step.kind != StepKind::Manual && started.step.at.is_some()
}

fn are_of_one_call(a: &Step, b: &Step) -> bool {
    (&a.at, &a.from, &a.binding) == (&b.at, &b.from, &b.binding)
}
