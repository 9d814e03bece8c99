//! How long a preview takes, beside the same engine's own command line on a
//! script that prints as many lines. It asserts nothing: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::{ASCRIPT, Contestant, best, figure, head, milliseconds, row, timed};

const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    let dir = tempfile::tempdir().expect("a folder for scripts");
    let rhai = rhai_run();
    procedure(dir.path(), &rhai);
    let previews = SIZES.map(|count| calls(dir.path(), &rhai, count));
    growth(&previews);
    document(dir.path());
}

/// `rhai-run` of the engine's version: `RHAI_RUN`, else installed on demand.
fn rhai_run() -> PathBuf {
    if let Some(path) = std::env::var_os("RHAI_RUN") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-tools");
    let binary = root.join("bin/rhai-run");
    if !binary.is_file() {
        let status = Command::new("cargo")
            .args([
                "install",
                "rhai",
                "--version",
                "=1.27.0",
                "--bin",
                "rhai-run",
                "--root",
            ])
            .arg(&root)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "rhai-run installs"
        );
    }
    binary
}

/// Every step of the bundled procedure, on a node that exists nowhere.
fn procedure(dir: &Path, rhai: &Path) {
    let printing = printing(dir, 14);
    let ours = ["run", "faspex-node-macos", "--node", "blank"];
    let [theirs, took] = best(
        200,
        [
            program(command(rhai, &[&printing])),
            program(command(ASCRIPT, &ours)),
        ],
    );
    head("preview of faspex-node-macos, beside rhai-run printing 14 lines");
    row("whole process", took, theirs, 2.0);
    let peak = common::stub(dir);
    let output = Command::new(peak).arg(ASCRIPT).args(ours).output();
    let printed = output.expect("it starts").stdout;
    let kib: f64 = String::from_utf8_lossy(&printed)
        .trim()
        .parse()
        .expect("a number");
    figure("most memory", kib / 1024.0, 12.0, "MiB");
}

fn calls(dir: &Path, rhai: &Path, count: usize) -> Duration {
    let printing = printing(dir, count);
    let script = setting(dir, count);
    let [theirs, took] = best(
        if count < 10_000 { 30 } else { 10 },
        [
            program(command(rhai, &[&printing])),
            program(command(ASCRIPT, &["run", &script, "--node", "blank:macos"])),
        ],
    );
    if count == SIZES[0] {
        head("preview of conf.set_user calls, beside rhai-run printing as many lines");
    }
    row(&format!("{count} calls"), took, theirs, 4.0);
    took
}

/// What one more call costs, between few calls and between many.
fn growth(previews: &[Duration; 3]) {
    let more = |from: usize, to: usize| {
        let time = milliseconds(previews[to]) - milliseconds(previews[from]);
        let calls = u32::try_from(SIZES[to] - SIZES[from]).map_or(f64::MAX, f64::from);
        time * 1000.0 / calls
    };
    println!(
        "\none more call: {:.2} µs up to 1,000, {:.2} µs up to 10,000",
        more(0, 1),
        more(1, 2)
    );
}

fn document(dir: &Path) {
    let script = setting(dir, 10_000);
    let preview = ["run", &script, "--node", "blank:macos"];
    let json = [&preview[..], &["--format", "json"]].concat();
    let [text, json] = best(
        10,
        [
            program(command(ASCRIPT, &preview)),
            program(command(ASCRIPT, &json)),
        ],
    );
    head("a document of 10,000 steps, beside the bare preview");
    row("--format json", json, text, 3.0);
}

fn printing(dir: &Path, count: usize) -> String {
    let text = lines(count, |text, number| {
        writeln!(text, "print(\"line {number}\");")
    });
    written(&dir.join(format!("print-{count}.rhai")), &text)
}

fn setting(dir: &Path, count: usize) -> String {
    let text = lines(count, |text, n| {
        writeln!(
            text,
            "conf.set_user(\"user{n:05}\", #{{ absolute: \"/srv/data/user{n:05}\" }});"
        )
    });
    written(&dir.join(format!("set-{count}.rhai")), &text)
}

fn lines(count: usize, line: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for number in 0..count {
        line(&mut text, number).expect("a text takes every line");
    }
    text
}

fn written(path: &Path, text: &str) -> String {
    std::fs::write(path, text).expect("the script is written");
    path.to_str().expect("a plain path").to_owned()
}

/// The same as a contestant.
fn program<'a>(mut command: Command) -> Contestant<'a> {
    Box::new(move || timed(&mut command))
}

/// A program with arguments.
fn command(program: impl AsRef<Path>, args: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(args);
    command
}
