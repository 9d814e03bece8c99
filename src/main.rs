//! Runs the command line, on a thread with a larger stack if needed.

use std::panic;
use std::process::ExitCode;

use rustix::process::{Resource, getrlimit};

/// Twice what the deepest call of a script needs. A debug build takes 100 KB per
/// level.
const MIN_STACK: u64 = if cfg!(debug_assertions) {
    32 << 20
} else {
    4 << 20
};

fn main() -> ExitCode {
    if let Some(code) = ascript::lab::main() {
        return ExitCode::from(code);
    }
    let outcome = if is_stack_large_enough() {
        panic::catch_unwind(ascript::cli::main).ok()
    } else {
        run_on_thread()
    };
    outcome.unwrap_or_else(ascript::cli::report_panic)
}

/// Whether the main thread's stack is large enough. A thread is the fallback
/// only: glibc gives it a heap of its own, which grows page by page, and that
/// takes longer than everything else in a short run.
fn is_stack_large_enough() -> bool {
    let limit = getrlimit(Resource::Stack).current;
    limit.is_none_or(|bytes| bytes >= MIN_STACK)
}

fn run_on_thread() -> Option<ExitCode> {
    let size = usize::try_from(MIN_STACK).ok()?;
    let thread = std::thread::Builder::new()
        .name("ascript".to_owned())
        .stack_size(size)
        .spawn(ascript::cli::main);
    thread.ok()?.join().ok()
}
