//! The module boundaries: which module may import which, and which may leave the process. The
//! layers are read from the table in `src/lib.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A source file without the tests at its foot.
struct Source {
    /// Below `src`: `exec/lock.rs`.
    path: String,
    /// The module it is in: `exec`.
    module: String,
    /// Its lines, by their numbers, without comments.
    code: Vec<(usize, String)>,
    /// How many lines it has.
    length: usize,
}

/// A way out of the process, and the modules and files that may use it.
struct Exit {
    to: &'static [&'static str],
    at: &'static [&'static str],
}

const EXITS: &[Exit] = &[
    Exit {
        to: &["rhai::"],
        at: &["script"],
    },
    Exit {
        to: &["process::Command", "process::{Command", "pty_process"],
        at: &["exec"],
    },
    Exit {
        to: &["std::process"],
        at: &["exec", "lab", "cli", "main"],
    },
    Exit {
        to: &["std::fs", "fs::File", "OpenOptions", "tempfile"],
        at: &["exec", "lab", "cli", "plan", "script/library.rs"],
    },
    Exit {
        to: &["std::env", "env::var"],
        at: &["exec", "lab", "cli"],
    },
    Exit {
        to: &["print!(", "println!(", "stdout()", "stderr()", "stdin()"],
        at: &["cli", "lab"],
    },
    Exit {
        to: &["TcpStream", "TcpListener", "UdpSocket", "UnixStream"],
        at: &[],
    },
    Exit {
        to: &["dry_run", "DryRun", "is_dry"],
        at: &["exec", "repl", "cli"],
    },
];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
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

fn sources() -> Vec<Source> {
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

/// `| 9 | [`script`], [`report`] |`, line by line.
fn layers() -> BTreeMap<String, u32> {
    let text = std::fs::read_to_string(src().join("lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! |"));
    let mut layers = BTreeMap::new();
    for row in rows {
        let Some((number, modules)) = row.split_once('|') else {
            continue;
        };
        let Ok(number) = number.trim().parse() else {
            continue;
        };
        let names = modules.split('`').skip(1).step_by(2);
        layers.extend(names.map(|name| (name.to_owned(), number)));
    }
    layers
}

/// Every module that a line names: `crate::exec::Lock` and `crate::{a, b::C}`.
fn rooms_named(line: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (index, _) in line.match_indices("crate::") {
        let before = line[..index].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "_$".contains(c)) {
            continue;
        }
        let rest = &line[index + "crate::".len()..];
        let list = rest.strip_prefix('{').map(|rest| rest.split(',').collect());
        let names: Vec<&str> = list.unwrap_or_else(|| vec![rest]);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        modules.extend(names.iter().map(|name| {
            let name = name.trim();
            name[..name.find(|c| !is_word(c)).unwrap_or(name.len())].to_owned()
        }));
    }
    modules
}

#[test]
fn every_room_has_its_shelf() {
    let layers = layers();
    let modules: Vec<_> = sources().into_iter().map(|source| source.module).collect();
    let apart = ["lib", "main", "lab"];
    for module in modules
        .iter()
        .filter(|module| !apart.contains(&module.as_str()))
    {
        assert!(
            layers.contains_key(module),
            "`{module}` has no layer in lib.rs"
        );
    }
    for module in layers.keys() {
        assert!(
            modules.contains(module),
            "lib.rs names `{module}`, which is not there"
        );
    }
}

#[test]
fn imports_go_down_only() {
    let layers = layers();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        let Some(own) = layers.get(&source.module) else {
            continue;
        };
        for (number, line) in &source.code {
            for module in rooms_named(line)
                .iter()
                .filter(|module| **module != source.module)
            {
                seen += 1;
                // The command line starts the lab's own command.
                let is_start = module == "lab" && source.module == "cli";
                if !is_start && layers.get(module).is_none_or(|layer| layer >= own) {
                    wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were seen");
    assert!(
        wrong.is_empty(),
        "these look up or aside:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_lab_knows_nothing_of_the_rest() {
    for source in sources().iter().filter(|source| source.module == "lab") {
        for (number, line) in &source.code {
            let foreign = rooms_named(line).into_iter().find(|module| module != "lab");
            assert_eq!(foreign, None, "{}:{number}", source.path);
        }
    }
}

#[test]
fn the_ways_out_are_where_the_doors_are() {
    let mut wrong = Vec::new();
    for source in sources() {
        let is_door = |exit: &&Exit| {
            let mut places = exit.at.iter();
            places.any(|at| *at == source.module || *at == source.path)
        };
        for exit in EXITS.iter().filter(|exit| !is_door(exit)) {
            for (number, line) in &source.code {
                if exit.to.iter().any(|way| line.contains(way)) {
                    wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these go past the exits:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_doors_are_in_use() {
    let sources = sources();
    for exit in EXITS {
        for at in exit.at.iter().filter(|at| **at != "plan") {
            let used = sources
                .iter()
                .filter(|source| *at == source.module || *at == source.path)
                .flat_map(|source| &source.code)
                .any(|(_, line)| exit.to.iter().any(|way| line.contains(way)));
            assert!(used, "nobody uses the exit of `{at}` to {:?}", exit.to);
        }
    }
}

#[test]
fn a_file_can_be_read_in_one_sitting() {
    for source in sources() {
        let Source { path, length, .. } = source;
        assert!(length <= 450, "{path} has {length} lines");
    }
}

#[test]
fn a_file_says_what_it_is() {
    for source in sources() {
        let text = std::fs::read_to_string(src().join(&source.path)).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not open with //!",
            source.path
        );
    }
}

#[test]
fn a_room_is_named_however_it_is_written() {
    assert_eq!(rooms_named("use crate::exec::{Live, Lock};"), ["exec"]);
    assert_eq!(
        rooms_named("use crate::{step::Move, state};"),
        ["step", "state"]
    );
    assert_eq!(rooms_named("    Some(crate::fault::Place {"), ["fault"]);
    assert!(rooms_named("$crate::x; my_crate::y").is_empty());
}
