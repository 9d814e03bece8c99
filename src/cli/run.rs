//! `ascript run`: a preview, and with `--live` the real thing.

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::Result;

use super::common::{Format, NodeArgs, ParamArgs, ScriptsArg};
use super::consent::LiveArgs;
use super::node_target::NodeTarget;
use super::output::OutputOptions;
use super::played::Played;
use super::runner::Runner;

/// Previews a script; performs it with --live
#[derive(Args)]
pub(super) struct Run {
    /// The name of a bundled script, a path (containing / or ending in .rhai), or - for standard input
    script: String,
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
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl Run {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        if self.live {
            self.consent.check(self.script != "-")?;
        } else {
            self.consent.check_idle()?;
        }
        let stop = StopFlag::install()?;
        let mut played = match Played::open(&self.script, &self.scripts, &self.params, &stop, look)?
        {
            Ok(played) => played,
            Err(code) => return Ok(code),
        };
        let place = NodeTarget::find(&self.node, played.platform())?;
        let runner = Runner::new(place, &self.node, look, self.format, &stop);
        if self.live {
            let code = runner.perform(&mut played, &self.consent)?;
            // The process ends here; the system takes all memory back at once.
            std::mem::forget(played);
            return Ok(code.unwrap_or(0));
        }
        let ended = runner.dry_run(&mut played)?;
        runner.show(&ended, &played)?;
        let is_pending = ended.run.is_pending();
        let code = match &ended.run.fault {
            Some(fault) => runner.complain(fault, &played),
            None if self.exit_code && is_pending => 10,
            None => 0,
        };
        std::mem::forget((ended, played));
        Ok(code)
    }
}
