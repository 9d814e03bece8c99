//! `ascript undo`: the plan that takes a live run back, previewed or
//! performed; `ascript runs`: which there are.

use std::fmt::Write as _;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::{Fault, Result};
use crate::plan::Runs;

use super::common::{Format, NodeArgs};
use super::consent::LiveArgs;
use super::kept::Reversed;
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::runner::Runner;

/// Undoes a live run; previews unless --live is given
#[derive(Args)]
pub(super) struct Undo {
    /// The number of the run; by default the last that was not undone
    run: Option<u32>,
    /// Ask, then perform the steps
    #[arg(long)]
    live: bool,
    /// The output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 10 if changes are pending
    #[arg(long, conflicts_with = "live")]
    exit_code: bool,
    #[command(flatten)]
    consent: LiveArgs,
    #[command(flatten)]
    node: NodeArgs,
}

/// Lists the live runs of a node
#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    node: NodeArgs,
}

impl Undo {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        if self.live {
            self.consent.check(true)?;
        } else {
            self.consent.check_idle()?;
        }
        let stop = StopFlag::install()?;
        let place = NodeTarget::find(&self.node, None)?;
        let runs = kept(&place)?;
        let mut steps = self.reversed(&runs)?;
        let runner = Runner::new(place, &self.node, look, self.format, &stop);
        if self.live {
            let code = runner.perform(&mut steps, &self.consent)?;
            if let Some(0) = code {
                runs.took_back(steps.number)?;
            }
            return Ok(code.unwrap_or(0));
        }
        let ended = runner.dry_run(&mut steps)?;
        runner.show(&ended, &steps)?;
        let is_pending = ended.run.is_pending();
        Ok(match &ended.run.fault {
            Some(fault) => runner.complain(fault, &steps),
            None if self.exit_code && is_pending => 10,
            None => 0,
        })
    }

    /// What takes back the run that was asked for.
    fn reversed(&self, runs: &Runs) -> Result<Reversed> {
        let number = match self.run {
            Some(number) => number,
            None => runs
                .last()?
                .ok_or_else(|| Fault::refused("there is no live run to take back"))?,
        };
        let run = runs.load(number)?;
        if runs.is_undone(number) {
            return Err(
                Fault::refused(format!("run {number} was taken back already"))
                    .hint("`ascript runs` lists what can be taken back"),
            );
        }
        Ok(Reversed {
            number,
            steps: runs.reach(&run)?,
            receipt: run.receipt,
        })
    }
}

fn kept(place: &NodeTarget) -> Result<Runs> {
    place.runs().ok_or_else(|| {
        Fault::usage(format!("{} has no live runs", place.substitute()))
            .hint("name an installation or a lab with --node")
    })
}

impl List {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let place = NodeTarget::find(&self.node, None)?;
        let runs = kept(&place)?;
        let numbers = runs.numbers()?;
        let mut text = String::new();
        for number in &numbers {
            let _ = writeln!(text, "{number:>4}  {}", line(&runs, *number));
        }
        match numbers.last() {
            None => text.push_str("There were no live runs on this node.\n"),
            Some(last) if !look.is_quiet() => {
                let path = runs.receipt_path(*last);
                let _ = writeln!(text, "\n`ascript show {}` shows the last.", path.display());
            }
            Some(_) => {}
        }
        look.page(&text)?;
        Ok(0)
    }
}

/// One receipt in a line. One that cannot be trusted does not hide the others.
pub(super) fn line(runs: &Runs, number: u32) -> String {
    let run = match runs.load(number) {
        Ok(run) => run,
        Err(fault) => return format!("cannot be read: {fault}"),
    };
    let counts = run.receipt.summary();
    let when = jiff::Timestamp::try_from(run.when).unwrap_or_default();
    let mut state = "done".to_owned();
    if let Some(fault) = &run.receipt.fault {
        state = format!("stopped: {fault}");
    }
    if runs.is_undone(number) {
        state.push_str(", taken back");
    }
    format!(
        "{}  {}  {} changed, {} run  {state}",
        when.strftime("%F %H:%M UTC"),
        run.receipt.script.name,
        counts.change,
        counts.act,
    )
}
