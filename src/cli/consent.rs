//! The consent that a live run needs: given as options, or asked for.

use std::io::IsTerminal as _;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::{Fault, Result};
use crate::run::RunRecord;
use crate::step::{Command, Step, StepKind};

use super::ask;

/// What the person at the command line consents to.
#[derive(Args, Clone)]
pub(super) struct LiveArgs {
    /// Answer yes to the question before a live run
    #[arg(long)]
    pub(super) yes: bool,
    /// Confirm that a manual step is done, by its number in the preview
    #[arg(long, value_name = "STEP")]
    pub(super) done: Vec<usize>,
    /// Allow secrets as arguments of tools that take them no other way
    #[arg(long)]
    pub(super) allow_argv_secrets: bool,
    /// Whether nobody can be asked, whatever standard input is.
    #[arg(skip)]
    pub(super) is_unattended: bool,
}

impl LiveArgs {
    /// Refuses these options for a preview.
    pub(super) fn check_preview(&self) -> Result<()> {
        if self.yes || self.allow_argv_secrets || !self.done.is_empty() {
            return Err(
                Fault::usage("--yes, --done and --allow-argv-secrets are for live runs")
                    .hint("add --live to perform the steps"),
            );
        }
        Ok(())
    }

    /// Refuses a live run that could not ask for confirmation.
    pub(super) fn check(&self, can_ask: bool) -> Result<()> {
        if self.yes || (can_ask && self.can_ask()) {
            return Ok(());
        }
        Err(
            Fault::usage("a live run asks for confirmation, and standard input is not a terminal")
                .hint("confirm in advance with --yes"),
        )
    }

    /// Refuses, before the first step, a run that would stop at a later one
    /// because it cannot ask.
    pub(super) fn permits(&self, run: &RunRecord) -> Result<()> {
        let kind = |number: usize| run.steps.get(number.checked_sub(1)?).map(|s| s.kind);
        for number in &self.done {
            if kind(*number) != Some(StepKind::Manual) {
                return Err(Fault::usage(format!("step {number} is not a manual step"))
                    .hint("--done takes the number of a manual step in the preview"));
            }
        }
        for (index, step) in run.steps.iter().enumerate() {
            if step.kind == StepKind::Manual {
                self.check_manual(index + 1, step)?;
            }
            if !self.allow_argv_secrets && step.commands.iter().any(Command::exposes_secret) {
                let message = format!(
                    "step {} passes a secret as an argument, which every local user can see",
                    index + 1
                );
                return Err(Fault::refused(message).hint("allow it with --allow-argv-secrets"));
            }
        }
        Ok(())
    }

    /// Whether questions can be asked during the run.
    fn can_ask(&self) -> bool {
        !self.is_unattended && std::io::stdin().is_terminal()
    }

    /// Whether secrets may be arguments.
    pub(super) fn may_expose_secrets(&self) -> bool {
        self.allow_argv_secrets
    }

    /// Whether that manual step was confirmed in advance; otherwise asks.
    pub(super) fn confirm_manual(
        &self,
        number: usize,
        step: &Step,
        flag: &StopFlag,
    ) -> Result<bool> {
        if self.done.contains(&number) {
            return Ok(true);
        }
        if !self.can_ask() {
            return Err(cannot_ask(number, step));
        }
        let instruction = instruction(step);
        let question = format!("Step {number} is manual: {instruction}\nIs it done?");
        ask::confirm(&question, flag)
    }

    fn check_manual(&self, number: usize, step: &Step) -> Result<()> {
        // A service is started or restarted after the steps before it, not before the run.
        let is_later = step.changes_by_hand();
        if is_later || self.done.contains(&number) || self.can_ask() {
            return Ok(());
        }
        Err(cannot_ask(number, step))
    }
}

fn cannot_ask(number: usize, step: &Step) -> Fault {
    if step.changes_by_hand() {
        let message = format!("step {number} is manual: {}", instruction(step));
        return Fault::refused(message)
            .hint("do it and run this again; what is done is not done again")
            .hint(format!(
                "if the step is manual then as well, confirm it with --done {number}"
            ));
    }
    Fault::usage(format!("step {number} is manual: {}", instruction(step)))
        .hint(format!("do it, then confirm it with --done {number}"))
}

fn instruction(step: &Step) -> &str {
    step.advisories.first().map_or("", |note| &note.text)
}
