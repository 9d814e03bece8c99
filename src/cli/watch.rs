//! `--watch`: does a command again whenever one of its files is saved.

use std::path::PathBuf;

use clap::Args;

use crate::exec::{FileWatch, StopFlag};
use crate::fault::{Fault, FaultKind, Result};

use super::output::{self, OutputOptions};

/// The option to do a command again.
#[derive(Args, Default)]
pub(super) struct WatchArg {
    /// Do it again whenever the script or a file that it uses is saved; Ctrl-C ends
    #[arg(long)]
    pub(super) watch: bool,
}

/// Does a command again and again, until a stop is requested. A round returns more files to watch.
/// A fault is printed, and ends one round: an editor may be about to write the file that is missing.
pub(super) fn repeat(
    options: &OutputOptions,
    stop: &StopFlag,
    mut watch: FileWatch,
    mut round: impl FnMut(&OutputOptions) -> Result<Vec<PathBuf>>,
) -> Result<u8> {
    let options = options.without_pager();
    loop {
        output::clear_screen();
        match round(&options) {
            Ok(files) => files.iter().try_for_each(|file| watch.add_file(file))?,
            Err(fault) if fault.kind() == FaultKind::Stopped => {}
            Err(fault) => options.complain(&fault, &|_| None),
        }
        if stop.is_requested() {
            return Ok(0);
        }
        if !options.is_quiet() {
            output::say("\nwaiting for a file to be saved; Ctrl-C ends");
        }
        if !watch.wait(stop) {
            return Ok(0);
        }
    }
}

/// Refuses to watch what is in no file.
pub(super) fn nothing_to_watch(name: &str) -> Fault {
    Fault::usage(format!("--watch needs a script in a file, not `{name}`"))
        .hint("write its path, such as ./site.rhai")
}
