//! Pairs the steps of two runs.

use std::collections::{HashMap, VecDeque};

use crate::run::RunRecord;
use crate::step::{Command, Step, StepKind};

use super::super::changes;

/// Pairs of an old and a new index, in the order of the new run: first steps
/// of the same binding and subjects, then steps of the same call. In between come steps
/// of the same binding that change parts of the same thing.
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
    // One that changes more or fewer settings of the same user, section or service.
    let olds = grouped(&old.steps, by_owner);
    for (owner, news) in grouped(&new.steps, by_owner) {
        let olds = olds.get(&owner).into_iter().flatten();
        let olds = olds.copied().filter(|was| !is_taken[*was]);
        let news = news.into_iter().filter(|is| partners[*is].is_none());
        for (was, is) in olds.zip(news).collect::<Vec<_>>() {
            partners[is] = Some(was);
            is_taken[was] = true;
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

fn by_owner(step: &Step) -> Option<String> {
    let is_change = step.kind == StepKind::Change;
    let subject = step.main_subject().filter(|_| is_change)?;
    Some(format!("{}\0{}", step.binding, changes::owner(subject)))
}

fn by_call(step: &Step) -> Option<String> {
    let at = step.at.as_ref()?;
    Some(format!("{}\0{}\0{}", step.binding, at.file, at.line))
}
