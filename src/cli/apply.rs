//! `ascript apply`: performs exactly a plan's steps, or refuses.

use std::path::PathBuf;

use clap::Args;

use crate::exec::{InputKind, StopFlag, is_stdin};
use crate::fault::{Fault, FaultKind, Result};
use crate::plan::{self, FleetReview};
use crate::run::{DocumentKind, OLDEST_FORMAT, RunRecord};

use super::common::{NodeArgs, StandardInput};
use super::consent::LiveArgs;
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::plan_steps::{self, PlanSteps};
use super::run_format::RunFormatArgs;
use super::runner::{DECLINED, Runner};

/// Performs exactly the steps of a plan, if the node is unchanged since
#[derive(Args)]
pub(super) struct Apply {
    /// The plan, or - for standard input
    pub(super) file: PathBuf,
    /// Refuse the plan unless it has this digest
    #[arg(long, value_name = "DIGEST")]
    pub(super) expect: Option<String>,
    /// Refuse the plan unless this review contains it; --expect is then the digest of the review
    #[arg(long, value_name = "FILE", requires = "expect")]
    pub(super) review: Option<PathBuf>,
    /// What the plan named `-` is read from.
    #[arg(skip)]
    pub(super) input: StandardInput,
    /// Check everything, but perform no step
    #[arg(long)]
    pub(super) rehearse: bool,
    #[command(flatten)]
    pub(super) format: RunFormatArgs,
    #[command(flatten)]
    pub(super) consent: LiveArgs,
    #[command(flatten)]
    pub(super) node: NodeArgs,
}

impl Apply {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        if !self.rehearse {
            self.consent.check(!is_stdin(&self.file))?;
        }
        let stop = StopFlag::install()?;
        let plan = stop.while_waiting(|| {
            let plan = plan_steps::load(&self.file, &self.input)?;
            self.check(&plan).map(|()| plan)
        })?;
        let platform = Some(plan.node.platform);
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, platform))?;
        let runs = target.runs();
        let mut steps = PlanSteps {
            plan,
            file: self.file.clone(),
            node: self.node.node.clone(),
            runs,
            is_rehearsed: false,
        };
        let runner = Runner::new(target, &self.node, options, self.format.get(), &stop)?;
        if !self.rehearse {
            let code = runner.perform(&mut steps, &self.consent)?;
            return Ok(code.unwrap_or(DECLINED));
        }
        let finished = runner.rehearse(&mut steps, &self.consent)?;
        if let Some(fault) = &finished.run.fault {
            return Ok(runner.complain(fault, &steps));
        }
        runner.show(&finished, &steps)?;
        Ok(0)
    }

    fn check(&self, plan: &RunRecord) -> Result<()> {
        check_kind(plan)?;
        plan::check_commands(plan)?;
        let Some(expected) = &self.expect else {
            return Ok(());
        };
        if let Some(path) = &self.review {
            let text = InputKind::PLAN.read_text(path)?;
            let checked = FleetReview::load(&text).and_then(|review| review.check(plan, expected));
            return checked
                .map_err(|fault| fault.hint(format!("the review is {}", path.display())));
        }
        if *expected == plan.digest() {
            return Ok(());
        }
        let message = format!(
            "the plan has the digest {}, not the expected one",
            plan.digest()
        );
        Err(stale(message).hint("another plan was reviewed"))
    }
}

/// Refuses what is no plan of the present format.
pub(super) fn check_kind(plan: &RunRecord) -> Result<()> {
    let (message, hint) = match plan.kind {
        DocumentKind::Plan if plan.format == OLDEST_FORMAT => (
            "this plan has the format of version 0.1, which can only be shown",
            "plan again, and review that",
        ),
        DocumentKind::Plan => return Ok(()),
        DocumentKind::Receipt => (
            "this is a receipt of what was done, not a plan",
            "`ascript undo` takes a run back; `ascript plan` makes a plan",
        ),
        DocumentKind::Preview => (
            "this is a preview, which has no integrity seal",
            "save a plan with `ascript plan SCRIPT -o FILE`",
        ),
    };
    Err(stale(message).hint(hint))
}

fn stale(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Stale, message)
}
