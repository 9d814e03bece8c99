//! Starts the command line with room for the interpreter's stack.

use std::panic;
use std::process::ExitCode;

use rustix::process::{Resource, getrlimit};

/// What a script's deepest call wants, and as much again. A debug build takes
/// 100 KB a level.
const STACK: u64 = if cfg!(debug_assertions) {
    32 << 20
} else {
    4 << 20
};

fn main() -> ExitCode {
    if let Some(code) = ascript::lab::main() {
        return ExitCode::from(code);
    }
    let outcome = if has_room() {
        panic::catch_unwind(ascript::cli::main).ok()
    } else {
        on_a_thread()
    };
    outcome.unwrap_or_else(ascript::cli::crashed)
}

/// Whether the stack we have is large enough. A thread has a heap of its own,
/// which the C library makes larger page by page: that takes longer than all
/// else in a short run.
fn has_room() -> bool {
    let limit = getrlimit(Resource::Stack).current;
    limit.is_none_or(|bytes| bytes >= STACK)
}

fn on_a_thread() -> Option<ExitCode> {
    let size = usize::try_from(STACK).ok()?;
    let thread = std::thread::Builder::new()
        .name("ascript".to_owned())
        .stack_size(size)
        .spawn(ascript::cli::main);
    thread.ok()?.join().ok()
}
