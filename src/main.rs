//! Runs the command line, on a stack that is large enough for every script.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = ascript::lab::main() {
        return ExitCode::from(code);
    }
    // Not a thread: glibc gives it a heap of its own, which grows page by page, and that takes
    // longer than everything else in a short run.
    let is_started = Cell::new(false);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let start = || {
        is_started.set(true);
        panic::set_hook(hook);
        ascript::cli::main()
    };
    let run = AssertUnwindSafe(|| stacker::grow(ascript::script::STACK, start));
    panic::catch_unwind(run).unwrap_or_else(|_| {
        // `grow` panics where the system has no room for the stack.
        if is_started.get() {
            ascript::cli::report_panic()
        } else {
            ascript::cli::report_missing_stack()
        }
    })
}
