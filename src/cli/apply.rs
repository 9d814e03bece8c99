//! `ascript apply`: performs exactly a plan's steps, or refuses.

use std::path::PathBuf;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::{Fault, FaultKind, Result};
use crate::run::{DocumentKind, RunRecord};

use super::common::{Format, NodeArgs};
use super::consent::LiveArgs;
use super::kept::{self, Applied};
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::runner::Runner;

/// Performs exactly the steps of a plan, if the node is unchanged since
#[derive(Args)]
pub(super) struct Apply {
    /// The plan
    file: PathBuf,
    /// Refuse the plan unless it has this digest
    #[arg(long, value_name = "DIGEST")]
    expect: Option<String>,
    /// Check everything, but perform no step
    #[arg(long)]
    rehearse: bool,
    /// The output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    consent: LiveArgs,
    #[command(flatten)]
    node: NodeArgs,
}

impl Apply {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        if !self.rehearse {
            self.consent.check(true)?;
        }
        let stop = StopFlag::install()?;
        let plan = kept::load(&self.file)?;
        self.check(&plan)?;
        let place = NodeTarget::find(&self.node, Some(plan.node.platform))?;
        let runs = place.runs();
        let mut steps = Applied { plan, runs };
        let runner = Runner::new(place, &self.node, look, self.format, &stop);
        if !self.rehearse {
            return Ok(runner.perform(&mut steps, &self.consent)?.unwrap_or(0));
        }
        let ended = runner.rehearse(&mut steps, &self.consent)?;
        if let Some(fault) = &ended.run.fault {
            return Ok(runner.complain(fault, &steps));
        }
        runner.show(&ended, &steps)?;
        Ok(0)
    }

    fn check(&self, plan: &RunRecord) -> Result<()> {
        match plan.kind {
            DocumentKind::Plan => {}
            DocumentKind::Receipt => {
                return Err(stale("this is a receipt of what was done, not a plan")
                    .hint("`ascript undo` takes a run back; `ascript plan` makes a plan"));
            }
            DocumentKind::Preview => {
                return Err(stale("this is a preview, which nothing vouches for")
                    .hint("keep a plan with `ascript plan SCRIPT -o FILE`"));
            }
        }
        match &self.expect {
            Some(expected) if *expected != plan.digest() => Err(stale(format!(
                "the plan has the digest {}, not the expected one",
                plan.digest()
            ))
            .hint("what was reviewed is another plan")),
            _ => Ok(()),
        }
    }
}

fn stale(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Stale, message)
}
