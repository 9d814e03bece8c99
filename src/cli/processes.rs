//! `ascript processes`: the program that readings run to find the process of a service on a
//! node where no service manager shows it.

use clap::Args;

use crate::exec;
use crate::fault::Result;

use super::output::{self, OutputOptions};

/// Lists the processes of a program, with the time of their start
#[derive(Args)]
#[command(hide = true)]
pub(super) struct ProcessesArgs {
    /// The name of the program
    program: String,
}

impl ProcessesArgs {
    /// A line for each: its PID, and its start in microseconds of Unix time.
    pub(super) fn execute(&self, _: &OutputOptions) -> Result<u8> {
        let found = exec::processes(&self.program)?.into_iter();
        let lines = found.map(|process| format!("{} {}\n", process.pid, process.started));
        output::document(&lines.collect::<String>())?;
        Ok(0)
    }
}
