//! How long a live run takes with every read-back, beside a shell script that
//! runs the documented commands and checks nothing, on the same stub tools.
//! It asserts nothing but that both get to the end: it prints a table.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts what it compares, on files of its own"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
