//! Translates in such a way that the script passes `check`: a command whose statement has an error
//! becomes a comment.

use super::content::MAY_SHOW_SECRET;
use super::draft::LineId;
use super::refusals::Refusals;
use super::translator::{Attempt, Translator};
use super::{Recipe, Translation};
use crate::fault::{Rule, Severity};
use crate::finding::Finding;
use crate::script::{self, Script};

/// How often the script is corrected. One attempt finds a thousand wrong statements, so this is
/// enough for each text that a person wrote.
const MAX_ATTEMPTS: usize = 20;

/// Translates recipes into one script without errors.
pub(super) fn translate(recipes: &[Recipe<'_>]) -> Translation {
    let mut refusals = Refusals::default();
    for _ in 0..MAX_ATTEMPTS {
        let attempt = Translator::new(&refusals).translate(recipes);
        let errors = errors(&attempt.translation.script);
        if errors.is_empty() && attempt.leaks.is_empty() {
            return attempt.translation;
        }
        if !refuse(&mut refusals, &attempt, &errors) {
            break;
        }
    }
    // Without any command the script has nothing but comments.
    refusals.add_all("the script would have errors with it".to_owned());
    Translator::new(&refusals).translate(recipes).translation
}

fn errors(script: &str) -> Vec<Finding> {
    let checked = script::check(vec![Script::piped(script.to_owned())]);
    let findings = checked.into_iter().flat_map(|one| one.findings);
    findings
        .filter(|finding| finding.severity() == Severity::Error)
        .collect()
}

/// Refuses the lines of the statements with an error. Returns false if there is none that was not
/// refused before.
fn refuse(refusals: &mut Refusals, attempt: &Attempt, errors: &[Finding]) -> bool {
    let mut is_new = false;
    for line in &attempt.leaks {
        is_new |= refusals.add(*line, MAY_SHOW_SECRET.to_owned());
    }
    // Behind the last of too many problems there is nothing wrong.
    for error in errors
        .iter()
        .filter(|error| error.rule != Rule::TooManyProblems)
    {
        for line in lines_of(attempt, error) {
            is_new |= refusals.add(*line, error.message.clone());
        }
    }
    is_new
}

/// The lines of the statement that a finding is in.
fn lines_of<'a>(attempt: &'a Attempt, finding: &Finding) -> &'a [LineId] {
    let line = usize::try_from(finding.region.line).unwrap_or(usize::MAX);
    let after = attempt.starts.partition_point(|start| *start <= line);
    let statement = after.checked_sub(1).and_then(|at| attempt.lines.get(at));
    statement.map_or(&[], Vec::as_slice)
}
