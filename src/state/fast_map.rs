//! Hash maps for short names from files that the node's owner writes. The hash has
//! no random seed, so they are not for input from an attacker.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

/// A map by names. With the standard hash, a lookup takes twice as long, which the
/// figure of 10,000 calls (`cargo bench --bench figures`) does not allow.
pub(crate) type FastMap<K, V> = HashMap<K, V, FixedState>;

/// The same, in the order of insertion.
pub(crate) type FastIndexMap<K, V> = IndexMap<K, V, FixedState>;

/// A set of names in the order of insertion.
pub(crate) type FastIndexSet<K> = IndexSet<K, FixedState>;
