//! Maps by short names out of a file that its owner writes. Not for input that
//! somebody could choose to do harm: the hash has no random seed.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

/// A map by names. The standard hash would cost half of a lookup.
pub(crate) type FastMap<K, V> = HashMap<K, V, FixedState>;

/// The same, in the order in which the names came. It grows without a look at
/// them.
pub(crate) type FastIndexMap<K, V> = IndexMap<K, V, FixedState>;

/// The names alone, in the order in which they came.
pub(crate) type FastIndexSet<K> = IndexSet<K, FixedState>;
