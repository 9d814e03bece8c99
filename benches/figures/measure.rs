//! Runs contestants in turns, and asks the system for sizes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is measured.
pub(crate) const ASCRIPT: &str = env!("CARGO_BIN_EXE_ascript");

/// Returns how many times as long `ours` takes as `theirs`: the median over pairs.
pub(crate) fn ratio(
    pairs: usize,
    mut ours: impl FnMut() -> Duration,
    mut theirs: impl FnMut() -> Duration,
) -> f64 {
    median((0..pairs).map(|_| ours().as_secs_f64() / theirs().as_secs_f64()))
}

/// The value in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The shortest of many runs, in milliseconds: what else the machine does only lengthens them.
pub(crate) fn shortest(times: impl Iterator<Item = Duration>) -> f64 {
    times.min().unwrap_or_default().as_secs_f64() * 1000.0
}

/// A command of the measured program.
pub(crate) fn ascript(args: &[&str]) -> Command {
    command(ASCRIPT, args)
}

/// A program with arguments.
pub(crate) fn command(program: impl AsRef<Path>, args: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(args);
    command
}

/// Runs a program to its end, without input and with its output discarded.
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

/// The most memory that the program has at a time, in MiB.
pub(crate) fn peak_memory(stub: &Path, args: &[&str]) -> f64 {
    let output = Command::new(stub).arg(ASCRIPT).args(args).output();
    let printed = output.expect("it starts").stdout;
    let kib: f64 = String::from_utf8_lossy(&printed)
        .trim()
        .parse()
        .expect("a number");
    kib / 1024.0
}

/// Compiles `stub.c`; the result is linked under the name of each tool.
pub(crate) fn stub(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures/stub.c");
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

/// Writes a script, and returns its path for a command line.
pub(crate) fn written(path: &Path, text: &str) -> String {
    std::fs::write(path, text).expect("the script is written");
    path.to_str().expect("a plain path").to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "a size is only shown")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
