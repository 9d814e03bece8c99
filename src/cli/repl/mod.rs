//! `ascript repl`: lines typed at a terminal or piped in, each run against what
//! the earlier ones staged. `crate::repl` implements the session itself.

mod command_completion;
mod commands;
mod help;
mod history_file;
mod interactive_session;
mod line_helper;
mod live_apply;
mod paint;
mod piped_input;
mod prompt_loop;

use std::io::IsTerminal as _;

use clap::Args;

use crate::exec::StopFlag;
use crate::fault::Result;
use crate::script::Declared;

use super::common::{NodeArgs, ParamArgs, ScriptsArg};
use super::output::OutputOptions;

use interactive_session::InteractiveSession;

/// Explores a node line by line; changes nothing before :apply
#[derive(Args)]
pub(super) struct ReplArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl ReplArgs {
    pub(super) fn execute(&self, options: &OutputOptions) -> Result<u8> {
        let stop = StopFlag::install()?;
        let given = stop.while_waiting(|| self.params.given(&Declared::default()))?;
        let scripts = self.scripts.scripts.as_deref();
        let session = InteractiveSession::new(&self.node, scripts, given, options, &stop)?;
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if is_terminal {
            prompt_loop::run(session)
        } else {
            Ok(piped_input::run(session))
        }
    }
}
