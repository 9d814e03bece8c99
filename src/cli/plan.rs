//! `ascript plan`: a preview kept as a plan.

use std::path::PathBuf;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::Result;
use crate::plan;
use crate::run::{DocumentKind, RunRecord};

use super::common::{Format, NodeArgs, ParamArgs, ScriptsArg};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::played::Played;
use super::runner::Runner;

/// Saves a preview as a plan, to be reviewed and applied
#[derive(Args)]
pub(super) struct Plan {
    /// The name of a bundled script, a path (containing / or ending in .rhai), or - for standard input
    script: String,
    /// Write the plan to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of standard output; by default the plan, or nothing with --output
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Exit with 10 if changes are pending
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl Plan {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let mut played = match Played::open(&self.script, &self.scripts, &self.params, &stop, look)?
        {
            Ok(played) => played,
            Err(code) => return Ok(code),
        };
        let place = NodeTarget::find(&self.node, played.platform())?;
        let runner = Runner::new(place, &self.node, look, Format::Json, &stop);
        let ended = runner.dry_run(&mut played)?;
        if let Some(fault) = &ended.run.fault {
            // Only a script that ran to its end can be kept.
            return Ok(runner.complain(fault, &played));
        }
        let kept = RunRecord {
            kind: DocumentKind::Plan,
            ..ended.run
        };
        if let Some(path) = &self.output {
            output::write(path, &plan::render(&kept))?;
            if !look.is_quiet() {
                output::say(&format!("{} · {}", path.display(), kept.digest()));
            }
        }
        let format = match (&self.output, self.format) {
            (Some(_), None) => None,
            (_, format) => Some(format.unwrap_or(Format::Json)),
        };
        if let Some(format) = format {
            runner.show_run(&kept, &played, format)?;
        }
        let is_pending = kept.is_pending();
        Ok(if self.exit_code && is_pending { 10 } else { 0 })
    }
}
