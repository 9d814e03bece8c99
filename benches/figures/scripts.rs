//! Plans, checks and tests of scripts, compared with their previews; and the start of a program of a
//! lab, which every test on a lab pays many times.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ascript::lab::{Lab, LabOptions};

use crate::measure::{ASCRIPT, ascript, command, ratio, shortest, timed, written};
use crate::promise::Table;

/// As many tests as the engine's limit on functions lets one file have.
const TESTS: usize = 1_000;

pub(crate) fn measure(dir: &Path, table: &mut Table) {
    plans(dir, table);
    check(dir, table);
    tests(dir, table);
}

/// A script of 10,000 steps on a lab.
fn plans(dir: &Path, table: &mut Table) {
    let options = LabOptions::new(PathBuf::from(ASCRIPT), "linux");
    let lab = Lab::create(&dir.join("lab"), &options).expect("a lab");
    let node = lab.dir().to_str().expect("a plain path");
    let text = "for i in 0..10_000 {
    conf.set_user(`user${i}`, #{ absolute: `/data/${i}`, read_allowed: true });
}";
    let program = lab.program("getent");
    let starts = (0..100).map(|_| timed(&mut command(&program, &["passwd", "root"])));
    table.row("start of a program of a lab", shortest(starts));
    let script = written(&dir.join("many.rhai"), text);
    let plan = dir.join("many.plan.json").display().to_string();
    let run = |args: &[&str]| timed(&mut ascript(args));
    for (name, args) in [
        (
            "plan of 10,000 steps",
            &["plan", &script, "--node", node, "-o", &plan][..],
        ),
        ("show of that plan", &["show", &plan]),
        (
            "rehearsal of that plan",
            &["apply", &plan, "--rehearse", "--node", node],
        ),
    ] {
        let times = ratio(5, || run(args), || run(&["run", &script, "--node", node]));
        table.row(name, times);
    }
}

/// A script of 1,000 lines.
fn check(dir: &Path, table: &mut Table) {
    let mut text = String::new();
    for number in 0..250 {
        let _ = writeln!(
            text,
            "conf.set_user(\"u{number}\", #{{
    absolute: \"/srv/u{number}\",
    token_encryption_key: secret(\"env:KEY_{number}\"),
}});"
        );
    }
    let script = written(&dir.join("check.rhai"), &text);
    let times = ratio(
        30,
        || timed(&mut ascript(&["check", &script])),
        || timed(&mut ascript(&["run", &script, "--node", "blank"])),
    );
    table.row("check of 1,000 lines", times);
}

fn tests(dir: &Path, table: &mut Table) {
    let script = written(&dir.join("tests.rhai"), &test_script());
    let preview = || timed(&mut ascript(&["run", &script, "--node", "blank"]));
    let times = ratio(
        5,
        || timed(&mut ascript(&["test", &script])),
        || (0..100).map(|_| preview()).sum::<Duration>(),
    );
    table.row("1,000 tests", times);
}

/// Each test builds a node, runs the script of two steps, and has three expectations.
fn test_script() -> String {
    let mut script = "\
const PARAMS = #{ name: #{ type: \"name\", default: \"anna\", help: \"the user to add\" } };
conf.set_user(params.name, #{ absolute: `/srv/${params.name}` });
service.refresh(\"asperanoded\");
"
    .to_owned();
    for number in 0..TESTS {
        let _ = writeln!(
            script,
            "fn test_{number}() {{
    given(#{{ \"conf/user/u{number}/absolute\": \"/srv/old\" }});
    run_script(#{{ name: \"u{number}\" }});
    expect.sets(\"conf/user/u{number}/absolute\", \"/srv/u{number}\");
    expect.does_not_touch(\"conf/server\");
    expect.restarts_exactly([\"asperanoded\"]);
}}"
        );
    }
    script
}
