//! Counts the bytes that the process has allocated.

use std::alloc::System;

use cap::Cap;

/// Counts. It does not limit: an allocation that fails ends the process.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Returns how many bytes are allocated now.
pub fn bytes() -> usize {
    usize::MAX - ALLOCATOR.remaining()
}
