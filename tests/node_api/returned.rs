//! The bundled scripts on nodes that serve their Node API, and back: after `undo`, no file of the
//! lab differs from before, but for what is listed here.

use std::collections::BTreeMap;
use std::net::TcpListener;

use ascript::lab::{NodeApi, NodeApiPorts};
use serde_json::Value;

use super::serve;
use crate::support::{Node, SECRETS, each};

/// A bundled script, its parameters, and the folders that stay with all that they contain.
struct Job {
    platform: &'static str,
    script: &'static str,
    set: &'static [&'static str],
    stays: &'static [&'static str],
}

const KEY: [&str; 4] = [
    "endpoint=node",
    "api_user=keeper",
    "api_password=env:FASPEX_NODE_PASSWORD",
    "docroot=/data/images",
];
const CLIENT: &[&str] = &[KEY[0], KEY[1], KEY[2], KEY[3], "role=client"];
const SERVER: &[&str] = &[KEY[0], KEY[1], KEY[2], KEY[3], "role=server"];

const JOBS: &[Job] = &[
    Job {
        platform: "macos",
        script: "faspex-node-macos",
        set: &["docroot=/data/faspex"],
        stays: &["/data", "/Users/faspex"],
    },
    Job {
        platform: "linux",
        script: "faspex-node-linux",
        set: &["docroot=/data/M&O <x>", "http_port=9080"],
        stays: &["/data/M&O <x>", "/home/faspex"],
    },
    sync("macos", CLIENT),
    sync("linux", CLIENT),
    sync("macos", SERVER),
    sync("linux", SERVER),
];

const fn sync(platform: &'static str, set: &'static [&'static str]) -> Job {
    Job {
        platform,
        script: "sync-access-key",
        set,
        stays: &["/var/lib", "/data"],
    }
}

impl Job {
    fn args(&self) -> Vec<&'static str> {
        let set = self.set.iter().flat_map(|set| ["--set", set]);
        [self.script].into_iter().chain(set).collect()
    }

    /// A node with a user who may create access keys.
    fn node(&self) -> Node {
        let node = Node::new(self.platform);
        if self.script == "sync-access-key" {
            let restriction = "set_user_data;user_name,xfer;file_restriction,|file:////data/*";
            node.does("asconfigurator", &["-x", restriction]);
            let args = ["-a", "-u", "keeper", "-p", SECRETS[4].1, "-x", "xfer"];
            node.does("asnodeadmin", &args);
        }
        node
    }

    /// Every file of the lab, without what its programs count.
    fn lab(&self, node: &Node) -> BTreeMap<String, String> {
        let files = node.files().into_iter();
        let files = files.filter_map(|(path, bytes)| {
            let path = path.strip_prefix(node.lab.dir()).unwrap().to_str().unwrap();
            let is_counted = ["var/lab/lock", "var/lab/pids"].contains(&path);
            // Receipts; and a session of Sync has run.
            let is_left = ["var/ascript", "var/lab/sync"]
                .iter()
                .any(|left| path.starts_with(left));
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let text = if path.strip_suffix(".json").is_some() {
                self.state(path, &text)?
            } else {
                text
            };
            (!is_counted && !is_left).then(|| (path.to_owned(), text))
        });
        files.collect()
    }

    /// A state file, without what stays and what is empty; `None` where nothing is left.
    fn state(&self, path: &str, text: &str) -> Option<String> {
        let mut state: Value = serde_json::from_str(text).unwrap();
        let entries = state.as_object_mut()?;
        if path.starts_with("var/lab/services/") {
            let is_running = entries["pid"].is_u64();
            entries.retain(|key, _| {
                ["unloaded", "masked", "disabled", "definition"].contains(&key.as_str())
            });
            entries.insert("running".to_owned(), is_running.into());
        }
        let stays = |path: &str| self.stays.iter().any(|folder| path.starts_with(folder));
        // The lab accepts the first password of its administrator, and keeps it.
        entries.retain(|key, value| {
            !stays(key) && key != "account:admin" && *value != serde_json::json!([])
        });
        (!entries.is_empty()).then(|| state.to_string())
    }
}

/// An aspera.conf without its sections that are empty.
fn without_empty_sections(conf: &str) -> String {
    let mut text: String = conf.lines().map(str::trim).collect();
    loop {
        let mut less = text.clone();
        for name in [
            "users",
            "realm",
            "realms",
            "aaa",
            "server",
            "http_server",
            "file_system",
            "default",
        ] {
            less = less.replace(&format!("<{name}></{name}>"), "");
        }
        if less == text {
            return text;
        }
        text = less;
    }
}

/// Other ports and places than those of a new node.
fn other_places(node: &Node) -> NodeApi {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    for line in [
        &format!("set_server_data;https_port,{port};enable_http,false"),
        // A docroot for everybody would keep the user from creating access keys.
        "set_node_data;read_allowed,false;async_db_dir,/srv/db",
        "set_http_server_data;http_port,9999;enable_https,false",
        "set_user_data;user_name,other;absolute,/srv/other",
    ] {
        node.does("asconfigurator", &["-x", line]);
    }
    let api = node.lab.serve(NodeApiPorts::default()).unwrap();
    assert_eq!(api.urls(), [format!("https://127.0.0.1:{port}")]);
    api
}

/// Runs a script, runs it again, and undoes both runs.
fn there_and_back(node: &Node, job: &Job) {
    let first = node.live(&job.args()).json(0);
    assert_ne!(first["summary"]["change"], 0);
    let text = first.to_string();
    assert_eq!(
        text.contains("api-answered"),
        job.script != "sync-access-key"
    );
    let second = node.live(&job.args()).json(0);
    assert_eq!(second["summary"]["change"], 0);
    node.run(&["undo", "1", "--live", "--yes"]).ends(0);
}

fn named(job: &Job) -> String {
    format!("{:?} on {}", job.args(), job.platform)
}

#[test]
fn a_new_node_is_as_before_but_for_empty_sections() {
    each(JOBS, named, |job| {
        let node = job.node();
        let api = serve(&node);
        let mut before = job.lab(&node);
        there_and_back(&node, job);
        let mut after = job.lab(&node);
        for lab in [&mut before, &mut after] {
            let conf = lab.get_mut("etc/aspera.conf").unwrap();
            *conf = without_empty_sections(conf);
        }
        assert_eq!(after, before);
        drop(api);
    });
}

#[test]
fn a_node_with_other_places_is_as_before() {
    each(JOBS, named, |job| {
        let node = job.node();
        let api = other_places(&node);
        let before = job.lab(&node);
        there_and_back(&node, job);
        assert_eq!(job.lab(&node), before);
        drop(api);
    });
}
