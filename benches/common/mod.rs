//! What the benches share: contestants that take turns, and a table of who
//! took how long.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is measured.
pub(crate) const ASCRIPT: &str = env!("CARGO_BIN_EXE_ascript");

/// What can be run again and again, and says how long it took.
pub(crate) type Contestant<'a> = Box<dyn FnMut() -> Duration + 'a>;

/// The shortest time of each, over runs that take turns: what else the
/// machine does disturbs all alike, and only ever lengthens.
pub(crate) fn best<const N: usize>(
    turns: usize,
    mut contestants: [Contestant<'_>; N],
) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..turns {
        for (best, run) in best.iter_mut().zip(&mut contestants) {
            *best = run().min(*best);
        }
    }
    best
}

/// Runs a program to its end with nothing to read and nobody to read it.
pub(crate) fn timed(command: &mut Command) -> Duration {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().expect("it starts");
    let took = started.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    took
}

/// Prints the head of a table.
pub(crate) fn head(title: &str) {
    println!(
        "\n{title}\n{:44} {:>10} {:>10} {:>7} {:>7}",
        "", "ours", "theirs", "ratio", "target"
    );
}

/// Prints how many times as long as another one took.
pub(crate) fn row(what: &str, ours: Duration, theirs: Duration, target: f64) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let verdict = if ratio <= target { "" } else { "  missed" };
    println!(
        "{what:44} {:>7.2} ms {:>7.2} ms {ratio:>7.2} {target:>7.2}{verdict}",
        milliseconds(ours),
        milliseconds(theirs)
    );
}

/// Prints a figure beside the most it may be.
pub(crate) fn figure(what: &str, is: f64, target: f64, unit: &str) {
    let verdict = if is <= target { "" } else { "  missed" };
    println!("{what:44} {is:>7.2} {unit} (target {target} {unit}){verdict}");
}

/// As a number for people.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Compiles the stub tools.
pub(crate) fn stub(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/common/stub.c");
    let binary = folder.join("peak");
    let status = Command::new("cc")
        .args(["-O2", "-static", "-o"])
        .args([&binary, &source])
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "cc compiles {}",
        source.display()
    );
    binary
}
