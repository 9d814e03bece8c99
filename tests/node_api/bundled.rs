//! The bundled scripts on labs that serve their Node API: they end with proof from the
//! node itself.

use serde_json::{Value, json};

use super::{free_address, remove_certificate, serve};
use crate::support::{Node, SECRETS};

const NODES: [(&str, &str); 2] = [
    ("macos", "faspex-node-macos"),
    ("linux", "faspex-node-linux"),
];

fn note(run: &Value, id: &str) -> Value {
    let notes = run["advisories"].as_array().unwrap();
    let found = notes.iter().find(|note| note["id"] == id);
    found
        .unwrap_or_else(|| panic!("no {id}: {notes:#?}"))
        .clone()
}

#[test]
fn a_node_for_faspex_is_set_up_verified_and_taken_back() {
    for (platform, script) in NODES {
        let node = Node::new(platform);
        let api = serve(&node);
        let before = node.does("asuserdata", &["-a"]);
        let docroot = "docroot=/data/faspex";
        let args = [script, "--set", docroot];
        let first = node.live(&args).json(0);
        let answer = note(&first, "api-answered");
        let text = answer["text"].as_str().unwrap();
        for words in ["transfer user faspex", "docroot /data/faspex"] {
            assert!(text.contains(words), "{text}");
        }
        let second = node.live(&args).json(0);
        assert_eq!(second["summary"]["change"], 0, "{platform}");
        assert_eq!(note(&second, "api-answered"), answer);
        node.run(&["undo", "--live", "--yes"]).ends(0);
        assert_eq!(node.does("asuserdata", &["-a"]), before, "{platform}");
        assert_eq!(node.state("api_users.json"), json!({}));
        drop(api);
    }
}

/// A node whose user `keeper` may create access keys below `/data`.
fn sync_node() -> Node {
    let node = Node::new("linux");
    let restriction = "set_user_data;user_name,xfer;file_restriction,|file:////data/*";
    node.does("asconfigurator", &["-x", restriction]);
    let args = ["-a", "-u", "keeper", "-p", SECRETS[4].1, "-x", "xfer"];
    node.does("asnodeadmin", &args);
    node
}

#[test]
fn a_node_for_sync_gets_its_access_key_and_gives_it_back() {
    for role in ["server", "client"] {
        let node = sync_node();
        let api = serve(&node);
        let before = (
            node.does("asuserdata", &["-a"]),
            node.state("api_users.json"),
        );
        let role = format!("role={role}");
        let set = [
            role.as_str(),
            "endpoint=node",
            "api_user=keeper",
            "api_password=env:FASPEX_NODE_PASSWORD",
            "docroot=/data/images",
        ];
        let set = set.iter().flat_map(|set| ["--set", set]);
        let args: Vec<_> = ["sync-access-key"].into_iter().chain(set).collect();
        let first = node.live(&args).json(0);
        assert_eq!(first["summary"]["change"], 3, "{role}");
        let key = &node.state("access_keys.json")["atcm_sync"];
        assert_eq!(
            key["storage"],
            json!({ "type": "local", "path": "/data/images" })
        );
        let second = node.live(&args).json(0);
        assert_eq!(second["summary"]["change"], 0, "{role}");
        let sessions = node.acts();
        let sessions = sessions.iter().filter(|act| act.starts_with("async "));
        assert_eq!(sessions.count(), if role == "role=client" { 2 } else { 0 });
        node.run(&["undo", "1", "--live", "--yes"]).ends(0);
        assert_eq!(node.state("access_keys.json"), json!({}));
        let after = (
            node.does("asuserdata", &["-a"]),
            node.state("api_users.json"),
        );
        assert_eq!(after, before, "{role}");
        drop(api);
    }
}

#[test]
fn the_hand_over_is_printed_last_and_shows_no_secret() {
    for (platform, script) in NODES {
        let node = Node::new(platform);
        let api = serve(&node);
        let args = [
            "--set",
            "server_name=node.example",
            "--set",
            "http_port=9080",
        ];
        let args = [&[script], &args[..]].concat();
        let preview = node.preview(&args).json(0);
        let details = json!({
            "host": "node.example", "port": "9092", "user": "node_user",
            "password": "env:FASPEX_NODE_PASSWORD",
            "http_fallback_port": "9080", "https_fallback_port": "8443",
        });
        assert_eq!(note(&preview, "hand-over")["details"], details);
        let done = node.run(&[&["run"], &args[..], &["--live", "--yes"]].concat());
        done.ends(0);
        let lines: Vec<_> = done.out.lines().rev().take(8).collect();
        assert!(lines[0].starts_with("done: "), "{lines:?}");
        assert_eq!(lines[7], "Enter this node in Faspex:");
        assert!(
            lines[1..7]
                .iter()
                .any(|line| line.ends_with("  node.example"))
        );
        for (_, secret) in SECRETS {
            assert!(!done.out.contains(secret) && !done.err.contains(secret));
        }
        drop(api);
    }
}

#[test]
fn a_node_whose_api_is_down_or_wrong_is_not_ready() {
    for (platform, script) in NODES {
        let node = Node::new(platform);
        let api = serve(&node);
        let live = |args: &[&str]| node.run(&[&["run", script, "--live", "--yes"], args].concat());
        live(&["--set", "verify_api=false"]).ends(0);
        node.lab.set_faults(&["node-api=wrong-user"]).unwrap();
        live(&[]).stops(3, &["the transfer user `another`, expected `faspex`"]);
        let url = free_address();
        live(&["--node-api", &url]).stops(3, &[&url, "refused"]);
        drop(api);
        let done = live(&[]);
        done.ends(0);
        let last = done.out.lines().last().unwrap();
        assert!(last.contains("not verified: "), "{last}");
    }
}

#[test]
fn a_node_with_another_certificate_is_refused_with_both_pins() {
    for (platform, script) in NODES {
        let node = Node::new(platform);
        let live = |args: &[&str]| node.run(&[&["run", script, "--live", "--yes"], args].concat());
        let api = serve(&node);
        let first = api.pin().to_owned();
        live(&[]).ends(0);
        remove_certificate(&node);
        // The former server removes the file with the addresses when it ends.
        drop(api);
        let api = serve(&node);
        live(&[]).stops(3, &[&first, api.pin(), "has changed"]);
        live(&["--node-pin", api.pin()]).ends(0);
        live(&[]).ends(0);
        drop(api);
    }
}
