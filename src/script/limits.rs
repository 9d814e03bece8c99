//! The limits of a script: the numbers, and the messages about them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rhai::Engine;

use crate::fault::Fault;

/// How long a script may compute between two calls of bindings. One operation on a long string can
/// take milliseconds, so the number of operations alone does not bound the time.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The number of operations between two looks at the clock, less one.
const CLOCK_MASK: u64 = 63;

/// Whether a binding was called since the flag was last taken.
pub(super) type CallFlag = Rc<Cell<bool>>;

/// Measures how long a script computes without a call of a binding. The time that a binding takes
/// does not count: it starts programs and waits for answers.
pub(super) struct PauseClock {
    called: CallFlag,
    operations: Cell<u64>,
    since: Cell<Instant>,
}

impl PauseClock {
    /// Creates a clock that bindings restart through `called`.
    pub(super) fn new(called: CallFlag) -> Self {
        Self {
            called,
            operations: Cell::new(0),
            since: Cell::new(Instant::now()),
        }
    }

    /// Whether the script exceeds the limit after this number of operations.
    pub(super) fn is_exceeded(&self, operations: u64, now: impl FnOnce() -> Instant) -> bool {
        if operations & CLOCK_MASK != 0 {
            return false;
        }
        let now = now();
        // The engine counts each evaluation from zero.
        let is_new_evaluation = operations <= self.operations.replace(operations);
        if self.called.take() || is_new_evaluation {
            self.since.set(now);
        }
        now.duration_since(self.since.get()) > MAX_PAUSE
    }
}

/// The fault of a script that computes for too long.
pub(super) fn pause_exceeded() -> Fault {
    exceeded(&format!(
        "{} seconds without a call of a binding",
        MAX_PAUSE.as_secs()
    ))
}

/// Sets every limit: the engine's defaults differ between debug and release builds.
pub(super) fn set(engine: &mut Engine) {
    engine
        .set_max_operations(5_000_000)
        .set_max_string_size(1 << 20)
        .set_max_array_size(10_000)
        .set_max_map_size(10_000)
        .set_max_call_levels(64)
        .set_max_expr_depths(64, 32)
        .set_max_modules(64)
        .set_max_functions(1000)
        .set_max_variables(1000);
}

/// Names the limit that `Length of string`, `Size of array/BLOB` or `Size of object map` exceeds.
pub(super) fn size(what: &str) -> &'static str {
    match what {
        text if text.contains("string") => "a string of 1 MiB",
        list if list.contains("array") => "a list of 10,000 items, including those of inner lists",
        map if map.contains("map") => "a map of 10,000 entries, including those of inner maps",
        _ => "the size of a value",
    }
}

/// The fault of a limit that a run exceeds.
pub(super) fn exceeded(limit: &str) -> Fault {
    Fault::script(format!("the script exceeds a limit: {limit}"))
        .hint("scripts that configure a node stay far below it; check for a loop that does not end")
}

/// The fault of a limit that a script's text exceeds.
pub(super) fn exceeded_in_text(limit: &str) -> Fault {
    Fault::usage(format!("the script exceeds a limit: {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clock of an evaluation whose first operations were polled at the returned time.
    fn started(called: &CallFlag) -> (PauseClock, Instant) {
        let (clock, start) = (PauseClock::new(Rc::clone(called)), Instant::now());
        assert!(!clock.is_exceeded(0, || start));
        (clock, start)
    }

    #[test]
    fn a_script_that_computes_for_too_long_exceeds_the_limit() {
        let (clock, start) = started(&CallFlag::default());
        assert!(!clock.is_exceeded(64, || start + MAX_PAUSE));
        let late = start + MAX_PAUSE + Duration::from_millis(1);
        assert!(clock.is_exceeded(128, || late));
    }

    #[test]
    fn a_binding_starts_the_time_anew() {
        let called = CallFlag::default();
        let (clock, start) = started(&called);
        called.set(true);
        assert!(!clock.is_exceeded(64, || start + 2 * MAX_PAUSE));
        assert!(clock.is_exceeded(128, || start + 4 * MAX_PAUSE));
    }

    #[test]
    fn the_time_between_two_evaluations_does_not_count() {
        let (clock, start) = started(&CallFlag::default());
        assert!(!clock.is_exceeded(64, || start));
        assert!(!clock.is_exceeded(64, || start + 2 * MAX_PAUSE));
    }

    #[test]
    fn the_clock_is_read_seldom() {
        let (clock, _) = started(&CallFlag::default());
        assert!(!clock.is_exceeded(63, || unreachable!("it is not read here")));
    }
}
