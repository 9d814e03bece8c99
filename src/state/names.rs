//! A hash for short names out of a file that its owner writes. Not for input
//! that somebody could choose to do harm.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by names.
pub(super) type Names<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// The Fowler–Noll–Vo hash: the standard one would cost half of a lookup.
#[derive(Debug, Default)]
pub(super) struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    // The map looks at the lowest and the highest bits.
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (self.0 >> 32)
    }
}
