//! How long a script of a thousand lines takes to be checked, beside its
//! preview. It asserts nothing: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

#[expect(dead_code, reason = "what it shares with others")]
mod common;

use std::fmt::Write as _;
use std::process::Command;

use common::{ASCRIPT, best, figure, head, milliseconds, row, timed};

/// How many users the script sets; each takes four lines.
const USERS: usize = 250;

fn main() {
    let dir = tempfile::tempdir().expect("a folder for scripts");
    let path = dir.path().join("site.rhai");
    std::fs::write(&path, script()).expect("the script is written");
    let run = |words: &[&str]| timed(Command::new(ASCRIPT).args(words).arg(&path));
    let [check, preview] = best(
        20,
        [
            Box::new(|| run(&["check"])),
            Box::new(|| run(&["run", "--node", "blank"])),
        ],
    );
    head("a script of a thousand lines, beside its preview");
    row("ascript check", check, preview, 1.0);
    figure("ascript check", milliseconds(check), 20.0, "ms");
}

fn script() -> String {
    let mut script = String::new();
    for number in 0..USERS {
        let _ = writeln!(
            script,
            "conf.set_user(\"u{number}\", #{{
    absolute: \"/srv/u{number}\",
    token_encryption_key: secret(\"env:KEY_{number}\"),
}});"
        );
    }
    script
}
