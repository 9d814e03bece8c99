//! Runs the command line, on a stack that is large enough for every script.

use std::panic;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = ascript::lab::main() {
        return ExitCode::from(code);
    }
    // Not a thread: glibc gives it a heap of its own, which grows page by page, and that takes
    // longer than everything else in a short run.
    let outcome = panic::catch_unwind(|| stacker::grow(ascript::script::STACK, ascript::cli::main));
    outcome.unwrap_or_else(|_| ascript::cli::report_panic())
}
