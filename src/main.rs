//! Runs the command line, on a stack that is large enough for every script.

use std::panic;
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether there was room for the stack.
static IS_STARTED: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    if let Some(code) = ascript::lab::main() {
        return ExitCode::from(code);
    }
    report_panics();
    // Not a thread: glibc gives it a heap of its own, which grows page by page, and that takes
    // longer than everything else in a short run.
    stacker::grow(ascript::script::STACK, || {
        IS_STARTED.store(true, Ordering::Relaxed);
        ascript::cli::main()
    })
}

/// A panic reports itself and ends the program, as a release cannot unwind.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "a panic hook returns no exit code"
)]
fn report_panics() {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let code = if IS_STARTED.load(Ordering::Relaxed) {
            default(panic);
            ascript::cli::report_panic()
        } else {
            // `grow` panics where the system has no room for the stack.
            ascript::cli::report_missing_stack()
        };
        process::exit(i32::from(code))
    }));
}
