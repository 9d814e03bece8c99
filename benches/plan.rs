//! A script of 10,000 steps on a lab: how long a bare preview takes as a whole
//! process, and how many times that a plan of it takes to be made, shown and
//! rehearsed. Meant for `cargo bench --bench plan`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench has a table to show, and nothing better to do with an error"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the program is used here as from outside"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ascript::lab::{Lab, Options};

/// The most that making, showing or rehearsing a plan may take, in previews.
const MOST: f64 = 3.0;

const ROUNDS: usize = 5;

const SCRIPT: &str = r"
for i in 0..10_000 {
    conf.set_user(`user${i}`, #{ absolute: `/data/${i}`, read_allowed: true });
}
";

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_ascript")), "linux");
        Lab::create(&folder.path().join("lab"), &options).unwrap();
        std::fs::write(folder.path().join("site.rhai"), SCRIPT).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// How long a command takes as a whole process.
    fn times(&self, args: &[&str]) -> Duration {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ascript"));
        command.args(args).current_dir(self.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().unwrap();
        let taken = start.elapsed();
        assert!(status.success(), "{args:?}");
        taken
    }
}

fn main() {
    let bench = Bench::new();
    let uses: [(&str, &[&str]); 5] = [
        ("preview", &["run", "./site.rhai", "--node", "lab"]),
        ("plan", &["plan", "./site.rhai", "--node", "lab", "-o", "p"]),
        ("show", &["show", "p"]),
        ("rehearse", &["apply", "p", "--rehearse", "--node", "lab"]),
        ("show as markdown", &["show", "p", "--format", "markdown"]),
    ];
    // The fastest of several rounds, taken in turn: others use the machine too.
    let mut best = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        for (best, (_, args)) in best.iter_mut().zip(&uses) {
            *best = (*best).min(bench.times(args));
        }
    }
    let bytes = std::fs::metadata(bench.path().join("p")).unwrap().len();
    println!("10,000 steps, a plan of {bytes} bytes, best of {ROUNDS}\n");
    for ((name, _), taken) in uses.iter().zip(best) {
        let ratio = taken.as_secs_f64() / best[0].as_secs_f64();
        let verdict = if ratio > MOST { "  too slow" } else { "" };
        let millis = taken.as_secs_f64() * 1e3;
        println!("{name:<18} {millis:>8.1} ms {ratio:>6.2}{verdict}");
    }
}
