//! A REPL on a terminal: the time to the first prompt, and the answer to Tab.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use ascript::lab::{Lab, LabOptions};
use pty_process::blocking::{Command, Pty};

use crate::measure::{ASCRIPT, peak_memory, shortest, stub};
use crate::promise::Table;

const PROMPT: &str = "preview 0> ";

pub(crate) fn measure(dir: &Path, table: &mut Table) {
    let args = ["repl", "--node", "blank:linux", "-q"];
    let prompts = (0..60).map(|_| {
        let started = Instant::now();
        let mut session = Session::start(&args, dir);
        session.wait_for(PROMPT);
        started.elapsed()
    });
    table.row("first prompt of the REPL", shortest(prompts));
    table.row("memory of the REPL", peak_memory(&stub(dir), &args));
    let node = node(dir).display().to_string();
    let mut session = Session::start(&["repl", "--node", &node, "-q"], dir);
    session.wait_for(PROMPT);
    let answers = (0..60).map(|_| session.tab());
    table.row("Tab on a node with 10,000 users", shortest(answers));
}

/// A REPL on a terminal of its own.
struct Session {
    terminal: Pty,
    child: Child,
    /// Output that was not waited for yet.
    seen: String,
}

impl Session {
    fn start(args: &[&str], home: &Path) -> Self {
        let (terminal, side) = pty_process::blocking::open().expect("a terminal");
        let command = Command::new(ASCRIPT)
            .args(args)
            .env_clear()
            .env("HOME", home)
            .env("TERM", "xterm");
        let child = command.spawn(side).expect("it starts");
        let seen = String::new();
        Self {
            terminal,
            child,
            seen,
        }
    }

    fn send(&mut self, keys: &str) {
        let sent = self.terminal.write_all(keys.as_bytes());
        sent.expect("the terminal takes keys");
    }

    /// Waits until `text` is printed, after all that was waited for before.
    fn wait_for(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let count = self.terminal.read(&mut bytes).expect("it prints");
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        let (_, rest) = self.seen.split_once(text).expect("it was printed");
        self.seen = rest.to_owned();
    }

    /// How long the ten users that complete a name take to appear.
    fn tab(&mut self) -> Duration {
        self.send("conf.user(\"user0999");
        self.wait_for("user0999");
        let started = Instant::now();
        self.send("\t\t");
        self.wait_for("user09999");
        let took = started.elapsed();
        // Drops the line. The list of users is followed by a prompt too, but only
        // a new line of input turns bracketed paste on.
        self.send("\u{3}");
        self.wait_for("\u{1b}[?2004h");
        self.wait_for(PROMPT);
        took
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

/// A lab whose aspera.conf has 10,000 users.
fn node(dir: &Path) -> PathBuf {
    let options = LabOptions::new(PathBuf::from(ASCRIPT), "linux");
    let lab = Lab::create(&dir.join("lab"), &options).expect("a lab");
    let mut users = String::new();
    for number in 0..10_000 {
        let path = format!(
            "<file_system><access><paths><path><absolute>/srv/{number}</absolute></path></paths></access></file_system>"
        );
        writeln!(users, "<user><name>user{number:05}</name>{path}</user>").expect("a text");
    }
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\"><aaa><realms><realm><users>\n{users}</users></realm></realms></aaa></CONF>\n"
    );
    std::fs::write(lab.conf(), text).expect("the file is written");
    lab.dir().to_owned()
}
