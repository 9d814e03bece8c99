//! Prints the table of figures: what this build measures, what CONTRIBUTING.md promises, and
//! whether the promise is met.
//!
//! `cargo bench --bench figures` measures everything, which takes some minutes;
//! `cargo bench --bench figures -- conf live` only the groups of these names.
//!
//! A ratio is the median over pairs: both contestants run one after the other, so whatever else the
//! machine does slows down both. Absolute times are the shortest of many, and mean something on an
//! idle machine only.
//!
//! Needs `cc` for the stub tools of `stub.c`, and `rhai-run` of the engine's version: the program
//! that `RHAI_RUN` names, or one that the bench installs below `target/`.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

mod conf;
mod large;
mod live;
mod measure;
mod preview;
mod promise;
mod repl;
mod scripts;

use std::path::Path;

use measure::ASCRIPT;
use promise::Table;

/// Figures that share what has to be set up for them.
type Group = (&'static str, fn(&Path, &mut Table));

/// `conf` is first: it measures the peak memory of this very process.
const GROUPS: [Group; 7] = [
    ("conf", conf::measure),
    ("large", large::measure),
    ("preview", preview::measure),
    ("live", live::measure),
    ("repl", repl::measure),
    ("scripts", scripts::measure),
    ("size", size),
];

fn main() {
    // Cargo adds options of its own, such as `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let mut table = Table::new();
    for (name, measure) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            let folder = tempfile::tempdir().expect("a folder for the group");
            measure(folder.path(), &mut table);
        }
    }
    table.finish(wanted.is_empty());
}

/// The release profile strips the program.
fn size(_: &Path, table: &mut Table) {
    let bytes = std::fs::metadata(ASCRIPT).expect("the program").len();
    table.row("size of the stripped program", measure::megabytes(bytes));
}
