//! Output on a terminal, which differs from output to a pipe.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

use crate::support::{ASCRIPT, Node, SECRETS};

/// A terminal that runs a line of shell, of 80 columns where nothing else is said.
pub(super) struct Screen {
    terminal: Pty,
    child: Child,
    seen: String,
}

impl Screen {
    pub(super) fn new(line: &str, rows: u16, dir: &Path) -> Self {
        Self::sized(line, Size::new(rows, 80), dir)
    }

    /// One so wide that it wraps no line: what a test waits for is whole.
    pub(super) fn wide(line: &str, rows: u16, dir: &Path) -> Self {
        Self::sized(line, Size::new(rows, 2000), dir)
    }

    fn sized(line: &str, size: Size, dir: &Path) -> Self {
        let bin = PathBuf::from(ASCRIPT);
        let bin = bin.parent().unwrap().display();
        let (terminal, end) = open().unwrap();
        terminal.resize(size).unwrap();
        // Tests in the background of a script ignore SIGINT, and what they start would too.
        let arguments = ["--default-signal=INT", "sh", "-c", line];
        let shell = Command::new("env").args(arguments).env_clear();
        let shell = shell.env("PATH", format!("{bin}:/usr/bin:/bin"));
        let child = shell.envs(SECRETS).current_dir(dir).spawn(end).unwrap();
        let seen = String::new();
        Self {
            terminal,
            child,
            seen,
        }
    }

    /// Waits until the terminal shows `text`; returns all that it shows.
    pub(super) fn shows(&mut self, text: &str) -> &str {
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let length = self.terminal.read(&mut bytes).unwrap_or(0);
            assert!(length > 0, "`{text}` is not in {}", self.seen);
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
        &self.seen
    }

    /// Types these keys, and forgets what it showed before.
    pub(super) fn types(&mut self, keys: &str) {
        self.seen.clear();
        self.terminal.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code, and everything that it showed, after the program has ended.
    pub(super) fn ends(mut self) -> (i32, String) {
        let mut bytes = Vec::new();
        // Reading a terminal whose program has ended is an error.
        let _ = self.terminal.read_to_end(&mut bytes);
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.seen + &*String::from_utf8_lossy(&bytes))
    }

    /// Everything that it showed, after the program has ended well.
    fn end(self) -> String {
        let (code, seen) = self.ends();
        assert_eq!(code, 0, "{seen}");
        seen
    }
}

/// What a line of shell prints on a terminal with `rows` rows.
fn seen(line: &str, rows: u16) -> String {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    Screen::new(line, rows, dir.path()).end()
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

#[test]
fn a_preview_that_is_longer_than_the_screen_is_paged() {
    let paged = |command: &str, rows| {
        let line = format!("export PAGER='sed s/^/>/'; ascript {command}");
        seen(&line, rows).starts_with('>')
    };
    assert!(paged("run faspex-node-linux --node blank:linux", 10));
    assert!(paged(
        "plan faspex-node-linux --node blank:linux --format text",
        10
    ));
    assert!(!paged("run faspex-node-linux --node blank:linux", 1000));
    assert!(!paged(
        "run faspex-node-linux --node blank:linux --no-pager",
        10
    ));
    assert!(!paged(
        "run faspex-node-linux --node blank:linux --format json | cat",
        10
    ));
}

const SYNC: &str = "conf.set_node(#{ async_db_dir: \"/var/db\" });
sync.run(#{ name: \"s\", local: \"/a\", remote: \"u@h:/b\", direction: \"push\", token: secret(\"env:FASPEX_TOKEN_KEY\") });";

/// Prints its secret, and blocks until the test has seen the output.
const ASYNC: &str = "#!/bin/sh
echo \"with $ASPERA_SCP_TOKEN, 7 files\"; printf 'half a li'
while [ ! -e SEEN ]; do sleep 0.02; done
";

/// A node with [`ASYNC`] as its `async`, a script that runs it, and the file that unblocks it.
fn syncing() -> (Node, String, PathBuf) {
    let node = Node::new("linux");
    let script = node.script(SYNC);
    let seen = node.lab.dir().join("seen");
    let program = node.lab.dir().join("bin/async");
    std::fs::remove_file(&program).unwrap();
    let text = ASYNC.replace("SEEN", seen.to_str().unwrap());
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    (node, script, seen)
}

#[test]
fn a_live_run_shows_its_step_and_the_output_of_a_long_program() {
    let (node, script, mark) = syncing();
    let dir = node.lab.dir();
    let line = format!("ascript run {script} --live --yes --node {}", dir.display());
    let mut screen = Screen::new(&line, 50, dir);
    screen.shows("step 1 of 2 · conf.set_node");
    screen.shows("step 2 of 2 · sync.run · async");
    screen.shows("with ‹env:FASPEX_TOKEN_KEY›, 7 files");
    std::fs::write(mark, "").unwrap();
    let seen = screen.end();
    // The progress line is erased before the line of the step is printed.
    let (_, after) = seen.rsplit_once("7 files").unwrap();
    let (line, document) = after.split_once("\r\u{1b}[K").unwrap();
    assert!(!line.contains('\n'), "{after}");
    assert!(document.contains("sync.run"), "{after}");
    assert!(
        document.contains("\ndone: 1 changed, 1 command run, run 1;"),
        "{after}"
    );
}

#[test]
fn a_live_run_shows_no_progress_without_a_terminal_or_when_quiet() {
    for rest in ["2>&1 | cat", "-q"] {
        let (node, script, mark) = syncing();
        std::fs::write(mark, "").unwrap();
        let dir = node.lab.dir();
        let line = format!(
            "ascript run {script} --live --yes --node {} {rest}",
            dir.display()
        );
        let seen = Screen::new(&line, 50, dir).end();
        assert!(
            !seen.contains("step 1") && !seen.contains("\u{1b}[K"),
            "{seen}"
        );
    }
}

/// Missing secrets are listed once, and can be typed: no output shows them.
#[test]
fn a_live_run_at_a_terminal_asks_for_missing_secrets() {
    let node = Node::new("linux");
    let script = node.script(
        "conf.set_node(#{ token_encryption_key: secret(\"env:NOT_SET_A\") });
         account.ensure(\"anna\", #{ password: secret(\"env:NOT_SET_B\") });",
    );
    let lab = node.lab.dir().display();
    let line = format!("ascript run {script} --node {lab} --live");
    let mut screen = Screen::new(&line, 60, node.lab.dir());
    screen.shows("Not set here: env:NOT_SET_A, env:NOT_SET_B. Type them now? [y/N]");
    screen.types("y\n");
    for (secret, typed) in [
        ("env:NOT_SET_A: ", "typedsecret1typedsecret"),
        ("env:NOT_SET_B: ", "typedsecret2"),
    ] {
        screen.shows(secret);
        screen.types(&format!("{typed}\n"));
    }
    screen.shows("[y/N] ");
    screen.types("y\n");
    let seen = screen.end();
    assert!(!seen.contains("typedsecret"), "{seen}");
    let conf = String::from_utf8(node.conf()).unwrap();
    assert!(conf.contains("typedsecret1typedsecret"), "{conf}");
}

/// What a text must not do to a terminal or a log: move the cursor, hide or reorder text, start a
/// command of a CI system.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\r::error::x ##vso[task.x]";

/// How it is shown.
const SHOWN: &str = "\\u{1b}]0;x\\u{7}\\u{9b}2J\\u{202e}\\r";

/// Whether a terminal was shown hostile text as it is.
fn assert_harmless(seen: &str) {
    for raw in ["\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}", "\r:", "##vso["] {
        assert!(!seen.contains(raw), "{raw:?} is in {seen:?}");
    }
    let is_command = |line: &str| line.trim_start().starts_with("::");
    assert!(!seen.lines().any(is_command), "{seen:?}");
}

/// [`HOSTILE`] as a string of a script.
fn hostile_literal() -> String {
    HOSTILE.replace('\r', "\\r")
}

#[test]
fn hostile_text_in_a_question_is_escaped() {
    let node = Node::new("linux");
    let script = node.script(&format!("manual.step(\"{}\");", hostile_literal()));
    let lab = node.lab.dir().display();
    let line = format!("NO_COLOR=1 ascript run {script} --node {lab} --live");
    let mut screen = Screen::new(&line, 60, node.lab.dir());
    assert_harmless(screen.shows("[y/N]"));
    screen.types("y\n");
    let asked = screen.shows("Is it done? [y/N]").to_owned();
    assert!(asked.contains(SHOWN), "{asked:?}");
    screen.types("n\n");
    let (_, end) = screen.ends();
    assert_harmless(&(asked + &*end));
}

#[test]
fn a_hostile_label_of_a_prompt_is_refused() {
    let node = Node::new("linux");
    let secret = format!("secret(\"prompt:{}\")", hostile_literal());
    let script = node.script(&format!(
        "conf.set_node(#{{ token_encryption_key: {secret} }});"
    ));
    let line = format!("NO_COLOR=1 ascript run {script} --node blank:linux");
    let (code, seen) = Screen::new(&line, 60, node.lab.dir()).ends();
    assert_eq!(code, 1, "{seen}");
    assert_harmless(&seen);
}

#[test]
fn hostile_output_of_a_program_in_a_progress_line_is_escaped() {
    let (node, script, mark) = syncing();
    let program = node.lab.dir().join("bin/async");
    let text = std::fs::read_to_string(&program).unwrap();
    let output = format!("echo '{}{}'", HOSTILE.replace('\r', ""), "漢".repeat(60));
    std::fs::write(&program, text.replace("printf 'half a li'", &output)).unwrap();
    let dir = node.lab.dir();
    let line = format!(
        "NO_COLOR=1 ascript run {script} --live --yes --node {}",
        dir.display()
    );
    let mut screen = Screen::new(&line, 50, dir);
    screen.shows("\\u{9b}2J");
    std::fs::write(mark, "").unwrap();
    assert_harmless(&screen.end().replace("\r\u{1b}[K", "\n"));
}

#[test]
fn hostile_text_in_a_paged_document_is_escaped() {
    let node = Node::new("linux");
    let script = node.script(&format!("advise(\"{}\");", hostile_literal()));
    let line = format!("NO_COLOR=1 PAGER='sed s/^/>/' ascript run {script} --node blank:linux");
    let seen = seen(&line, 2);
    assert!(seen.starts_with('>') && seen.contains(SHOWN), "{seen:?}");
    assert_harmless(&seen.replace('>', ""));
}

#[test]
fn lists_in_a_narrow_terminal_break_no_word() {
    for columns in [40, 60, 79] {
        let seen = seen(&format!("stty cols {columns}; ascript list"), 60);
        let text = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let summary = "Sets up this Linux machine as a transfer node for Faspex.";
        assert!(text.contains(summary), "{seen}");
        let widest = seen.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns), "{columns}: {seen}");
    }
}
