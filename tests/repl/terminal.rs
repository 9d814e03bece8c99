//! REPL sessions on a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};

use crate::crashes::interrupt;
use crate::support::{ASCRIPT, until};

/// A terminal that runs a REPL.
pub(super) struct Terminal {
    keys: File,
    seen: Arc<Mutex<String>>,
    child: Child,
    /// The length of the output that was waited for.
    read: usize,
}

impl Terminal {
    pub(super) fn open(home: &Path, args: &[&str]) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(40, 100)).unwrap();
        let command = pty_process::blocking::Command::new(ASCRIPT)
            .arg("repl")
            .args(args)
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("TERM", "xterm");
        let child = command.spawn(pts).unwrap();
        let keys = File::from(pty.as_fd().try_clone_to_owned().unwrap());
        let seen = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let (mut screen, mut bytes) = (
                File::from(pty.as_fd().try_clone_to_owned().unwrap()),
                [0; 4096],
            );
            // Reading a terminal whose program has ended is an error on Linux.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                shared.lock().unwrap().push_str(&text);
            }
        });
        Self {
            keys,
            seen,
            child,
            read: 0,
        }
    }

    pub(super) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the terminal shows `text` after what was waited for before, and returns what
    /// came up to its end.
    #[track_caller]
    pub(super) fn sees(&mut self, text: &str) -> String {
        let rest = || plain(&self.seen.lock().unwrap()).split_off(self.read);
        until(|| rest().contains(text));
        let mut found = rest();
        let end = found.find(text).unwrap() + text.len();
        found.truncate(end);
        self.read += end;
        found
    }

    fn ends(&mut self) -> i32 {
        let mut status = None;
        until(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text of a terminal without escape sequences and carriage returns.
fn plain(screen: &str) -> String {
    let mut parts = screen.split("\u{1b}[");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        text.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    text.replace('\r', "")
}

const NODE: &[&str] = &["--node", "blank:linux"];

fn started() -> (tempfile::TempDir, Terminal) {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(home.path(), NODE);
    let greeting = terminal.sees("blank:linux preview 0> ");
    assert_eq!(greeting.lines().count(), 2, "{greeting}");
    (home, terminal)
}

#[test]
fn tab_completes_and_the_prompt_counts() {
    let (_home, mut terminal) = started();
    terminal.send("conf.set_us\t");
    terminal.sees("conf.set_user(");
    terminal.sees("Name of the transfer user");
    terminal.send("\"anna\", #{ absol\t\"/srv\" })\r");
    terminal.sees("absolute: — → /srv");
    terminal.sees("blank:linux preview 1> ");
    terminal.send("conf.user(\"\t\t");
    terminal.sees("conf.user(\"anna\"");
    terminal.send(")\r");
    terminal.sees("#{ absolute: \"/srv\" }");
    terminal.send(":und\t\r");
    terminal.sees("undone: conf.set_user");
    terminal.sees("blank:linux preview 0> ");
}

/// A paste between the marks that a terminal puts around it.
fn paste(text: &str) -> String {
    format!("\u{1b}[200~{text}\u{1b}[201~")
}

#[test]
fn a_pasted_line_does_not_steer_the_terminal() {
    for color in [&["--color", "always"][..], &["--color", "never"]] {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::open(home.path(), &[NODE, color].concat());
        terminal.sees("preview 0> ");
        terminal.send(&paste(
            "let a = \"x\u{202e}y\u{1b}]0;title\u{7}\u{9b}31mz\";",
        ));
        terminal.sees("z\";");
        for letter in ["\u{202d}", "\u{200b}", "\u{9b}"] {
            terminal.send(letter);
        }
        terminal.send("\r");
        terminal.sees("preview 0> ");
        terminal.send("let b = 1;\r");
        terminal.sees("let b = 1;");
        let raw = terminal.seen.lock().unwrap().clone();
        assert!(!raw.contains("\u{1b}]"), "{raw:?}");
        assert!(
            !raw.contains(['\u{202e}', '\u{202d}', '\u{200b}', '\u{9b}', '\u{7}']),
            "{raw:?}"
        );
    }
}

#[test]
fn choices_are_listed_over_no_hint() {
    let (_home, mut terminal) = started();
    terminal.send("conf.set_user(\"anna\", #{ transfer_enc");
    terminal.sees("#{ setting: value }");
    terminal.send("\t");
    let shown = terminal.sees("transfer_encryption_strict_allowed_cipher");
    let listed = shown.rsplit("#{ transfer_encryption_").next().unwrap();
    assert!(!listed.contains("setting: value"), "{shown}");
    terminal.send("al");
    terminal.sees("setting: value");
}

#[test]
fn a_message_is_broken_at_blanks() {
    let (_home, mut terminal) = started();
    terminal.send("conf.set_node(#{ transfer_encryption_allowed_cipher: \"rot13\" })\r");
    terminal.sees("error: ");
    let message = terminal.sees("not \"rot13\"\n");
    let lines: Vec<_> = message.lines().collect();
    assert!(lines.len() > 1, "{message}");
    for line in &lines[1..] {
        assert!(
            line.starts_with("       ") && line.len() <= 100,
            "{message}"
        );
    }
}

#[test]
fn an_interrupt_drops_a_line_or_a_call_and_keeps_the_session() {
    let (_home, mut terminal) = started();
    terminal.send("let kept = 41;\rlet dropped = 1;");
    terminal.sees("preview 0> let dropped = 1;");
    // The editor discards what was typed ahead of an interrupt, so the test waits for the new
    // prompt: it follows a line end, which a redrawn line does not.
    terminal.send("\u{3}");
    terminal.sees("\n");
    terminal.sees("blank:linux preview 0> ");
    terminal.send("kept + 1\r");
    terminal.sees("42");
    terminal.send("dropped\r");
    terminal.sees("`dropped` is not defined");
    // Each round sorts 10,000 strings, so the limit of operations is minutes away.
    terminal.send("let list = []; list.pad(10_000, \"x\");\r");
    terminal.sees("blank:linux preview 0> ");
    terminal.send(
        "conf.set_node(#{ read_allowed: true }); print(\"it\" + \" runs\"); loop { list.sort() }\r",
    );
    terminal.sees("it runs");
    match interrupt() {
        Signal::INT => terminal.send("\u{3}"),
        // The session ignores SIGINT because the tests run in the background.
        signal => kill_process(Pid::from_child(&terminal.child), signal).unwrap(),
    }
    terminal.sees("error: stopped");
    terminal.sees("blank:linux preview 0> ");
    terminal.send("kept + 2\r");
    terminal.sees("43");
}

#[test]
fn an_interrupt_erases_the_hint_below_the_dropped_line() {
    let (_home, mut terminal) = started();
    terminal.send("conf.set_user(\"anna\", ");
    terminal.sees("unchecked");
    terminal.send("\u{3}");
    terminal.sees("\n");
    terminal.sees("blank:linux preview 0> ");
    let seen = terminal.seen.lock().unwrap().clone();
    assert!(seen.contains("\u{1b}[A\u{1b}[2K"), "{seen:?}");
}

/// A terminal breaks a row that is exactly full only when something follows.
#[test]
fn a_hint_below_a_full_row_leaves_the_rows_above() {
    let (_home, mut terminal) = started();
    let line = format!("conf.set_user(\"{}\", ", "a".repeat(100 - 23 - 18));
    assert_eq!("blank:linux preview 0> ".len() + line.len(), 100);
    terminal.send(&line);
    terminal.sees(&format!("{line} \n  conf.set_user(name"));
}

#[test]
fn a_name_of_a_failed_line_is_explained() {
    let (_home, mut terminal) = started();
    terminal.send("let cap = nothing;\r");
    terminal.sees("`nothing` is not defined");
    terminal.sees("blank:linux preview 0> ");
    terminal.send("cap\r");
    terminal.sees("the line that defines `cap` failed, and nothing of it was kept");
    terminal.sees("blank:linux preview 0> ");
    terminal.send("other\r");
    let message = terminal.sees("blank:linux preview 0> ");
    assert!(!message.contains("the line that"), "{message}");
}

#[test]
fn the_end_of_input_asks_about_what_is_staged() {
    let (_home, mut terminal) = started();
    terminal.send("conf.set_node(#{ read_allowed: true })\r");
    terminal.sees("preview 1> ");
    terminal.send("\u{4}");
    terminal.sees("Leave and discard 1 staged change? [y/N] ");
    terminal.send("n\r");
    terminal.sees("preview 1> ");
    terminal.send(":quit\r");
    terminal.sees("[y/N] ");
    terminal.send("y\r");
    assert_eq!(terminal.ends(), 0);
    let (_home, mut terminal) = started();
    terminal.send("\u{4}");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_block_goes_on_until_it_closes_and_up_recalls_it_whole() {
    let (_home, mut terminal) = started();
    terminal.send("for u in [\"a\"] {\rconf.set_user(u, #{\rabsolute: \"/srv/\" + u })\r}\r");
    terminal.sees("absolute: — → /srv/a");
    terminal.sees("preview 1> ");
    terminal.send("\u{1b}[A\r");
    terminal.sees("already as wanted");
    terminal.sees("preview 1> ");
}

#[test]
fn history_is_its_owners_alone_and_holds_no_secret() {
    let (home, mut terminal) = started();
    terminal.send("let a = 1;\rlet password = \"hunter2\";\rlet b = 2;\r");
    terminal.send("b + 40\r");
    terminal.sees("42");
    terminal.send("\u{4}");
    assert_eq!(terminal.ends(), 0);
    let folder = home.path().join(if cfg!(target_os = "macos") {
        "Library/Application Support/ascript"
    } else {
        ".local/state/ascript"
    });
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = folder.join("history");
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("let a = 1;\nlet b = 2;\n"), "{text}");
    assert!(!text.contains("hunter2"));
    let mut terminal = Terminal::open(home.path(), NODE);
    terminal.sees("preview 0> ");
    terminal.send("\u{1b}[A\u{1b}[A\r b\r");
    terminal.sees("2");
}

#[test]
fn a_termination_ends_a_session_that_waits() {
    let (_home, mut terminal) = started();
    kill_process(Pid::from_child(&terminal.child), Signal::TERM).unwrap();
    assert_eq!(terminal.ends(), -1);
}

#[test]
fn color_never_applies_to_the_prompt() {
    let (_home, terminal) = started();
    assert!(terminal.seen.lock().unwrap().contains("\u{1b}[36m"));
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(home.path(), &["--node", "blank:linux", "--color", "never"]);
    terminal.sees("preview 0> ");
    terminal.send("let a = \"b\";\r");
    terminal.sees("preview 0> ");
    let seen = terminal.seen.lock().unwrap();
    assert!(!seen.contains("\u{1b}[3"), "{seen:?}");
}
