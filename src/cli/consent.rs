//! What the person behind a live run has agreed to, and the questions that are
//! left to ask.

use std::io::IsTerminal as _;

use clap::Args;

use crate::exec::Operator;
use crate::fault::{Fault, Result};
use crate::run::RunRecord;
use crate::step::{Command, Step, StepKind};

use super::ask;
use super::progress::Progress;

/// What a live run may do without asking.
#[derive(Args)]
pub(super) struct LiveArgs {
    /// Answer yes to the question before a live run
    #[arg(long)]
    pub(super) yes: bool,
    /// Confirm that a manual step is done, by its number in the preview
    #[arg(long, value_name = "STEP")]
    done: Vec<usize>,
    /// Allow secrets as arguments of tools that take them no other way
    #[arg(long)]
    allow_argv_secrets: bool,
}

impl LiveArgs {
    /// Refuses what only a live run can mean.
    pub(super) fn check_idle(&self) -> Result<()> {
        if self.yes || self.allow_argv_secrets || !self.done.is_empty() {
            return Err(
                Fault::usage("--yes, --done and --allow-argv-secrets are for live runs")
                    .hint("add --live to perform the steps"),
            );
        }
        Ok(())
    }

    /// A live run asks; refuses where nobody can answer.
    pub(super) fn check(&self, can_ask: bool) -> Result<()> {
        if self.yes || (can_ask && std::io::stdin().is_terminal()) {
            return Ok(());
        }
        Err(
            Fault::usage("a live run asks first, and nobody is there to answer")
                .hint("answer beforehand with --yes"),
        )
    }

    /// Refuses, before the first step, a run that would have to stop at a
    /// later one for want of an answer.
    pub(super) fn permits(&self, run: &RunRecord) -> Result<()> {
        let kind = |number: usize| run.steps.get(number.checked_sub(1)?).map(|s| s.kind);
        for number in &self.done {
            if kind(*number) != Some(StepKind::Manual) {
                return Err(Fault::usage(format!("step {number} is not for a person"))
                    .hint("--done names a step by its number in the preview"));
            }
        }
        for (index, step) in run.steps.iter().enumerate() {
            if step.kind == StepKind::Manual {
                self.can_ask(index + 1, step)?;
            }
            if !self.allow_argv_secrets && step.commands.iter().any(Command::exposes_secret) {
                let message = format!(
                    "step {} shows a secret on a command line, where every local user can see it",
                    index + 1
                );
                return Err(Fault::refused(message).hint("allow it with --allow-argv-secrets"));
            }
        }
        Ok(())
    }

    /// Whether secrets may be arguments.
    pub(super) fn may_expose_secrets(&self) -> bool {
        self.allow_argv_secrets
    }

    /// The person at this run.
    pub(super) fn operator(&self, progress: Progress) -> Operator {
        let done = self.done.clone();
        Operator {
            on_start: Box::new(move |number, step| progress.starts(number, step)),
            confirm_manual: Box::new(move |number, step| {
                Ok(done.contains(&number) || ask_person(number, step)?)
            }),
        }
    }

    fn can_ask(&self, number: usize, step: &Step) -> Result<()> {
        if self.done.contains(&number) || std::io::stdin().is_terminal() {
            return Ok(());
        }
        Err(nobody_there(number, step))
    }
}

fn ask_person(number: usize, step: &Step) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(nobody_there(number, step));
    }
    ask::confirm(&format!(
        "Step {number}, by hand: {}\nIs it done?",
        asked(step)
    ))
}

fn nobody_there(number: usize, step: &Step) -> Fault {
    Fault::usage(format!("step {number} is for a person: {}", asked(step)))
        .hint(format!("do it, then say so with --done {number}"))
}

fn asked(step: &Step) -> &str {
    step.advisories.first().map_or("", |note| &note.text)
}
