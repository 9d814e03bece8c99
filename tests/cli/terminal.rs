//! What a person at a terminal sees, and a pipe does not.

use std::io::Read as _;
use std::path::PathBuf;

use pty_process::Size;
use pty_process::blocking::{Command, open};

/// What a line of shell leaves on a terminal of 80 columns and `rows` rows.
fn seen(line: &str, rows: u16) -> String {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let bin = PathBuf::from(env!("CARGO_BIN_EXE_ascript"));
    let bin = bin.parent().unwrap().display();
    let (mut terminal, side) = open().unwrap();
    terminal.resize(Size::new(rows, 80)).unwrap();
    let shell = Command::new("sh").args(["-c", line]).env_clear();
    let shell = shell.env("PATH", format!("{bin}:/usr/bin:/bin"));
    let mut child = shell.current_dir(dir.path()).spawn(side).unwrap();
    let mut bytes = Vec::new();
    // A terminal whose program is gone gives an error.
    let _ = terminal.read_to_end(&mut bytes);
    assert!(child.wait().unwrap().success(), "{line}");
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_longer_than_the_screen_goes_through_the_pager() {
    let paged = |rest: &str, rows| {
        let line = format!("export PAGER='sed s/^/>/'; ascript info faspex-node-macos {rest}");
        seen(&line, rows).starts_with('>')
    };
    assert!(paged("", 10));
    assert!(!paged("", 1000));
    assert!(!paged("--no-pager", 10));
    assert!(!paged("| cat", 10));
    assert!(seen("PAGER=./nosuch ascript list", 2).contains("sync-access-key"));
    assert!(seen("ASCRIPT_PAGER= PAGER=false ascript list", 2).contains("sync-access-key"));
}
