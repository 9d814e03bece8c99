//! `ascript plan`: a preview saved as a plan.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::exec::{self, StopFlag};
use crate::fault::{Fault, Result};
use crate::plan;
use crate::report;
use crate::run::{DocumentKind, RunRecord};

use super::common::{NodeArgs, OutputFormat, ParamArgs, ScriptsArg, format_parser};
use super::node_target::NodeTarget;
use super::output::{self, OutputOptions};
use super::run_format::RUN_FORMATS;
use super::runner::Runner;
use super::script_steps::ScriptSteps;

/// Saves a preview as a plan, to be reviewed and applied
#[derive(Args)]
pub(super) struct Plan {
    /// The name of a bundled script, a path (containing / or ending in .rhai), or - for standard input
    pub(super) script: String,
    /// Write the plan to this file, packed if its name ends in .gz; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// The format of standard output; by default the plan, or nothing with --output
    #[arg(long, value_parser = format_parser(RUN_FORMATS))]
    pub(super) format: Option<OutputFormat>,
    /// Write how many steps there are of each kind to standard output
    #[arg(long, conflicts_with = "format")]
    pub(super) summary: bool,
    /// Exit with 10 if changes are pending
    #[arg(long)]
    pub(super) exit_code: bool,
    #[command(flatten)]
    pub(super) node: NodeArgs,
    #[command(flatten)]
    pub(super) params: ParamArgs,
    #[command(flatten)]
    pub(super) scripts: ScriptsArg,
}

impl Plan {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        self.check_output()?;
        let stop = StopFlag::install()?;
        let mut steps =
            match ScriptSteps::open(&self.script, &self.scripts, &self.params, &stop, options)? {
                Ok(steps) => steps,
                Err(code) => return Ok(code),
            };
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, steps.platform()))?;
        let runner = Runner::new(target, &self.node, options, OutputFormat::Json, &stop)?;
        let finished = runner.dry_run(&mut steps)?;
        if let Some(fault) = &finished.run.fault {
            // Only a script that ran to its end makes a plan.
            if let Some(format) = self.format().filter(|format| format.is_json()) {
                runner.show_run(&finished.run, &steps, format)?;
            }
            return Ok(runner.complain(fault, &steps));
        }
        let plan = RunRecord {
            kind: DocumentKind::Plan,
            ..finished.run
        };
        if let Some(path) = self.file() {
            let text = plan::render(&plan);
            output::write(path, exec::packed_for(path, text.as_bytes())?)?;
            if !options.is_quiet() {
                let path = path.display().to_string();
                output::say(&format!("{} · {}", report::line(&path), plan.digest()));
            }
        }
        let format = match (self.file(), self.format()) {
            (Some(_), None) => None,
            (_, format) => Some(format.unwrap_or(OutputFormat::Json)),
        };
        if let Some(format) = format {
            runner.show_run(&plan, &steps, format)?;
        }
        let is_pending = plan.is_pending();
        Ok(if self.exit_code && is_pending { 10 } else { 0 })
    }

    /// The format of standard output that was asked for.
    fn format(&self) -> Option<OutputFormat> {
        if self.summary {
            Some(OutputFormat::Summary)
        } else {
            self.format
        }
    }

    /// The file to write, unless that is standard output.
    fn file(&self) -> Option<&Path> {
        self.output
            .as_deref()
            .filter(|path| *path != Path::new("-"))
    }

    /// Refuses two documents on standard output.
    fn check_output(&self) -> Result<()> {
        let is_json = self.format().is_none_or(OutputFormat::is_json);
        if self.output.is_none() || self.file().is_some() || is_json {
            return Ok(());
        }
        Err(
            Fault::usage("the plan and the report cannot both go to standard output")
                .hint("write the plan to a file with -o FILE"),
        )
    }
}
