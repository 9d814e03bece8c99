//! The Node API that a lab serves: logins, answers, access keys, injected faults.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use ascript::lab::{NodeApiPorts, fingerprint};
use serde_json::json;

use super::client::ServedLab;
use crate::support;

const USER: &str = "node_user:pass";

/// A node whose user may create access keys below `/data`.
fn master() -> ServedLab {
    let node = ServedLab::new("linux");
    node.add_user("node_user", "xfer");
    node.configure("set_user_data;user_name,xfer;file_restriction,|file:////data/*");
    node
}

#[test]
fn ping_needs_no_login_and_info_the_right_one() {
    let node = master();
    let pong = node.ask("GET /ping", "", "");
    assert_eq!((pong.status, pong.body.as_str()), (200, ""));
    for login in ["", ":", "node_user:", "node_user:wrong", "other:pass"] {
        let refused = node.ask("GET /info", login, "");
        assert_eq!(refused.status, 401, "{login}");
        assert_eq!(refused.json()["error"]["reason"], "Unauthorized");
    }
    let info = node.ask("GET /info", USER, "").json();
    assert_eq!(info["transfer_user"], "xfer");
    assert_eq!(info["docroot"], "");
    assert!(info["version"].as_str().unwrap().starts_with("4."));
}

#[test]
fn info_shows_the_docroot_that_is_in_force_as_a_url() {
    let node = master();
    node.configure("set_node_data;absolute,/srv/all");
    assert_eq!(
        node.ask("GET /info", USER, "").json()["docroot"],
        "file:////srv/all"
    );
    node.configure("set_user_data;user_name,xfer;absolute,s3://bucket/a");
    assert_eq!(
        node.ask("GET /info", USER, "").json()["docroot"],
        "s3://bucket/a"
    );
}

#[test]
fn tls_shows_the_certificate_of_the_labs_file() {
    let node = ServedLab::new("macos");
    assert_eq!(node.ask_with_tls("GET /ping").unwrap().status, 200);
    assert!(node.api.pin().starts_with("sha256//"));
    node.lab
        .set_faults(&["node-api=expired-certificate"])
        .unwrap();
    let error = node.ask_with_tls("GET /ping").unwrap_err();
    assert!(error.contains("expired"), "{error}");
}

#[test]
fn an_access_key_is_created_read_changed_and_deleted() {
    let node = master();
    let body =
        json!({ "id": "k1", "secret": "s1", "storage": { "type": "local", "path": "/data/a" } });
    let made = node.ask("POST /access_keys", USER, &body.to_string());
    assert_eq!((made.status, &made.json()["secret"]), (200, &json!("s1")));
    assert_eq!(
        node.ask("POST /access_keys", USER, &body.to_string())
            .status,
        409
    );
    let shown = node.ask("GET /access_keys/k1", USER, "").json();
    assert_eq!(shown["storage"]["path"], "/data/a");
    assert_eq!(shown["secret"], json!(null));
    let change = json!({ "secret": "s2", "token_verification_key": "PEM" });
    let changed = node.ask("PUT /access_keys/k1", USER, &change.to_string());
    assert_eq!((changed.status, changed.body.as_str()), (204, ""));
    assert_eq!(node.ask("GET /access_keys/self", "k1:s1", "").status, 401);
    let own = node.ask("GET /access_keys/self", "k1:s2", "").json();
    assert_eq!(own["token_verification_key"], "PEM");
    assert_eq!(node.ask("GET /access_keys", USER, "").json(), json!([own]));
    assert_eq!(
        node.ask("PUT /access_keys/k1", USER, r#"{"id":"k2"}"#)
            .status,
        400
    );
    assert_eq!(node.ask("DELETE /access_keys/k1", "k1:s2", "").status, 403);
    assert_eq!(node.ask("DELETE /access_keys/k1", USER, "").status, 204);
    assert_eq!(node.ask("DELETE /access_keys/k1", USER, "").status, 404);
    assert_eq!(node.ask("GET /access_keys/self", "k1:s2", "").status, 401);
}

#[test]
fn only_the_fingerprint_of_a_secret_is_stored() {
    let node = master();
    let body = json!({
        "id": "k1", "secret": "CANARY",
        "storage": { "type": "aws_s3", "bucket": "b", "credentials": { "type": "key", "access_key_secret": "CANARY" } },
        "configuration": { "transfer": { "content_protection_secret": "CANARY", "cipher": "aes-256" } },
    });
    let made = node
        .ask("POST /access_keys", USER, &body.to_string())
        .json();
    assert_eq!(
        made["configuration"]["transfer"],
        json!({ "cipher": "aes-256" })
    );
    let state = node.lab.dir().join("var/lab");
    for entry in std::fs::read_dir(&state).unwrap().flatten() {
        let text = std::fs::read(entry.path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("CANARY"), "{}", entry.path().display());
    }
    let passwords = std::fs::read_to_string(state.join("passwords.json")).unwrap();
    assert!(passwords.contains(&fingerprint("access_key:k1", b"CANARY")));
}

#[test]
fn a_key_without_id_and_secret_gets_both() {
    let node = master();
    let body = r#"{"storage":{"type":"local","path":"/data/a"}}"#;
    let first = node.ask("POST /access_keys", USER, body).json();
    let second = node.ask("POST /access_keys", USER, body).json();
    for name in ["id", "secret"] {
        assert_eq!(first[name].as_str().unwrap().len(), 44);
        assert_ne!(first[name], second[name]);
    }
}

#[test]
fn a_key_needs_a_storage_that_the_transfer_user_may_use() {
    let node = master();
    let create = |storage: &str| {
        let body = format!(r#"{{"id":"k","storage":{storage}}}"#);
        node.ask("POST /access_keys", USER, &body).status
    };
    assert_eq!(create("null"), 400);
    assert_eq!(create(r#"{"type":"floppy"}"#), 400);
    assert_eq!(create(r#"{"type":"aws_s3","bucket":"b"}"#), 400);
    assert_eq!(create(r#"{"type":"local","path":"/other"}"#), 403);
    node.configure("set_user_data;user_name,xfer;absolute,/data");
    assert_eq!(create(r#"{"type":"local","path":"/data/a"}"#), 403);
}

#[test]
fn the_api_answers_while_asperanoded_runs() {
    let node = master();
    node.run("systemctl", &["stop", "asperanoded"]);
    assert_eq!(node.ask("GET /ping", "", "").headers, "");
    node.run("systemctl", &["start", "asperanoded"]);
    assert_eq!(node.ask("GET /ping", "", "").status, 200);
}

#[test]
fn faults_are_injected_into_the_requests_that_a_rule_selects() {
    let node = master();
    let with = |rule: &str| {
        node.lab.set_faults(&[rule]).unwrap();
        node.ask("GET /info", USER, "")
    };
    assert_eq!(
        with("node-api~/info=wrong-user").json()["transfer_user"],
        "another"
    );
    assert_eq!(
        with("node-api~/ping=wrong-user").json()["transfer_user"],
        "xfer"
    );
    assert_eq!(with("node-api=status-500").status, 500);
    assert_eq!(with("node-api=slow:1ms").status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&with("node-api=wrong-json").body).is_err());
    assert!(with("node-api=redirect").headers.contains("Location: "));
    let cut = with("node-api=closed");
    assert!(cut.headers.contains("Content-Length: "), "{cut:?}");
    assert!(!cut.body.ends_with('}'), "{cut:?}");
    assert!(with("node-api=huge-body").body.len() > 60_000_000);
    node.lab.set_faults(&["node-api~POST=lie"]).unwrap();
    let body = r#"{"id":"k","storage":{"type":"local","path":"/data/a"}}"#;
    assert_eq!(node.ask("POST /access_keys", USER, body).status, 200);
    assert_eq!(node.ask("GET /access_keys/k", USER, "").status, 404);
    assert!(node.lab.set_faults(&["node-api=odd"]).is_err());
}

#[test]
fn requests_are_logged_without_the_login() {
    let node = master();
    node.lab.clear_calls().unwrap();
    node.ask("GET /info", USER, "");
    node.ask("POST /access_keys", USER, r#"{"secret":"CANARY"}"#);
    let calls = node.lab.calls().unwrap();
    let shown: Vec<_> = calls
        .iter()
        .map(|call| (&call["args"], &call["acting"]))
        .collect();
    let (info, create) = (json!(["GET", "/info"]), json!(["POST", "/access_keys"]));
    assert_eq!(shown, [(&info, &json!(false)), (&create, &json!(true))]);
    assert!(!format!("{calls:?}").contains("CANARY"));
}

#[test]
fn the_ports_are_those_of_aspera_conf() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let node = ServedLab::new("linux");
    node.configure(&format!("set_server_data;https_port,{port}"));
    let api = node.lab.serve(NodeApiPorts::default()).unwrap();
    assert_eq!(api.urls(), [format!("https://127.0.0.1:{port}")]);
    drop(api);
    // A program that another test is starting may hold the socket for a moment.
    support::until(|| TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_served_lab_ends_at_a_signal_and_leaves_no_address() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let lab = dir.path().join("lab");
    let mut child = Command::new(env!("CARGO_BIN_EXE_ascript"))
        .args(["lab", "--serve", "--https-port", "0", "--platform", "linux"])
        .arg(&lab)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let (_, rest) = line.split_once("https://").unwrap();
    let address = rest.split(';').next().unwrap();
    assert!(TcpStream::connect(address).is_ok());
    let served = lab.join("var/lab/node_api.json");
    assert!(std::fs::read_to_string(&served).unwrap().contains(address));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!served.exists());
}
