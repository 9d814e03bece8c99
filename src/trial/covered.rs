//! How much of a script its tests reached.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::Serialize;

/// A place in a text, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spot {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// What tests reached of one text, counted by calls of bindings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The name that faults give it.
    pub source: String,
    /// The text.
    pub text: Rc<str>,
    /// How many calls it has.
    pub calls: usize,
    /// Those that no test reached.
    pub missed: BTreeSet<Spot>,
}

impl Covered {
    /// The same text once: what one file's tests miss another's may reach.
    pub fn together(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for covered in all.into_iter().filter(|covered| covered.calls > 0) {
            let is_same =
                |other: &&mut Self| other.source == covered.source && other.text == covered.text;
            match found.iter_mut().find(is_same) {
                Some(same) => same.missed.retain(|spot| covered.missed.contains(spot)),
                None => found.push(covered),
            }
        }
        found
    }

    /// Whether it is inside the binary, and not the tester's own.
    pub fn is_bundled_module(&self) -> bool {
        self.source.starts_with("std/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_misses_another_may_reach() {
        let covered = |missed: &[u32]| Covered {
            source: "a.rhai".to_owned(),
            text: "".into(),
            calls: 3,
            missed: missed
                .iter()
                .map(|line| Spot {
                    line: *line,
                    column: 1,
                })
                .collect(),
        };
        let together = Covered::together([covered(&[1, 2]), covered(&[2, 3])]);
        assert_eq!(together, [covered(&[2])]);
    }
}
