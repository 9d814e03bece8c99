//! `ascript repl`: lines at a terminal or from a pipe, each run against what
//! the earlier ones staged. What a line means is decided elsewhere.

mod commands;
mod editor;
mod explorer;
mod help;
mod line_helper;
mod live;
mod memory;
mod paint;
mod piped;
mod tab;

use std::io::IsTerminal as _;

use clap::Args;

use crate::exec::Stop;
use crate::fault::Result;

use super::common::{NodeArgs, ParamArgs, ScriptsArg};
use super::output::OutputOptions;

use explorer::Explorer;

pub(super) use help::reference;

/// Explores a node line by line; nothing is changed before :apply
#[derive(Args)]
pub(super) struct Repl {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    params: ParamArgs,
    #[command(flatten)]
    scripts: ScriptsArg,
}

impl Repl {
    pub(super) fn execute(&self, look: &OutputOptions) -> Result<u8> {
        let stop = Stop::install()?;
        let given = self.params.given()?;
        let scripts = self.scripts.scripts.as_deref();
        let explorer = Explorer::new(&self.node, scripts, given, look, &stop)?;
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if is_terminal {
            editor::run(explorer)
        } else {
            Ok(piped::run(explorer))
        }
    }
}
