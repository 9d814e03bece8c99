//! Signals while the program waits for a file that somebody else fills: a script, a plan, a
//! parameter file, a snapshot, a secret, standard input.

use std::process::{Child, Command, Stdio};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{ASCRIPT, Node, each, until};

/// Command lines that wait; `FIFO` is a pipe that nobody opens for writing, and `LAB` a node.
const WAITING: &[&str] = &[
    "run ./FIFO",
    "run -",
    "run faspex-node-linux --params FIFO",
    "run faspex-node-linux --node FIFO",
    "run ./secret.rhai --node LAB",
    "plan ./FIFO",
    "plan -",
    "apply FIFO --yes --node LAB",
    "apply FIFO --rehearse",
    "apply - --rehearse",
    "show FIFO",
    "check ./FIFO",
    "check -",
    "repl --node blank",
    "repl --params FIFO",
];

#[test]
fn a_signal_ends_every_wait_for_a_file() {
    let node = Node::new("linux");
    let folder = node.lab.dir().parent().unwrap();
    let pipe = folder.join("FIFO");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let script = "conf.set_user(\"u\", #{ token_encryption_key: secret(\"file:FIFO\") });";
    std::fs::write(folder.join("secret.rhai"), script).unwrap();
    each(WAITING, ToString::to_string, |line| {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            let words = line.split(' ').map(|word| match word {
                "LAB" => node.lab.dir().as_os_str(),
                word => word.as_ref(),
            });
            let mut child = Command::new(ASCRIPT)
                .args(words)
                .current_dir(folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            if is_ignored(&child, signal) {
                child.kill().unwrap();
                continue;
            }
            kill_process(Pid::from_child(&child), signal).unwrap();
            let mut status = None;
            until(|| {
                status = child.try_wait().unwrap();
                status.is_some()
            });
            assert!(!status.unwrap().success(), "after {signal:?}");
        }
    });
}

/// Waits until the program waits, and returns whether it ignores a signal, as programs in the
/// background do.
fn is_ignored(child: &Child, signal: Signal) -> bool {
    let file = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", child.id()));
    // A program without handlers ends by every signal.
    until(|| file("stat").is_ok_and(|stat| stat.contains(") S ")));
    let status = file("status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
    mask & 1 << (signal.as_raw() - 1) != 0
}
