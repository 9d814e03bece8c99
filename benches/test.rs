//! How long a thousand tests take, beside previews of the script that they
//! test. It asserts nothing: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

#[expect(dead_code, reason = "what it shares with others")]
mod common;

use std::process::Command;

use common::{ASCRIPT, best, figure, head, milliseconds, row, timed};

/// As many as the engine's limit on functions lets one file have.
const TESTS: usize = 1_000;

/// How many previews take their turn.
const PREVIEWS: usize = 100;

fn main() {
    let dir = tempfile::tempdir().expect("a folder for scripts");
    let path = dir.path().join("site.rhai");
    std::fs::write(&path, script()).expect("the script is written");
    let preview = || {
        let mut command = Command::new(ASCRIPT);
        command.arg("run").arg(&path).args(["--node", "blank"]);
        timed(&mut command)
    };
    let [previews, tests] = best(
        10,
        [
            Box::new(|| (0..PREVIEWS).map(|_| preview()).sum()),
            Box::new(|| timed(Command::new(ASCRIPT).arg("test").arg(&path))),
        ],
    );
    head("a thousand tests in one process, beside a hundred previews in one each");
    row("ascript test", tests, previews, 1.0);
    figure("ascript test", milliseconds(tests), 2000.0, "ms");
}

/// Each test gives a node, runs the script of two steps, and expects three
/// things.
fn script() -> String {
    let mut script = "\
const PARAMS = #{ name: #{ type: \"name\", default: \"anna\", help: \"whom to add\" } };
conf.set_user(params.name, #{ absolute: `/srv/${params.name}` });
service.refresh(\"asperanoded\");
"
    .to_owned();
    for number in 0..TESTS {
        let test = format!(
            "fn test_{number}() {{
    given(#{{ \"conf/user/u{number}/absolute\": \"/srv/old\" }});
    run_script(#{{ name: \"u{number}\" }});
    expect.sets(\"conf/user/u{number}/absolute\", \"/srv/u{number}\");
    expect.does_not_touch(\"conf/server\");
    expect.restarts_exactly([\"asperanoded\"]);
}}\n"
        );
        script.push_str(&test);
    }
    script
}
