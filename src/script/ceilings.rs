//! Measures a script while it runs: the time between two calls of bindings, and the memory that it
//! takes.
//!
//! The engine limits the depth of calls, but not of values: each closure can hold the one before.
//! To drop, copy or hash such a chain takes stack for each level. So the memory of a script's
//! values limits their depth, and [`STACK`] is large enough for the deepest values that fit.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::allocation;
use crate::bindings::Value;
use crate::fault::Fault;

use super::limits::exceeded;

const MIB: usize = 1 << 20;

/// The bytes that the values of a script may take.
const MAX_VALUES: usize = 64 * MIB;

/// The bytes that the record of its steps may take, and what is read of the node: 100,000 users
/// take a few hundred MiB.
const MAX_RECORD: usize = 2048 * MIB;

/// How long a script may compute between two calls of bindings. One operation on a long string can
/// take milliseconds, so the number of operations alone does not bound the time.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The number of operations between two looks at the memory, less one. One operation adds at most
/// one string of 1 MiB, and one level of depth.
const MEMORY_MASK: u64 = 15;

/// The number of operations between two looks at the clock, less one.
const CLOCK_MASK: u64 = 63;

/// The least ratio of stack to values. A list in a list takes 40 bytes; to hash it takes 145 bytes
/// of stack, 170 in a debug build. Every other value takes less stack for its size.
const STACK_PER_VALUES: usize = 6;

/// The stack for all else: 64 nested calls, of 100 KB each in a debug build, and the depth that
/// the limits of lists and maps admit, of up to 3 KB for each of 20,000 levels.
const STACK_OF_CALLS: usize = 96 * MIB;

/// The stack that scripts need, and everything that handles their values. Pages that are not used
/// take no memory.
pub const STACK: usize = STACK_PER_VALUES * MAX_VALUES + STACK_OF_CALLS;

/// The limits that are measured while a script runs.
#[derive(Clone)]
pub struct Ceilings {
    /// How long a script may compute between two calls of bindings.
    pub pause: Duration,
    /// The bytes that the values of a script may take.
    pub values: usize,
    /// The bytes that the record of its steps may take, and what is read of the node.
    pub record: usize,
    /// Returns how many bytes the process has allocated.
    pub allocated: fn() -> usize,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            pause: MAX_PAUSE,
            values: MAX_VALUES,
            record: MAX_RECORD,
            allocated: allocation::bytes,
        }
    }
}

/// Measures a script. Its time and its memory are those outside of bindings, which start programs,
/// wait for answers, and record steps.
pub(super) struct Meter {
    ceilings: Ceilings,
    /// Whether a binding was called since the clock was last read.
    is_called: Cell<bool>,
    since: Cell<Instant>,
    /// The allocated bytes that are not the script's.
    foreign: Cell<usize>,
    record: Cell<usize>,
}

impl Meter {
    pub(super) fn new(ceilings: Ceilings) -> Self {
        let meter = Self {
            ceilings,
            is_called: Cell::default(),
            since: Cell::new(Instant::now()),
            foreign: Cell::default(),
            record: Cell::default(),
        };
        meter.start(0);
        meter
    }

    /// Starts an evaluation. Earlier ones left values of that size.
    pub(super) fn start(&self, values: usize) {
        self.is_called.set(false);
        self.since.set(Instant::now());
        self.record.set(0);
        self.foreign
            .set((self.ceilings.allocated)().wrapping_sub(values));
    }

    /// The size of the script's values. What is freed later than it was measured counts for
    /// nothing.
    pub(super) fn values(&self) -> usize {
        difference((self.ceilings.allocated)(), self.foreign.get())
    }

    /// Whether the values take more memory than they may.
    pub(super) fn is_full(&self) -> bool {
        self.values() > self.ceilings.values
    }

    /// The fault of values that take more memory than they may.
    pub(super) fn full(&self) -> Option<Fault> {
        let size = self.ceilings.values / MIB;
        self.is_full()
            .then(|| exceeded(&format!("{size} MiB of memory for its values")))
    }

    /// Calls a function that is not part of the script.
    pub(super) fn outside<T>(&self, call: impl FnOnce() -> T) -> T {
        let before = (self.ceilings.allocated)();
        let result = call();
        let kept = (self.ceilings.allocated)().wrapping_sub(before);
        self.foreign.set(self.foreign.get().wrapping_add(kept));
        self.record.set(self.record.get().wrapping_add(kept));
        self.restart_clock();
        result
    }

    /// Restarts the clock: a reader of the output, such as a pager, may keep a script waiting.
    pub(super) fn restart_clock(&self) {
        self.is_called.set(true);
    }

    /// Counts a value that a binding returned as the script's.
    pub(super) fn hand_over(&self, value: &Value) {
        let size = size(value);
        self.foreign.set(self.foreign.get().wrapping_sub(size));
        self.record.set(self.record.get().wrapping_sub(size));
    }

    /// The fault of a script that exceeds a limit after this number of operations.
    #[inline]
    pub(super) fn exceeded(&self, operations: u64) -> Option<Fault> {
        if operations & MEMORY_MASK != 0 {
            return None;
        }
        self.exceeded_now(operations)
    }

    fn exceeded_now(&self, operations: u64) -> Option<Fault> {
        if let Some(fault) = self.full() {
            return Some(fault);
        }
        if operations & CLOCK_MASK != 0 {
            return None;
        }
        if difference(self.record.get(), self.ceilings.record) > 0 {
            let size = self.ceilings.record / MIB;
            return Some(exceeded(&format!("{size} MiB of memory for its steps")));
        }
        self.is_late(Instant::now()).then(|| {
            let seconds = self.ceilings.pause.as_secs();
            exceeded(&format!("{seconds} seconds without a call of a binding"))
        })
    }

    fn is_late(&self, now: Instant) -> bool {
        if self.is_called.take() {
            self.since.set(now);
        }
        now.duration_since(self.since.get()) > self.ceilings.pause
    }
}

/// `a - b`, or 0 if that is negative. Both may have wrapped.
fn difference(a: usize, b: usize) -> usize {
    let difference = a.wrapping_sub(b);
    if difference > usize::MAX / 2 {
        0
    } else {
        difference
    }
}

/// The bytes of a value beside the value itself. Only texts, lists and maps can be large.
fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items
            .iter()
            .map(|item| size_of::<Value>() + size(item))
            .sum(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| size_of::<(String, Value)>() + key.len() + size(value))
            .sum(),
        Value::Unit
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Secret(_)
        | Value::SecretText(_)
        | Value::Outcome(_)
        | Value::Other(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static ALLOCATED: Cell<usize> = const { Cell::new(1000 * MIB) };
    }

    fn allocate(mib: usize) {
        ALLOCATED.set(ALLOCATED.get() + mib * MIB);
    }

    fn meter() -> Meter {
        Meter::new(Ceilings {
            allocated: || ALLOCATED.get(),
            ..Ceilings::default()
        })
    }

    fn message(meter: &Meter) -> Option<String> {
        meter.exceeded(64).map(|fault| fault.message().to_owned())
    }

    #[test]
    fn values_that_take_too_much_memory_exceed_the_limit() {
        let meter = meter();
        allocate(64);
        assert_eq!(message(&meter), None);
        allocate(1);
        let limit = "the script exceeds a limit: 64 MiB of memory for its values";
        assert_eq!(message(&meter).as_deref(), Some(limit));
    }

    #[test]
    fn what_a_binding_keeps_is_not_a_value_of_the_script() {
        let meter = meter();
        meter.outside(|| allocate(2048));
        assert_eq!((message(&meter), meter.values()), (None, 0));
        meter.outside(|| allocate(1));
        let limit = "the script exceeds a limit: 2048 MiB of memory for its steps";
        assert_eq!(message(&meter).as_deref(), Some(limit));
    }

    #[test]
    fn what_a_binding_returns_is_a_value_of_the_script() {
        let meter = meter();
        let text = Value::Text("x".repeat(MIB).into());
        let list = Value::List(vec![text]);
        meter.outside(|| allocate(1));
        meter.hand_over(&Value::Map(vec![("key".to_owned(), list)]));
        assert!((MIB..MIB + 200).contains(&meter.values()));
    }

    #[test]
    fn what_a_binding_frees_does_not_make_room_for_values() {
        let meter = meter();
        meter.outside(|| ALLOCATED.set(ALLOCATED.get() - 500 * MIB));
        allocate(65);
        assert!(meter.is_full());
    }

    #[test]
    fn values_of_earlier_evaluations_count() {
        let meter = meter();
        meter.start(60 * MIB);
        allocate(5);
        assert!(meter.is_full());
        meter.start(0);
        assert_eq!(meter.values(), 0);
    }

    #[test]
    fn values_that_are_freed_leave_none() {
        let meter = meter();
        ALLOCATED.set(ALLOCATED.get() - 500 * MIB);
        assert_eq!((message(&meter), meter.values()), (None, 0));
    }

    #[test]
    fn a_script_that_computes_for_too_long_exceeds_the_limit() {
        let (meter, start) = (meter(), Instant::now());
        meter.since.set(start);
        assert!(!meter.is_late(start + MAX_PAUSE));
        assert!(meter.is_late(start + MAX_PAUSE + Duration::from_millis(1)));
    }

    #[test]
    fn a_binding_starts_the_time_anew() {
        let (meter, start) = (meter(), Instant::now());
        meter.outside(|| ());
        assert!(!meter.is_late(start + 2 * MAX_PAUSE));
        assert!(meter.is_late(start + 4 * MAX_PAUSE));
    }
}
