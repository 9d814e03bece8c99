//! Signals while the program waits for a file that somebody else fills: a script, a plan, a
//! parameter file, a snapshot, a secret, standard input.

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{ASCRIPT, Node, each, until};
use crate::transcript::shell;

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
    "drift FIFO --node LAB",
    "drift - --node LAB",
    "import FIFO",
    "import -",
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
            let mut child = started(words, folder);
            wait_until_it_sleeps(&child);
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

/// Command lines that parse a file for seconds, and that file.
const PARSING: &[(&str, &str)] = &[
    ("run ./large.rhai --node blank:linux", "large.rhai"),
    (
        "run ./reads.rhai --params large.json --node blank:linux",
        "large.json",
    ),
    ("run ./reads.rhai --node LAB", "LAB/etc/aspera.conf"),
    ("plan ./reads.rhai --node LAB", "LAB/etc/aspera.conf"),
    ("repl --node large.snapshot.json", "large.snapshot.json"),
    (
        "run ./reads.rhai --node large.snapshot.json",
        "large.snapshot.json",
    ),
    ("snapshot --node LAB", "LAB/etc/aspera.conf"),
    ("show large.plan.json", "large.plan.json"),
    (
        "apply large.plan.json --rehearse --node LAB",
        "large.plan.json",
    ),
];

#[test]
fn a_signal_ends_the_parsing_of_a_large_file() {
    let node = Node::new("linux");
    let folder = node.lab.dir().parent().unwrap();
    write_large_files(folder, node.lab.dir());
    each(
        PARSING,
        |(line, _)| (*line).to_owned(),
        |(line, file)| {
            for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
                let line = line.replace("LAB", node.lab.dir().to_str().unwrap());
                let file = file.replace("LAB", node.lab.dir().to_str().unwrap());
                let mut child = started(line.split(' '), folder);
                let size = std::fs::metadata(folder.join(file)).unwrap().len();
                until(|| has_read(&child, size));
                if is_ignored(&child, signal) {
                    child.kill().unwrap();
                    continue;
                }
                kill_process(Pid::from_child(&child), signal).unwrap();
                // A handled signal would let it parse to the end.
                let status = child.wait().unwrap();
                assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
            }
        },
    );
}

/// Whether a program has read that many bytes.
fn has_read(child: &Child, size: u64) -> bool {
    let io = std::fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap();
    let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
    read.unwrap().parse::<u64>().unwrap() >= size
}

/// Files whose parsing takes much longer than their reading.
fn write_large_files(folder: &Path, lab: &Path) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("reads.rhai", "conf.user(\"anna\");".to_owned());
    write("large.rhai", "conf.node();\n".repeat(300_000));
    let numbers = "1,".repeat(8_000_000);
    write("large.json", format!("{{\"list\": [{numbers}1]}}"));
    let user = "<user><name>u</name><file_system><access><paths><path><absolute>/d</absolute>\
                </path></paths></access></file_system></user>\n";
    let users = user.repeat(200_000);
    let conf = format!(
        "<CONF version=\"2\"><aaa><realms><realm><users>{users}</users></realm></realms></aaa></CONF>"
    );
    let small = |line: &str| {
        let done = shell(&format!("ascript {line}"), folder);
        assert!(done.status.success(), "{line}");
        String::from_utf8(done.stdout).unwrap()
    };
    let plan = small("plan ./reads.rhai --node blank:linux -o -");
    let step = "{\"binding\":\"conf.user\",\"at\":null,\"kind\":\"settled\",\"moves\":[],\"commands\":[],\"advisories\":[]},";
    write(
        "large.plan.json",
        plan.replace(
            "\"steps\": [",
            &format!("\"steps\": [{}", step.repeat(500_000)),
        ),
    );
    let snapshot = small(&format!("snapshot --node {}", lab.display()));
    let mut snapshot: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
    snapshot["conf"]["lines"] = conf.lines().collect();
    write("large.snapshot.json", snapshot.to_string());
    std::fs::write(lab.join("etc/aspera.conf"), conf).unwrap();
}

/// The program at work in a folder, with a standard input that stays open.
fn started(args: impl IntoIterator<Item = impl AsRef<OsStr>>, folder: &Path) -> Child {
    Command::new(ASCRIPT)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the program waits.
fn wait_until_it_sleeps(child: &Child) {
    let stat = format!("/proc/{}/stat", child.id());
    // A program without handlers ends by every signal.
    until(|| std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") S ")));
}

/// Whether a program ignores a signal, as programs in the background do.
fn is_ignored(child: &Child, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
    mask & 1 << (signal.as_raw() - 1) != 0
}
