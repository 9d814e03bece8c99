//! Completion in bash, with key presses on a terminal.

use std::io::{Read as _, Write as _};

use pty_process::Size;
use pty_process::blocking::{Command, open};

/// Keys that make the shell print the typed line instead of running it.
const PRINT_LINE: &str = "\u{1}echo '<' \u{5} '>'\r";

/// The line that bash makes of these keys.
fn completed(keys: &str) -> String {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::write(dir.path().join("a site.rhai"), "").unwrap();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_ascript"));
    let bin = bin.parent().unwrap().display();
    let (mut terminal, side) = open().unwrap();
    terminal.resize(Size::new(40, 200)).unwrap();
    let shell = Command::new("bash").args(["--norc", "--noprofile", "-i"]);
    let shell = shell
        .env_clear()
        .env("PATH", format!("{bin}:/usr/bin:/bin"));
    let shell = shell.env("TERM", "dumb").env("INPUTRC", "/dev/null");
    let mut child = shell.current_dir(dir.path()).spawn(side).unwrap();
    let lines = format!("eval \"$(ascript completions bash)\"\r{keys}{PRINT_LINE}exit\r");
    terminal.write_all(lines.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // Reading a terminal whose program has ended is an error.
    let _ = terminal.read_to_end(&mut bytes);
    child.wait().unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.lines().map(str::trim);
    let line = lines.find_map(|line| line.strip_prefix("< ")?.strip_suffix(" >"));
    line.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn bash_completes_what_is_typed() {
    let cases = [
        ("ascript li\t", "ascript list"),
        ("ascript run fas\tl\t", "ascript run faspex-node-linux"),
        // Bash splits words at = and :, but ascript does not.
        (
            "ascript run faspex-node-linux --set auth\tt\t",
            "ascript run faspex-node-linux --set authorization=token",
        ),
        (
            "ascript run sync-access-key --set=ro\ts\t",
            "ascript run sync-access-key --set=role=server",
        ),
        (
            "ascript run sync-access-key --node bl\tm\t--form\tj\t",
            "ascript run sync-access-key --node blank:macos --format json",
        ),
        ("ascript info a\t", "ascript info a site.rhai"),
        ("ascript no\t", "ascript no"),
    ];
    for (keys, line) in cases {
        assert_eq!(completed(keys), line, "{keys:?}");
    }
}

#[test]
fn every_shell_has_a_script_that_calls_complete() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ascript"))
            .args(["completions", shell])
            .output()
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("ascript complete "), "{shell}: {script}");
    }
}
