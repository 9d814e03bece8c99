//! `ascript run`: a preview, and with `--live` the real thing.

use std::path::Path;

use clap::Args;

use crate::exec::{FileWatch, StopFlag, is_stdin};
use crate::fault::Result;

use super::common::{NodeArgs, ParamArgs, ScriptsArg};
use super::consent::LiveArgs;
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::run_format::RunFormatArgs;
use super::runner::{DECLINED, FinishedRun, Runner};
use super::script_steps::ScriptSteps;
use super::step_source::StepSource as _;
use super::watch::{self, WatchArg};

/// Previews a script; performs it with --live
#[derive(Args)]
pub(super) struct Run {
    /// The name of a bundled script, a path (containing / or ending in .rhai), or - for standard input
    pub(super) script: String,
    /// Ask, then perform the steps
    #[arg(long, conflicts_with = "watch")]
    pub(super) live: bool,
    #[command(flatten)]
    pub(super) format: RunFormatArgs,
    /// Exit with 10 if changes are pending
    #[arg(long, conflicts_with_all = ["live", "watch"])]
    pub(super) exit_code: bool,
    #[command(flatten)]
    pub(super) watch: WatchArg,
    #[command(flatten)]
    pub(super) consent: LiveArgs,
    #[command(flatten)]
    pub(super) node: NodeArgs,
    #[command(flatten)]
    pub(super) params: ParamArgs,
    #[command(flatten)]
    pub(super) scripts: ScriptsArg,
}

impl Run {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        if self.live {
            self.consent.check(self.script != "-")?;
        } else {
            self.consent.check_preview()?;
        }
        let stop = StopFlag::install()?;
        if self.watch.watch {
            return self.watch(options, &stop);
        }
        let mut steps =
            match ScriptSteps::open(&self.script, &self.scripts, &self.params, &stop, options)? {
                Ok(steps) => steps,
                Err(code) => return Ok(code),
            };
        let target = stop.while_waiting(|| NodeTarget::find(&self.node, steps.platform()))?;
        let runner = Runner::new(target, &self.node, options, self.format.get(), &stop)?;
        if self.live {
            let code = runner.perform(&mut steps, &self.consent)?;
            // The process ends here; the system takes all memory back at once.
            std::mem::forget(steps);
            return Ok(code.unwrap_or(DECLINED));
        }
        let (code, finished) = self.preview(&runner, &mut steps)?;
        // The process ends now. Freeing the steps of 10,000 calls one by one would
        // be part of `10000 calls` of benches/preview.
        std::mem::forget((finished, steps));
        Ok(code)
    }

    /// Shows a preview. Returns it with its exit code.
    fn preview(&self, runner: &Runner<'_>, steps: &mut ScriptSteps) -> Result<(u8, FinishedRun)> {
        let finished = runner.preview(steps)?;
        runner.show(&finished, steps)?;
        let is_pending = finished.run.is_pending();
        let code = match &finished.run.fault {
            Some(fault) => runner.complain(fault, steps),
            None if self.exit_code && is_pending => 10,
            None => 0,
        };
        Ok((code, finished))
    }

    /// Previews again and again.
    fn watch(&self, options: &OutputOptions, stop: &StopFlag) -> Result<u8> {
        let script = Path::new(&self.script);
        if is_stdin(script) || !script.exists() {
            return Err(watch::nothing_to_watch(&self.script));
        }
        let mut watch = FileWatch::new()?;
        for file in self.params.files() {
            watch.add_file(file)?;
        }
        watch.add_file(script)?;
        watch::repeat(options, stop, watch, |options| {
            let opened =
                ScriptSteps::open(&self.script, &self.scripts, &self.params, stop, options)?;
            let Ok(mut steps) = opened else {
                return Ok(Vec::new());
            };
            let target = NodeTarget::find(&self.node, steps.platform())?;
            let runner = Runner::new(target, &self.node, options, self.format.get(), stop)?;
            let (_, finished) = self.preview(&runner, &mut steps)?;
            let folder = script.parent().unwrap_or(Path::new(""));
            let data = finished.run.data.iter();
            let mut files = steps.files();
            files.extend(data.map(|file| folder.join(&file.source)));
            Ok(files)
        })
    }
}
