//! `ascript plan`: a preview saved as a plan.

use std::path::PathBuf;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::Result;
use crate::plan;
use crate::run::{DocumentKind, RunRecord};

use super::common::{NodeArgs, OutputFormat, ParamArgs, ScriptsArg, format_parser};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions, RUN_FORMATS};
use super::runner::Runner;
use super::script_steps::ScriptSteps;

/// Saves a preview as a plan, to be reviewed and applied
#[derive(Args)]
pub(super) struct Plan {
    /// The name of a bundled script, a path (containing / or ending in .rhai), or - for standard input
    script: String,
    /// Write the plan to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of standard output; by default the plan, or nothing with --output
    #[arg(long, value_parser = format_parser(RUN_FORMATS))]
    format: Option<OutputFormat>,
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
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let mut steps =
            match ScriptSteps::open(&self.script, &self.scripts, &self.params, &stop, options)? {
                Ok(steps) => steps,
                Err(code) => return Ok(code),
            };
        let target = NodeTarget::find(&self.node, steps.platform())?;
        let runner = Runner::new(target, &self.node, options, OutputFormat::Json, &stop);
        let finished = runner.dry_run(&mut steps)?;
        if let Some(fault) = &finished.run.fault {
            // Only a script that ran to its end makes a plan.
            return Ok(runner.complain(fault, &steps));
        }
        let plan = RunRecord {
            kind: DocumentKind::Plan,
            ..finished.run
        };
        if let Some(path) = &self.output {
            output::write(path, &plan::render(&plan))?;
            if !options.is_quiet() {
                output::say(&format!("{} · {}", path.display(), plan.digest()));
            }
        }
        let format = match (&self.output, self.format) {
            (Some(_), None) => None,
            (_, format) => Some(format.unwrap_or(OutputFormat::Json)),
        };
        if let Some(format) = format {
            runner.show_run(&plan, &steps, format)?;
        }
        let is_pending = plan.is_pending();
        Ok(if self.exit_code && is_pending { 10 } else { 0 })
    }
}
