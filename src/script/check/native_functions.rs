//! The engine's own functions, by name and number of arguments.

use std::collections::{BTreeMap, HashSet};

use rhai::Engine;

/// Handled by the engine's parser or interpreter, with any number of arguments, and in no list of
/// its own.
const KEYWORDS: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "debug",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "type_of",
];

/// The native functions of an engine.
pub(super) struct NativeFunctions {
    counts: BTreeMap<String, HashSet<usize>>,
}

impl NativeFunctions {
    /// Lists the functions of an engine.
    pub(super) fn new(engine: &Engine) -> Self {
        let natives = engine.collect_fn_metadata(
            None,
            |native| {
                let metadata = native.metadata;
                let is_global = native.namespace.is_empty();
                is_global.then(|| (metadata.name.to_string(), metadata.num_params))
            },
            true,
        );
        let mut counts: BTreeMap<String, HashSet<usize>> = BTreeMap::new();
        for (name, count) in natives {
            counts.entry(name).or_default().insert(count);
        }
        Self { counts }
    }

    /// Whether one has that name, whatever it takes.
    pub(super) fn has(&self, name: &str) -> bool {
        KEYWORDS.contains(&name) || self.counts.contains_key(name)
    }

    /// Whether one has that name and takes that many arguments.
    pub(super) fn takes(&self, name: &str, count: usize) -> bool {
        let counts = self.counts.get(name);
        KEYWORDS.contains(&name) || counts.is_some_and(|counts| counts.contains(&count))
    }

    /// The names that are identifiers.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.counts.keys().map(String::as_str);
        let names = names.chain(KEYWORDS.iter().copied());
        names.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    }
}
