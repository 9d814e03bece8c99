//! The secrets of a procedure by their names, and where a person gets them.

use std::collections::BTreeSet;

use crate::run::RunRecord;
use crate::state::Secret;
use crate::step::{Command, StepKind, Value};

use super::super::clean;

/// The mark that stands for a secret in commands and input.
pub(super) fn mark(secret: &Secret) -> String {
    format!("‹{secret}›")
}

/// The list of all secrets that a person types, with where to get them.
pub(super) fn list(run: &RunRecord, out: &mut String) {
    let steps = run.steps.iter();
    let commands = steps
        .filter(|step| step.kind != StepKind::Settled)
        .flat_map(|step| &step.commands);
    let secrets: BTreeSet<_> = commands
        .flat_map(Command::secrets)
        .map(|secret| (mark(secret), source(secret)))
        .collect();
    if secrets.is_empty() {
        return;
    }
    out.push_str(
        "\n## Secrets to have at hand\n\nType each in place of its mark, ‹ and › included.\n\n",
    );
    for (mark, source) in secrets {
        out.push_str("- ");
        clean::inline(&clean::line(&mark), out);
        out.push_str(": ");
        clean::prose(&clean::line(&source), out);
        if let Some(name) = parameter(run, &mark) {
            out.push_str("; it is the parameter ");
            clean::inline(&clean::line(name), out);
            out.push_str(" of the script");
        }
        out.push('\n');
    }
}

/// Where a person gets a secret.
fn source(secret: &Secret) -> String {
    match secret {
        Secret::Env(name) => format!("ask for the value that the script gets as `{name}`"),
        Secret::File(path) => format!("the content of the file `{path}` without its last line end"),
        Secret::Prompt(label) => format!("ask for what the script prompts for as `{label}`"),
        Secret::Random { length, .. } => {
            format!(
                "make it up: {length} random letters and digits; note it where it is needed later"
            )
        }
        Secret::Backup { run, subject } => {
            format!(
                "the value of `{subject}` in `{run}.conf`, the copy of aspera.conf from before run {run}"
            )
        }
        Secret::Basic { id, secret } => {
            let line = format!("printf %s '{id}:{}' | base64", mark(secret));
            format!(
                "the word Basic, a blank, and the output of `{line}`; {}",
                source(secret)
            )
        }
    }
}

/// The parameter of the script that names the secret.
fn parameter<'r>(run: &'r RunRecord, mark: &str) -> Option<&'r str> {
    let named =
        |value: &Value| matches!(value, Value::Secret(secret) if self::mark(secret) == mark);
    let found = run.params.iter().find(|(_, value)| named(value));
    found.map(|(name, _)| &**name)
}
