//! The source files, and the names that their code imports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A source file without the tests at its foot.
pub(super) struct Source {
    /// Below `src`: `exec/lock.rs`.
    pub(super) path: String,
    /// The module it is in: `exec`.
    pub(super) module: String,
    /// Its lines, by their numbers, without comments.
    pub(super) code: Vec<(usize, String)>,
    /// How many lines it has.
    pub(super) length: usize,
}

pub(super) fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

pub(super) fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    files(&src(), &mut paths);
    paths.sort();
    let is_code = |path: &&PathBuf| path.file_name().is_some_and(|name| name != "tests.rs");
    let sources: Vec<_> = paths
        .iter()
        .filter(is_code)
        .map(|path| source(path))
        .collect();
    assert!(sources.len() > 60, "only {} files", sources.len());
    sources
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let path = path.strip_prefix(src()).unwrap().to_str().unwrap();
    let module = path.split('/').next().unwrap().trim_end_matches(".rs");
    let is_body = |line: &&str| !line.starts_with("#[cfg(test)]");
    let body: Vec<_> = text.lines().take_while(is_body).collect();
    let code = body.iter().enumerate();
    let code = code.map(|(index, line)| (index + 1, without_comment(line)));
    Source {
        path: path.to_owned(),
        module: module.to_owned(),
        length: body.len(),
        code: code.collect(),
    }
}

fn without_comment(line: &str) -> String {
    let start = line.trim_start();
    if start.starts_with("//") {
        return String::new();
    }
    line.split(" // ").next().unwrap_or_default().to_owned()
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A path from the crate's root: `["exec", "node", "World"]`.
pub(super) type RustPath = Vec<String>;

impl Source {
    /// The path of the module that this file is: `["exec", "node"]` for `exec/node/mod.rs`.
    pub(super) fn rust_path(&self) -> RustPath {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    }

    /// What its `use` items bring into scope, by the name in scope.
    pub(super) fn uses(&self) -> BTreeMap<String, RustPath> {
        let text: Vec<_> = self.code.iter().map(|(_, line)| line.as_str()).collect();
        let text = text.join("\n");
        let mut uses = BTreeMap::new();
        for (index, _) in text.match_indices("use ") {
            let line = text[..index].rsplit('\n').next().unwrap_or_default();
            let is_item = line.trim().is_empty() || line.trim().starts_with("pub");
            if let (true, Some((tree, _))) = (is_item, text[index + 4..].split_once(';')) {
                let tree: String = tree.split_whitespace().collect::<Vec<_>>().join(" ");
                self.add_use(&tree, &[], &mut uses);
            }
        }
        uses
    }

    /// Adds the names of a use tree, such as `super::{a, b::C as D}`, below `prefix`.
    fn add_use(&self, tree: &str, prefix: &[String], uses: &mut BTreeMap<String, RustPath>) {
        if let Some((head, group)) = tree.split_once('{') {
            let prefix = [prefix, &segments(head)].concat();
            let group = group.trim_end().trim_end_matches('}');
            for branch in branches(group) {
                self.add_use(branch, &prefix, uses);
            }
            return;
        }
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path = [prefix, &segments(path)].concat();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(path) = self.absolute(&path) else {
            return;
        };
        let name = if alias.is_empty() {
            path.last().cloned().unwrap_or_default()
        } else {
            alias.trim().to_owned()
        };
        uses.insert(name, path);
    }

    /// Paths in code that are not `use` items: `super::wrap(…)`, `crate::step::Step`.
    pub(super) fn inline_paths(&self) -> Vec<RustPath> {
        let starts = ["crate::", "super::", "self::"];
        let lines = self.code.iter().map(|(_, line)| line.as_str());
        let mut paths = Vec::new();
        for line in lines.filter(|line| !line.contains("use ")) {
            for start in starts {
                paths.extend(line.match_indices(start).filter_map(|(index, _)| {
                    let before = line[..index].chars().next_back();
                    if before.is_some_and(|c| is_word(c) || "$:".contains(c)) {
                        return None;
                    }
                    let rest = &line[index..];
                    let end = rest.find(|c| !is_word(c) && c != ':');
                    self.absolute(&segments(&rest[..end.unwrap_or(rest.len())]))
                }));
            }
        }
        paths
    }

    /// The path from the crate's root, or `None` for a path into another crate.
    fn absolute(&self, path: &[String]) -> Option<RustPath> {
        let own = self.rust_path();
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&own, &path[1..]].concat()),
            "super" => {
                let above = &own[..own.len().checked_sub(ups)?];
                Some([above, &path[ups..]].concat())
            }
            child if self.children().any(|name| name == child) => Some([&own[..], path].concat()),
            _ => None,
        }
    }

    /// The modules that it declares: `mod document;`.
    pub(super) fn children(&self) -> impl Iterator<Item = &str> {
        let lines = self.code.iter().map(|(_, line)| line.trim());
        lines.filter_map(|line| {
            let line = line.strip_suffix(';')?;
            let (visibility, name) = line.split_once("mod ")?;
            let is_item = visibility.is_empty() || visibility.starts_with("pub");
            (is_item && name.chars().all(is_word)).then_some(name)
        })
    }
}

fn segments(path: &str) -> Vec<String> {
    let parts = path.split("::").map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The parts of `a, b::{c, d}, e` between the commas outside braces.
fn branches(group: &str) -> Vec<&str> {
    let (mut branches, mut depth, mut start) = (Vec::new(), 0, 0);
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(group[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    branches.push(group[start..].trim());
    branches.retain(|branch| !branch.is_empty());
    branches
}
