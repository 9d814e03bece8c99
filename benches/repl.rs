//! How soon a session is ready for a line, and how soon Tab answers on a node
//! with 10,000 users. It asserts nothing: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

mod common;

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use ascript::exec::{Installed, Limits, Programs, Spawner, Stop, Vault, World, installed};
use ascript::facts::NodeSource;
use ascript::lab::{Lab, Options};
use ascript::reference::Reference;
use ascript::repl::{self, Outside, Staging};
use ascript::script;
use ascript::state::Platform;

use common::{ASCRIPT, best, figure, head, milliseconds, row, timed};

fn main() {
    let dir = tempfile::tempdir().expect("a folder for a node");
    first_prompt(dir.path());
    let node = node(dir.path());
    tab(&node);
}

/// From the start of the process to the first prompt on its terminal.
fn first_prompt(home: &Path) {
    let ours = ["repl", "--node", "blank:linux", "-q"];
    let mut version = Command::new(ASCRIPT);
    version.arg("--version");
    let [bare, took] = best(
        60,
        [
            Box::new(|| timed(&mut version)),
            Box::new(|| prompted(&ours, home, "preview 0> ")),
        ],
    );
    head("start to first prompt, beside --version from start to end");
    row("on a terminal", took, bare, 4.0);
    figure("first prompt", milliseconds(took), 10.0, "ms");
    let output = Command::new(common::stub(home))
        .arg(ASCRIPT)
        .args(ours)
        .stdin(Stdio::null())
        .output();
    let printed = output.expect("it starts").stdout;
    let printed = String::from_utf8_lossy(&printed);
    let kib: f64 = printed.trim().parse().expect("a number");
    figure("most memory", kib / 1024.0, 12.0, "MiB");
}

fn prompted(args: &[&str], home: &Path, prompt: &str) -> Duration {
    let (mut pty, pts) = pty_process::blocking::open().expect("a terminal");
    let command = pty_process::blocking::Command::new(ASCRIPT)
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("TERM", "xterm");
    let started = Instant::now();
    let mut child = command.spawn(pts).expect("it starts");
    let (mut seen, mut bytes) = (String::new(), [0; 1024]);
    while !seen.contains(prompt) {
        let count = pty.read(&mut bytes).expect("it prompts");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    let took = started.elapsed();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    took
}

/// A folder whose aspera.conf has 10,000 users.
fn node(dir: &Path) -> PathBuf {
    let options = Options::new(PathBuf::from(ASCRIPT), "linux");
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

fn tab(node: &Path) {
    println!("\ncompletion on a node with 10,000 users");
    let reference = Reference::new(script::pages());
    let cases = [
        ("a user's name", "conf.user(\"user0999"),
        ("any of the users", "conf.user(\""),
        ("a call", "conf.set_"),
        ("a setting", "conf.set_user(\"user00001\", #{ transfer_"),
        (
            "an allowed word",
            "conf.set_node(#{ authorization_transfer_in_value: \"",
        ),
    ];
    for (what, line) in cases {
        let mut session = session(node);
        let cold = completed(&reference, &mut session, line);
        let [warm] = best(
            200,
            [Box::new(|| completed(&reference, &mut session, line))],
        );
        figure(what, milliseconds(warm), 5.0, "ms");
        println!("{:44} {:>7.2} ms", "  the first time", milliseconds(cold));
    }
}

fn completed(reference: &Reference, staging: &mut Staging, line: &str) -> Duration {
    let started = Instant::now();
    let (_, found) = repl::complete(reference, staging, line, line.len());
    let took = started.elapsed();
    assert!(!found.is_empty(), "nothing for {line}");
    took
}

fn session(folder: &Path) -> Staging {
    let vault = Rc::new(RefCell::new(Vault::unattended()));
    let programs = Programs::new(folder);
    let spawner = Spawner::new(programs, Rc::clone(&vault), Limits::default(), Stop::new());
    let node = installed::describe(folder, Platform::Linux, NodeSource::Folder).expect("a node");
    let state = folder.join("var/ascript");
    let source = Installed::new(node, folder, &state, Rc::new(RefCell::new(spawner)));
    let outside = Outside {
        print: Rc::new(|_| ()),
        is_stopped: Rc::new(|| false),
        forget_stop: Rc::new(|| ()),
    };
    let world = World::new(Box::new(source), vault);
    Staging::new(world, outside, std::collections::BTreeMap::new())
}
