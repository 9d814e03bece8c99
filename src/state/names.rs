//! A hash for short names out of a file that its owner writes. Not for input
//! that somebody could choose to do harm.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by names.
pub(crate) type Names<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// A set of names.
pub(crate) type NameSet<K> = HashSet<K, BuildHasherDefault<Fnv>>;

/// The Fowler–Noll–Vo hash: the standard one would cost half of a lookup.
#[derive(Debug, Default)]
pub(crate) struct Fnv(u64);

impl Fnv {
    fn step(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x0100_0000_01b3);
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step((*byte).into());
        }
    }

    // What tells one kind of thing from another is small, and one step.
    fn write_u8(&mut self, number: u8) {
        self.step(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.step(number.into());
    }

    fn write_isize(&mut self, number: isize) {
        self.step(number.cast_unsigned() as u64);
    }

    // The map looks at the lowest and the highest bits.
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (self.0 >> 32)
    }
}
