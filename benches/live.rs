//! How long a live run takes with every read-back, beside a shell script that
//! runs the documented commands and checks nothing, on the same stub tools.
//! It asserts nothing but that both get to the end: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

mod common;

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use ascript::exec::{Limits, Programs, Spawner, Stop, Vault};
use ascript::step::{self, Piece, Stdin};

use common::{ASCRIPT, best, figure, head, milliseconds, row, timed};

const TOOLS: [&str; 14] = [
    "asconfigurator",
    "ascp",
    "asnodeadmin",
    "asuserdata",
    "async",
    "chown",
    "dscl",
    "dseditgroup",
    "dsenableroot",
    "install",
    "launchctl",
    "mkdir",
    "stat",
    "sysadminctl",
];

/// The published procedure as one would paste it, with commands where the
/// guide points and clicks.
const PASTED: &str = r#"
ascp -A
sysadminctl -addUser faspex -fullName faspex -password "$P" -admin
dsenableroot -u admin -p "$P" -r "$P"
mkdir -p /Users/faspex/faspex_packages
chown faspex /Users/faspex/faspex_packages
asconfigurator -x "set_user_data;user_name,faspex;absolute,/Users/faspex/faspex_packages"
asconfigurator -x "set_user_data;user_name,faspex;authorization_transfer_in_value,allow"
asconfigurator -x "set_user_data;user_name,faspex;authorization_transfer_out_value,allow"
asconfigurator -x "set_user_data;user_name,faspex;token_encryption_key,$P"
asconfigurator -x "set_server_data;server_name,node1.example.com"
asconfigurator -x "set_http_server_data;enable_http,true"
asconfigurator -x "set_http_server_data;http_port,8080"
asconfigurator -x "set_http_server_data;enable_https,true"
asconfigurator -x "set_http_server_data;https_port,8443"
for service in asperahttpd asperacentral asperanoded; do
    launchctl stop com.aspera.$service
    launchctl start com.aspera.$service
done
asnodeadmin -a -u node_user -p "$P" -x faspex
asnodeadmin -l
"#;

const SECRETS: [&str; 5] = [
    "FASPEX_ACCOUNT_PASSWORD",
    "FASPEX_ADMIN_PASSWORD",
    "FASPEX_NODE_PASSWORD",
    "FASPEX_ROOT_PASSWORD",
    "FASPEX_TOKEN_KEY",
];

/// The tools of the procedure that ask for passwords, and how often.
const ASKING: &[(&str, &[&str], usize)] = &[
    ("sysadminctl", &["-addUser", "faspex", "-password", "-"], 1),
    ("dsenableroot", &[], 3),
    ("asnodeadmin", &["-a", "-u", "node_user", "-x", "faspex"], 1),
];

const SECRET: &str = "Xq7bTn2LwR9sKd4HvC8m";

fn main() {
    let dir = tempfile::tempdir().expect("a folder for the node");
    let node = Node::new(dir.path());
    let calls = node.record();
    let [theirs, ours, tools] = best(
        60,
        [
            Box::new(|| node.pasted()),
            Box::new(|| node.ours()),
            Box::new(|| node.replay(&calls)),
        ],
    );
    head("live run of faspex-node-macos, beside bash with the pasted commands");
    row("whole process, every step read back", ours, theirs, 1.5);
    let own = milliseconds(ours) - milliseconds(tools);
    println!(
        "{} tools started, {:.2} ms for them alone",
        calls.len(),
        milliseconds(tools)
    );
    figure("own time, all but the tools", own, 5.0, "ms");
    parts(&node);
}

/// What of the own time no step is made in: the program itself, the waits until
/// the disk has what a run must be able to be taken back from, and that tools
/// are asked on terminals.
fn parts(node: &Node) {
    let [program, disk, asked, unasked] = best(
        60,
        [
            Box::new(|| timed(Command::new(ASCRIPT).arg("--version"))),
            Box::new(|| node.synced()),
            Box::new(|| node.asked()),
            Box::new(|| node.unasked()),
        ],
    );
    for (what, took) in [
        ("the program's start and end", program),
        ("three files that must be on the disk", disk),
        (
            "three tools asked on terminals",
            asked.saturating_sub(unasked),
        ),
    ] {
        println!("    of it {what:38} {:>5.2} ms", milliseconds(took));
    }
}

/// A node whose tools are stubs.
struct Node {
    folder: PathBuf,
    script: PathBuf,
}

impl Node {
    fn new(dir: &Path) -> Self {
        let stub = common::stub(dir);
        let folder = dir.join("node");
        for part in ["bin", "etc"] {
            fs::create_dir_all(folder.join(part)).expect("a folder in the node");
        }
        for tool in TOOLS {
            fs::hard_link(&stub, folder.join("bin").join(tool)).expect("a tool in the node");
        }
        fs::write(folder.join("etc/hostname"), "node1.example.com\n").expect("a name");
        let script = dir.join("pasted.sh");
        fs::write(&script, PASTED).expect("the script is written");
        Self { folder, script }
    }

    /// As it was before anything was done.
    fn reset(&self) {
        let state = self.folder.join("var");
        // The first time there is none.
        let _ = fs::remove_dir_all(&state);
        fs::create_dir_all(state.join("stub")).expect("a folder for the stubs");
        let blank = "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n</CONF>\n";
        fs::write(self.folder.join("etc/aspera.conf"), blank).expect("a configuration");
    }

    fn pasted(&self) -> Duration {
        self.reset();
        let mut bash = Command::new("/bin/bash");
        bash.arg(&self.script)
            .env("PATH", self.folder.join("bin"))
            .env("P", SECRET);
        timed(&mut bash)
    }

    fn ours(&self) -> Duration {
        self.reset();
        let mut ascript = Command::new(ASCRIPT);
        ascript
            .args(["run", "faspex-node-macos", "--live", "--yes", "--node"])
            .arg(&self.folder)
            .envs(SECRETS.map(|name| (name, SECRET)));
        timed(&mut ascript)
    }

    /// The calls of a live run, in their order.
    fn record(&self) -> Vec<Vec<String>> {
        self.reset();
        let calls = self.folder.join("var/stub/calls");
        fs::write(&calls, "").expect("a file for the calls");
        let mut ascript = Command::new(ASCRIPT);
        let output = ascript
            .args(["run", "faspex-node-macos", "--live", "--yes", "--node"])
            .arg(&self.folder)
            .envs(SECRETS.map(|name| (name, SECRET)))
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the live run ends well: {said}");
        let words = |line: &str| line.split('\t').map(str::to_owned).collect();
        let calls = fs::read_to_string(&calls).expect("the calls");
        calls.lines().map(words).collect()
    }

    /// The copy of aspera.conf and the receipt before the first step, and the
    /// receipt after the last.
    fn synced(&self) -> Duration {
        self.reset();
        let path = self.folder.join("var/kept");
        let started = Instant::now();
        for size in [1_000, 20_000, 20_000] {
            let mut file = fs::File::create(&path).expect("a file");
            file.write_all(&vec![b'x'; size]).expect("room for it");
            file.sync_data().expect("the disk has it");
        }
        started.elapsed()
    }

    fn asked(&self) -> Duration {
        self.reset();
        let vault = Vault::new(Box::new(|_| unreachable!("no secret is asked for")));
        let programs = Programs::new(&self.folder);
        let vault = Rc::new(RefCell::new(vault));
        let mut spawner = Spawner::new(programs, vault, Limits::default(), Stop::new());
        let started = Instant::now();
        for (program, args, answers) in ASKING {
            let answers = vec![Piece::from(SECRET); *answers];
            let command = step::Command::new(*program)
                .args(args.iter().copied())
                .stdin(Stdin::Terminal(answers));
            spawner.run(&command, &[]).expect("it runs");
        }
        started.elapsed()
    }

    fn unasked(&self) -> Duration {
        let program = |name: &str| self.folder.join("bin").join(name).display().to_string();
        let calls = ASKING.iter().map(|(name, args, _)| {
            let args = args.iter().map(|arg| (*arg).to_owned());
            std::iter::once(program(name)).chain(args).collect()
        });
        self.replay(&calls.collect::<Vec<_>>())
    }

    /// The same calls, with nobody who looks at what they print.
    fn replay(&self, calls: &[Vec<String>]) -> Duration {
        self.reset();
        let started = Instant::now();
        for call in calls {
            let mut command = Command::new(&call[0]);
            let output = command
                .args(&call[1..])
                .env("STUB_UNASKED", "1")
                .stdin(Stdio::null())
                .output();
            output.expect("it starts");
        }
        started.elapsed()
    }
}
