//! Previews, compared with the engine's own command line on a script that prints as many lines.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::{ascript, command, peak_memory, ratio, stub, timed, written};
use crate::promise::Table;

pub(crate) fn measure(dir: &Path, table: &mut Table) {
    let rhai = rhai_run();
    start(dir, &rhai, table);
    // faspex-node-macos reports 14 steps.
    let printing = printing(dir, 14);
    let procedure = ["run", "faspex-node-macos", "--node", "blank"];
    let times = ratio(
        200,
        || timed(&mut ascript(&procedure)),
        || timed(&mut command(&rhai, &[&printing])),
    );
    table.row("preview of the Faspex script", times);
    let peak = peak_memory(&stub(dir), &procedure);
    table.row("memory of that preview", peak);
    many_calls(dir, &rhai, table);
}

/// The start of a program that uses neither its engine nor TLS.
fn start(dir: &Path, rhai: &Path, table: &mut Table) {
    let nothing = printing(dir, 0);
    let times = ratio(
        200,
        || timed(&mut ascript(&["--version"])),
        || timed(&mut command(rhai, &[&nothing])),
    );
    table.row("start of the program", times);
}

fn many_calls(dir: &Path, rhai: &Path, table: &mut Table) {
    let printing = printing(dir, 10_000);
    let script = setting(dir, 10_000);
    let preview = ["run", &script, "--node", "blank:macos"];
    let times = ratio(
        15,
        || timed(&mut ascript(&preview)),
        || timed(&mut command(rhai, &[&printing])),
    );
    table.row("preview of 10,000 calls", times);
    let json = [&preview[..], &["--format", "json"]].concat();
    let times = ratio(
        15,
        || timed(&mut ascript(&json)),
        || timed(&mut ascript(&preview)),
    );
    table.row("that preview as JSON", times);
    let rows = ["run", &of_data(dir, 10_000), "--node", "blank:macos"];
    let times = ratio(
        15,
        || timed(&mut ascript(&rows)),
        || timed(&mut ascript(&preview)),
    );
    table.row("preview of 10,000 rows of data", times);
}

/// `rhai-run` of the engine's version: `RHAI_RUN`, or installed on demand.
fn rhai_run() -> PathBuf {
    if let Some(path) = std::env::var_os("RHAI_RUN") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-tools");
    let binary = root.join("bin/rhai-run");
    if !binary.is_file() {
        let status = Command::new("cargo")
            .args(["install", "rhai", "--version", "=1.27.0"])
            .args(["--bin", "rhai-run", "--root"])
            .arg(&root)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "rhai-run installs"
        );
    }
    binary
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

/// The same calls in a loop over the rows of a CSV file.
fn of_data(dir: &Path, count: usize) -> String {
    let rows = lines(count, |text, n| {
        writeln!(text, "user{n:05},/srv/data/user{n:05}")
    });
    written(&dir.join("users.csv"), &format!("name,docroot\n{rows}"));
    let script = "for user in data(\"users.csv\") {\n    \
                  conf.set_user(user.name, #{ absolute: user.docroot });\n}\n";
    written(&dir.join("data.rhai"), script)
}

fn lines(count: usize, line: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for number in 0..count {
        line(&mut text, number).expect("a text takes every line");
    }
    text
}
