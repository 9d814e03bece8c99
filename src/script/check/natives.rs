//! The functions that the engine itself has, by name and count of arguments.

use std::collections::HashMap;

use rhai::Engine;

/// Handled by the engine's parser or interpreter and in no list of its own.
const KEYWORDS: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "debug",
    "eval",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "type_of",
];

/// Native functions; a bit for each count of arguments.
pub(super) struct Natives {
    counts: HashMap<String, u32>,
}

impl Natives {
    /// Those of an engine.
    pub(super) fn of(engine: &Engine) -> Self {
        let natives = engine.collect_fn_metadata(
            None,
            |native| {
                let metadata = native.metadata;
                let is_free = native.namespace.is_empty();
                is_free.then(|| (metadata.name.to_string(), metadata.num_params))
            },
            true,
        );
        let mut counts: HashMap<String, u32> = HashMap::with_capacity(natives.len());
        for (name, count) in natives {
            *counts.entry(name).or_default() |= 1 << count.min(31);
        }
        for keyword in KEYWORDS {
            counts.insert((*keyword).to_owned(), u32::MAX);
        }
        Self { counts }
    }

    /// Whether there is one of that name, whatever it takes.
    pub(super) fn has(&self, name: &str) -> bool {
        self.counts.contains_key(name)
    }

    /// Whether there is one of that name that takes so many arguments.
    pub(super) fn takes(&self, name: &str, count: usize) -> bool {
        let bits = self.counts.get(name).copied().unwrap_or_default();
        bits & (1 << count.min(31)) != 0
    }

    /// The names that a person would write.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.counts.keys().map(String::as_str);
        names.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    }
}
