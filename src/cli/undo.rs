//! `ascript undo`: undoes a live run.

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::{Fault, Result};
use crate::plan::Runs;

use super::common::NodeArgs;
use super::consent::LiveArgs;
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::run_format::RunFormatArgs;
use super::runner::{DECLINED, Runner};
use super::runs::runs_of;
use super::undo_steps::UndoSteps;

/// Undoes a live run; previews unless --live is given
#[derive(Args)]
pub(super) struct Undo {
    /// The number of the run; by default the last that was not undone
    #[arg(value_parser = run_number)]
    pub(super) run: Option<u32>,
    /// Ask, then perform the steps
    #[arg(long)]
    pub(super) live: bool,
    /// Undo the rest of a run of which a part cannot be undone
    #[arg(long)]
    pub(super) partial: bool,
    #[command(flatten)]
    pub(super) format: RunFormatArgs,
    /// Exit with 10 if changes are pending
    #[arg(long, conflicts_with = "live")]
    pub(super) exit_code: bool,
    #[command(flatten)]
    pub(super) consent: LiveArgs,
    #[command(flatten)]
    pub(super) node: NodeArgs,
}

impl Undo {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        if self.live {
            self.consent.check(true)?;
        } else {
            self.consent.check_preview()?;
        }
        let stop = StopFlag::install()?;
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, None))?;
        let runs = runs_of(&target)?;
        let mut steps = stop.while_waiting(|| self.steps(&runs))?;
        let runner = Runner::new(target, &self.node, options, self.format.get(), &stop)?;
        if self.live {
            let code = runner.perform(&mut steps, &self.consent)?;
            return Ok(code.unwrap_or(DECLINED));
        }
        let finished = runner.preview(&mut steps)?;
        runner.show(&finished, &steps)?;
        let is_pending = finished.run.is_pending();
        Ok(match &finished.run.fault {
            Some(fault) => runner.complain(fault, &steps),
            None if self.exit_code && is_pending => 10,
            None => 0,
        })
    }

    /// The steps that undo the run of the command line.
    fn steps(&self, runs: &Runs) -> Result<UndoSteps> {
        let number = match self.run {
            Some(number) => number,
            None => runs.last()?.ok_or_else(|| {
                Fault::refused("there is no live run to take back")
                    .hint("to redo a run, name its undo: `ascript runs` lists them")
            })?,
        };
        if runs.is_undone(number) {
            return Err(
                Fault::refused(format!("run {number} was taken back already"))
                    .hint("`ascript runs` lists what can be taken back"),
            );
        }
        UndoSteps::of(number, runs, self.partial)
    }
}

fn run_number(text: &str) -> std::result::Result<u32, String> {
    text.parse()
        .map_err(|_| "write the number of a run; `ascript runs` lists them".to_owned())
}
