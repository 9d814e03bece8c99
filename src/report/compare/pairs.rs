//! Pairs the steps of two runs.

use std::collections::{HashMap, VecDeque};

use crate::run::RunRecord;
use crate::step::{Command, Step, StepKind};

/// Pairs of an old and a new index, in the order of the new run: first steps
/// of the same binding and subjects, then steps of the same call.
pub(super) fn pair_steps(old: &RunRecord, new: &RunRecord) -> Vec<(usize, usize)> {
    let mut partners: Vec<Option<usize>> = vec![None; new.steps.len()];
    let mut is_taken = vec![false; old.steps.len()];
    let mut waiting = grouped(&old.steps, by_subjects);
    for (partner, step) in partners.iter_mut().zip(&new.steps) {
        let queue = by_subjects(step).and_then(|key| waiting.get_mut(&key));
        *partner = queue.and_then(VecDeque::pop_front);
        if let Some(old) = *partner {
            is_taken[old] = true;
        }
    }
    // A step that is settled now, or runs with other arguments, has only its call
    // in common with the old one. If the call made another number of steps, it
    // is unknown which belong together.
    let olds = grouped(&old.steps, by_call);
    for (call, news) in grouped(&new.steps, by_call) {
        let Some(olds) = olds.get(&call).filter(|olds| olds.len() == news.len()) else {
            continue;
        };
        for (&was, is) in olds.iter().zip(news) {
            let both_change = [&old.steps[was], &new.steps[is]]
                .iter()
                .all(|step| step.kind == StepKind::Change);
            if !is_taken[was] && partners[is].is_none() && !both_change {
                partners[is] = Some(was);
            }
        }
    }
    let pairs = partners.into_iter().enumerate();
    pairs
        .filter_map(|(new, old)| old.map(|old| (old, new)))
        .collect()
}

fn grouped(steps: &[Step], key: fn(&Step) -> Option<String>) -> HashMap<String, VecDeque<usize>> {
    let mut groups: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Some(key) = key(step) {
            groups.entry(key).or_default().push_back(index);
        }
    }
    groups
}

fn by_subjects(step: &Step) -> Option<String> {
    let key: Vec<String> = match step.kind {
        StepKind::Change => step
            .changes
            .iter()
            .map(|change| change.subject.to_string())
            .collect(),
        StepKind::Act => step.commands.iter().map(Command::shell).collect(),
        StepKind::Manual => step
            .advisories
            .iter()
            .map(|note| note.text.to_string())
            .collect(),
        StepKind::Settled => return None,
    };
    Some(format!("{}\0{}", step.binding, key.join("\0")))
}

fn by_call(step: &Step) -> Option<String> {
    let at = step.at.as_ref()?;
    Some(format!("{}\0{}\0{}", step.binding, at.file, at.line))
}
