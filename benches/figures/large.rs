//! Whole processes on a node whose aspera.conf has 100,000 users, compared with the bare event loop
//! of quick-xml over the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::conf::{USERS, bare_loop, generated};
use crate::measure::{ascript, megabytes, peak_memory, ratio, shortest, stub, timed, written};
use crate::promise::Table;

const PAIRS: usize = 7;

const SET: &str = "conf.set_server(#{ server_name: \"node1.example.com\" });\n";

const REFRESH: &str = "conf.set_user(\"user000001\", #{ absolute: \"/srv/new\" });\n\
                       service.refresh(\"asperanoded\");\n";

/// No list of a script holds so many names.
const READ: &str = "for number in 1000000..1100000 {\n    \
                    conf.user(\"user\" + `${number}`.sub_string(1));\n}\n";

pub(crate) fn measure(dir: &Path, table: &mut Table) {
    let file = generated(USERS);
    let lab = lab(&dir.join("lab"), &file);
    let node = lab.to_str().expect("a plain path");
    let script = |name: &str, text: &str| written(&dir.join(name), text);
    let set = script("set.rhai", SET);
    let refresh = script("refresh.rhai", REFRESH);
    let read = script("read.rhai", READ);
    let mut row = |name: &str, args: &[&str]| {
        let args = [args, &["--node", node]].concat();
        let bare = || timed_bare_loop(&file);
        table.row(name, ratio(PAIRS, || timed(&mut ascript(&args)), bare));
    };
    row("preview of one setting, 100,000 users", &["run", &set]);
    row("that preview with a refresh", &["run", &refresh]);
    row("settings of 100,000 users", &["run", &read]);
    timed(&mut ascript(&[
        "run", &set, "--live", "--yes", "--node", node,
    ]));
    row("undo of that setting", &["undo"]);
    let peak = peak_memory(&stub(dir), &["run", &refresh, "--node", node]);
    let size = megabytes(file.len() as u64);
    table.row(
        "memory of the preview with a refresh",
        peak * 1.048_576 / size,
    );
    snapshot(dir, table);
    adopt(dir, table);
}

fn timed_bare_loop(file: &[u8]) -> Duration {
    let start = Instant::now();
    bare_loop(file);
    start.elapsed()
}

/// Groups, since each user costs the start of two programs.
fn snapshot(dir: &Path, table: &mut Table) {
    let file = String::from_utf8(generated(2500)).expect("text");
    let groups = file.replace("users>", "groups>").replace("user>", "group>");
    let without_docroots = groups.replace("absolute>", "restrictions>");
    let lab = lab(&dir.join("groups"), without_docroots.as_bytes());
    let node = lab.to_str().expect("a plain path");
    let snapshot = || timed(&mut ascript(&["snapshot", "--node", node]));
    table.row(
        "snapshot with 2,500 secrets",
        shortest((0..PAIRS).map(|_| snapshot())),
    );
}

/// A snapshot of a node with 10,000 users with accounts, which starts no programs; and the script that
/// is made of it.
fn adopt(dir: &Path, table: &mut Table) {
    let lab = lab(&dir.join("adopted"), b"<CONF/>");
    let taken = dir.join("taken.json");
    let path = |path: &Path| path.to_str().expect("a plain path").to_owned();
    timed(&mut ascript(&[
        "snapshot",
        "--node",
        &path(&lab),
        "-o",
        &path(&taken),
    ]));
    let text = fs::read_to_string(taken).expect("the snapshot was written");
    let mut snapshot = serde_json::from_str(&text).expect("a snapshot is JSON");
    add_users(&mut snapshot);
    let node = written(&dir.join("users.json"), &snapshot.to_string());
    let script = path(&dir.join("users.rhai"));
    timed(&mut ascript(&["adopt", "--node", &node, "-o", &script]));
    let adopt = || timed(&mut ascript(&["adopt", "--node", &node]));
    let preview = || timed(&mut ascript(&["run", &script, "--node", &node]));
    table.row("adopt of 10,000 users", ratio(PAIRS, adopt, preview));
}

fn add_users(snapshot: &mut Value) {
    let file = String::from_utf8(generated(10_000)).expect("text");
    // A snapshot has fingerprints instead of secrets.
    let masked = file.replace("EXAMPLEONLY", "fingerprint:0000000000000000000000");
    snapshot["conf"]["lines"] = masked.split('\n').collect();
    let facts = snapshot["facts"].as_array_mut().expect("a list of states");
    for number in 0..10_000 {
        let name = format!("user{number:06}");
        let account = json!({
            "admin": false, "full_name": "", "home": "/home/x", "shell": "/bin/aspshell",
        });
        for (subject, value) in [
            (format!("account/{name}"), account),
            (format!("account_groups/{name}"), json!([name])),
            (
                format!("account/{name}/primary_group"),
                json!({ "primary_group": name }),
            ),
        ] {
            facts.push(json!({ "subject": subject, "value": value }));
        }
    }
}

fn lab(folder: &Path, file: &[u8]) -> PathBuf {
    let node = folder.to_str().expect("a plain path");
    timed(&mut ascript(&["lab", node, "--platform", "linux"]));
    fs::write(folder.join("etc/aspera.conf"), file).expect("the file is written");
    folder.to_owned()
}
