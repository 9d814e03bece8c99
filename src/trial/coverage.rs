//! The calls of a script that its tests reached.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::Serialize;

/// A position in a text, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spot {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The binding calls of one text that tests reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The name of the text in faults.
    pub source: String,
    /// The text.
    pub text: Rc<str>,
    /// How many calls it has.
    pub calls: usize,
    /// The calls that no test reached.
    pub missed: BTreeSet<Spot>,
}

impl Coverage {
    /// Merges the coverage of the same text by the tests of several files.
    pub fn merge(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
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

    /// Whether the text is a module of the standard library.
    pub fn is_bundled_module(&self) -> bool {
        self.source.starts_with("std/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_missed_if_the_tests_of_all_files_miss_it() {
        let covered = |missed: &[u32]| Coverage {
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
        let merged = Coverage::merge([covered(&[1, 2]), covered(&[2, 3])]);
        assert_eq!(merged, [covered(&[2])]);
    }
}
