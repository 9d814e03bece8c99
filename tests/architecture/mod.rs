//! The module boundaries: which module may import which, and which may leave the process. The
//! layers are read from the table in `src/lib.rs`.

mod circles;
mod names;
mod sources;

use std::collections::BTreeMap;

use sources::{Source, is_word, sources, src};

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
        at: &["exec", "lab/programs/sudo.rs"],
    },
    Exit {
        to: &["std::process"],
        at: &["exec", "lab", "cli", "main"],
    },
    Exit {
        to: &["std::fs", "fs_err", "fs::File", "OpenOptions", "tempfile"],
        at: &["exec", "lab", "cli", "plan"],
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
        to: &["TcpStream", "TcpListener"],
        at: &["lab"],
    },
    Exit {
        to: &["ureq::", "rustls::"],
        at: &[
            "exec/node_api/certificates.rs",
            "exec/node_api/mod.rs",
            "exec/node_api/pin.rs",
            "exec/node_api/request.rs",
            "exec/node_api/tls.rs",
            "lab",
        ],
    },
    Exit {
        to: &["UdpSocket", "UnixStream"],
        at: &[],
    },
    Exit {
        to: &["dry_run", "DryRun", "is_dry"],
        at: &["exec", "repl", "cli"],
    },
];

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

/// The modules that a line imports: `crate::exec::Lock` and `crate::{a, b::C}`.
fn modules_in(line: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (index, _) in line.match_indices("crate::") {
        let before = line[..index].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "_$".contains(c)) {
            continue;
        }
        let rest = &line[index + "crate::".len()..];
        let list = rest.strip_prefix('{').map(|rest| rest.split(',').collect());
        let names: Vec<&str> = list.unwrap_or_else(|| vec![rest]);
        modules.extend(names.iter().map(|name| {
            let name = name.trim();
            name[..name.find(|c| !is_word(c)).unwrap_or(name.len())].to_owned()
        }));
    }
    modules
}

#[test]
fn every_module_has_a_layer() {
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
            "lib.rs lists `{module}`, which does not exist"
        );
    }
}

#[test]
fn imports_go_down() {
    let layers = layers();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        let Some(own) = layers.get(&source.module) else {
            continue;
        };
        for (number, line) in &source.code {
            for module in modules_in(line)
                .iter()
                .filter(|module| **module != source.module)
            {
                seen += 1;
                // `ascript lab` is a subcommand.
                let is_lab_command = module == "lab" && source.module == "cli";
                if !is_lab_command && layers.get(module).is_none_or(|layer| layer >= own) {
                    wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were seen");
    assert!(
        wrong.is_empty(),
        "these import from the same or a higher layer:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_lab_imports_nothing_from_other_modules() {
    for source in sources().iter().filter(|source| source.module == "lab") {
        for (number, line) in &source.code {
            let imported = modules_in(line).into_iter().find(|module| module != "lab");
            assert_eq!(imported, None, "{}:{number}", source.path);
        }
    }
}

#[test]
fn only_listed_modules_leave_the_process() {
    let mut wrong = Vec::new();
    for source in sources() {
        let is_allowed = |exit: &&Exit| {
            let mut allowed = exit.at.iter();
            allowed.any(|at| *at == source.module || *at == source.path)
        };
        for exit in EXITS.iter().filter(|exit| !is_allowed(exit)) {
            for (number, line) in &source.code {
                if exit.to.iter().any(|way| line.contains(way)) {
                    wrong.push(format!("{}:{number}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these leave the process where no exit is allowed:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_listed_exit_is_used() {
    let sources = sources();
    for exit in EXITS {
        for at in exit.at.iter().filter(|at| **at != "plan") {
            let used = sources
                .iter()
                .filter(|source| *at == source.module || *at == source.path)
                .flat_map(|source| &source.code)
                .any(|(_, line)| exit.to.iter().any(|way| line.contains(way)));
            assert!(used, "`{at}` does not use its exit {:?}", exit.to);
        }
    }
}

#[test]
fn files_are_short() {
    for source in sources() {
        let Source { path, length, .. } = source;
        assert!(length <= 450, "{path} has {length} lines");
    }
}

#[test]
fn every_file_starts_with_a_module_comment() {
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
fn imports_are_recognized_in_every_form() {
    assert_eq!(modules_in("use crate::exec::{Live, Lock};"), ["exec"]);
    assert_eq!(
        modules_in("use crate::{step::Move, state};"),
        ["step", "state"]
    );
    assert_eq!(modules_in("    Some(crate::fault::Place {"), ["fault"]);
    assert!(modules_in("$crate::x; my_crate::y").is_empty());
}
