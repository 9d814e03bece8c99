//! No files of a module import each other in a circle.
//!
//! A name that a parent re-exports counts as an import of the file that defines it. A file may use
//! what its parents define themselves: shared helpers, or the type whose methods it adds.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{RustPath, Source, sources};

/// Which file imports which, by their numbers.
struct Imports {
    sources: Vec<Source>,
    files: BTreeMap<RustPath, usize>,
    uses: Vec<BTreeMap<String, RustPath>>,
}

impl Imports {
    fn read() -> Self {
        let sources = sources();
        let by_path = sources.iter().enumerate();
        let files = by_path.map(|(index, source)| (source.rust_path(), index));
        Self {
            files: files.collect(),
            uses: sources.iter().map(Source::uses).collect(),
            sources,
        }
    }

    /// The file that defines what a path names, through re-exports.
    fn defining(&self, path: &[String], depth: usize) -> Option<usize> {
        let length = (1..=path.len())
            .rev()
            .find(|length| self.files.contains_key(&path[..*length]))?;
        let file = self.files[&path[..length]];
        let re_exported = path
            .get(length)
            .and_then(|name| self.uses[file].get(name))
            .filter(|_| depth < 8);
        match re_exported {
            Some(target) => self.defining(target, depth + 1),
            None => Some(file),
        }
    }

    /// The files of the same module that a file imports.
    fn of(&self, file: usize) -> BTreeSet<usize> {
        let source = &self.sources[file];
        let paths = self.uses[file].values().cloned();
        let paths = paths.chain(source.inline_paths());
        let targets = paths.filter_map(|path| self.defining(&path, 0));
        let own = source.rust_path();
        let is_beside = |target: &usize| {
            let other = &self.sources[*target];
            other.module == source.module && !own.starts_with(&other.rust_path())
        };
        targets.filter(is_beside).collect()
    }
}

/// All that can be reached from each node of a graph.
fn reachable(graph: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let from = |start: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(node) = open.pop() {
            open.extend(graph[node].iter().filter(|next| seen.insert(**next)));
        }
        seen
    };
    (0..graph.len()).map(from).collect()
}

/// The groups of files that reach each other.
fn circles() -> BTreeSet<Vec<String>> {
    let imports = Imports::read();
    let graph: Vec<_> = (0..imports.sources.len())
        .map(|file| imports.of(file))
        .collect();
    let count: usize = graph.iter().map(BTreeSet::len).sum();
    assert!(count > 150, "only {count} imports were seen");
    let reached = reachable(&graph);
    let mut circles = BTreeSet::new();
    for (file, targets) in reached.iter().enumerate() {
        if targets.contains(&file) {
            let is_in_circle = |other: &&usize| reached[**other].contains(&file);
            let members = targets.iter().filter(is_in_circle);
            let members = members.map(|member| imports.sources[*member].path.clone());
            circles.insert(members.collect());
        }
    }
    circles
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles();
    assert!(
        circles.is_empty(),
        "these files import each other in a circle: {circles:#?}"
    );
}

#[test]
fn a_circle_is_found_through_any_number_of_files() {
    let graph = [&[1][..], &[2], &[0], &[0]].map(|targets| targets.iter().copied().collect());
    let reached = reachable(&graph);
    let in_circle = |file: &usize| reached[*file].contains(file);
    assert_eq!((0..4).filter(in_circle).collect::<Vec<_>>(), [0, 1, 2]);
}
