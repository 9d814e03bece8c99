//! Access keys through the Node API of a lab: created, changed, taken back, and what the
//! node may do wrong.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use ascript::lab::NodeApi;

use super::{free_address, remove_certificate, serve};
use crate::plans::{apply, plan};
use crate::secrecy::keeps_secrets;
use crate::support::{Done, Node, SECRETS};

/// A node that is served, and a script that creates an access key.
struct Keeper {
    node: Node,
    api: NodeApi,
    script: String,
}

const LOGIN: &str = r#"user: "keeper", password: secret("env:FASPEX_NODE_PASSWORD")"#;

fn script(node: &Node, secret: &str, path: &str) -> String {
    node.script(&format!(
        "access_key.ensure(\"k1\", #{{ {LOGIN}, secret: secret(\"{secret}\"), storage: #{{ path: \"{path}\" }} }});"
    ))
}

const SECRET: &str = "env:ASPERA_ACCESS_KEY_SECRET";

impl Keeper {
    fn new() -> Self {
        let node = Node::new("linux");
        let restriction = "set_user_data;user_name,xfer;file_restriction,|file:////data/*";
        node.does("asconfigurator", &["-x", restriction]);
        let args = ["-a", "-u", "keeper", "-p", SECRETS[4].1, "-x", "xfer"];
        node.does("asnodeadmin", &args);
        node.lab.clear_calls().unwrap();
        Self {
            api: serve(&node),
            script: script(&node, SECRET, "/data/a"),
            node,
        }
    }

    fn live(&self, args: &[&str]) -> Done {
        let args = [&["run", &self.script, "--live", "--yes"], args].concat();
        self.node.run(&args)
    }

    fn changes(&self) -> u64 {
        let live = self.node.live(&[&self.script]).json(0);
        live["summary"]["change"].as_u64().unwrap()
    }
}

#[test]
fn a_key_is_created_changed_and_taken_back() {
    let keeper = Keeper::new();
    let node = &keeper.node;
    assert_eq!((keeper.changes(), keeper.changes()), (1, 0));
    let another = script(node, "env:FASPEX_ROOT_PASSWORD", "/data/b");
    let changed = node.live(&[&another]).json(0);
    assert_eq!(changed["steps"][0]["moves"].as_array().unwrap().len(), 2);
    assert_eq!(node.live(&[&another]).json(0)["summary"]["change"], 0);
    let keys = || node.state("access_keys.json");
    assert_eq!(keys()["k1"]["storage"]["path"], "/data/b");
    let undone = node.run(&["undo", "--live", "--yes"]);
    undone.ends(0);
    let said = undone.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("the access key k1 keeps its new secret"));
    assert_eq!(keys()["k1"]["storage"]["path"], "/data/a");
    node.run(&["undo", "1", "--live", "--yes", "--partial"])
        .ends(0);
    assert_eq!(keys(), serde_json::json!({}));
}

#[test]
fn what_the_node_does_wrong_is_trouble_with_the_node() {
    let keeper = Keeper::new();
    let at = &keeper.api.urls()[0];
    for (fault, words) in [
        (
            "node-api~POST=status-500",
            ["status 500", "injected failure"],
        ),
        (
            "node-api~POST=redirect",
            ["POST /access_keys", "status 302"],
        ),
        (
            "node-api~POST=lie",
            ["access_key/k1 is absent", "reported success"],
        ),
        (
            "node-api~GET=status-500",
            ["GET /access_keys/k1", "status 500"],
        ),
        ("node-api~GET=wrong-json", ["not that of a Node API", "k1"]),
        ("node-api~GET=closed", [at, "does not answer"]),
        ("node-api~GET=huge-body", [at, "longer than"]),
        ("node-api=expired-certificate", [at, "has expired"]),
    ] {
        keeper.node.lab.set_faults(&[fault]).unwrap();
        keeper.live(&[]).stops(3, &words);
    }
    let faults = ["node-api~/access_keys/k1=slow:60s"];
    keeper.node.lab.set_faults(&faults).unwrap();
    let slow = keeper.live(&["--timeout", "300ms"]);
    slow.stops(3, &[at, "no answer within 300ms"]);
}

#[test]
fn a_key_that_was_created_before_the_answer_was_cut_off_is_found() {
    let keeper = Keeper::new();
    keeper
        .node
        .lab
        .set_faults(&["node-api~POST=closed"])
        .unwrap();
    keeper.live(&[]).stops(3, &["does not answer"]);
    keeper.node.lab.set_faults(&[]).unwrap();
    assert_eq!(keeper.changes(), 0);
    keeper.node.run(&["undo", "--live", "--yes"]).ends(0);
    assert_eq!(keeper.node.state("access_keys.json"), serde_json::json!({}));
}

#[test]
fn without_an_address_a_preview_says_so_and_a_live_run_is_refused() {
    let Keeper { node, api, script } = Keeper::new();
    drop(api);
    let before = node.files();
    let preview = node.preview(&[&script]).json(0);
    let note = &preview["steps"][0]["advisories"][0];
    assert_eq!(note["id"], "access-key-not-read");
    assert!(note["text"].as_str().unwrap().contains("--node-api"));
    assert_eq!(preview["observations"], serde_json::json!([]));
    let live = node.run(&["run", &script, "--live", "--yes"]);
    live.stops(
        3,
        &[
            "the address of this node's Node API is not known",
            "--node-api",
        ],
    );
    let mut after = node.files();
    after.retain(|path, _| before.contains_key(path));
    assert_eq!(after, before);
    let get = node.script(&format!("access_key.get(\"k1\", #{{ {LOGIN} }});"));
    node.preview(&[&get]).stops(3, &["--node-api"]);
}

#[test]
fn an_api_that_is_down_is_named_with_the_cause() {
    let keeper = Keeper::new();
    let url = free_address();
    let preview = keeper
        .node
        .run(&["run", &keeper.script, "--node-api", &url]);
    preview.ends(0);
    assert!(preview.out.contains("is not known here"), "{}", preview.out);
    keeper
        .live(&["--node-api", &url])
        .stops(3, &[&url, "refused"]);
}

#[test]
fn a_certificate_that_changed_is_refused_with_both_pins() {
    let Keeper { node, api, script } = Keeper::new();
    let first = api.pin().to_owned();
    node.live(&[&script]).json(0);
    drop(api);
    remove_certificate(&node);
    let api = serve(&node);
    let live = node.run(&["run", &script, "--live", "--yes"]);
    live.stops(3, &["has changed", &first, api.pin()]);
}

#[test]
fn secrets_that_are_not_here_are_not_asked_for_in_a_preview() {
    let keeper = Keeper::new();
    let without = |args: &[&str]| {
        let mut command = keeper.node.ascript(args);
        Done::of(command.env_remove("FASPEX_NODE_PASSWORD").output().unwrap())
    };
    let preview = without(&["run", &keeper.script, "--format", "json"]).json(0);
    let text = preview["steps"][0]["advisories"][0]["text"].to_string();
    assert!(text.contains("`FASPEX_NODE_PASSWORD` is not set"), "{text}");
    let live = without(&["run", &keeper.script, "--live", "--yes"]);
    live.stops(2, &["FASPEX_NODE_PASSWORD"]);
    let text = LOGIN.replace("env:FASPEX_NODE_PASSWORD", "prompt:Password");
    let prompted = format!("print(access_key.get(\"k1\", #{{ {text} }}));");
    let prompted = keeper.node.script(&prompted);
    let preview = keeper.node.preview(&[&prompted]);
    preview.stops(2, &["a preview does not ask for `prompt:Password`"]);
}

#[test]
fn a_key_with_another_secret_or_that_appeared_is_no_surprise() {
    let keeper = Keeper::new();
    let node = &keeper.node;
    let file = plan(node, &[&keeper.script]);
    let another = script(node, "env:FASPEX_ROOT_PASSWORD", "/data/a");
    node.live(&[&another]).json(0);
    apply(node, &file, &[]).stops(4, &["access_key/k1: was absent"]);
}

#[test]
fn a_plan_of_a_node_that_was_not_asked_is_checked_before_its_step() {
    let Keeper { node, api, script } = Keeper::new();
    drop(api);
    let file = plan(&node, &[&script]);
    let api = serve(&node);
    apply(&node, &file, &[]).json(0);
    apply(&node, &file, &[]).stops(4, &[]);
    let again = node.beside("again.json");
    std::fs::copy(&file, &again).unwrap();
    drop(api);
    let other = script.replace("site", "other");
    std::fs::write(
        &other,
        format!("{}\n// other", std::fs::read_to_string(&script).unwrap()),
    )
    .unwrap();
    let file = plan(&node, &[&other]);
    let api = serve(&node);
    apply(&node, &file, &[]).stops(4, &["another state of `access_key/k1` than is there"]);
    drop(api);
}

#[test]
fn a_user_who_may_not_create_keys_is_told_why() {
    let keeper = Keeper::new();
    let docroot = "set_user_data;user_name,xfer;absolute,/data";
    keeper.node.does("asconfigurator", &["-x", docroot]);
    let refused = keeper.live(&[]);
    refused.stops(3, &["status 403", "a transfer user without docroot"]);
}

#[test]
fn the_users_of_a_node_say_nothing_about_another_node() {
    let keeper = Keeper::new();
    let url = &keeper.api.urls()[0];
    let pin = keeper.api.pin();
    let other = Node::new("linux");
    let script = script(&other, SECRET, "/data/a");
    let remote = ["--node-api", url, "--node-pin", pin];
    let preview = |script: &str| {
        let args = [&["run", script, "--format", "json"][..], &remote].concat();
        other.run(&args).json(0)
    };
    assert_eq!(
        preview(&script)["observations"][0]["value"],
        serde_json::Value::Null
    );
    let live = ["run", &script, "--live", "--yes"];
    other.run(&[&live[..], &remote].concat()).ends(0);
    assert_eq!(preview(&script)["summary"]["change"], 0);
    let text = std::fs::read_to_string(&script).unwrap();
    other.run(&["undo"]).stops(
        2,
        &[
            "access_key/k1 is one of the Node API at",
            &format!("--node-api {url}"),
        ],
    );
    let file = other.beside("plan.json");
    other
        .run(&[&["plan", &script, "-o", &file][..], &remote].concat())
        .ends(0);
    other
        .run(&["apply", &file, "--yes"])
        .stops(2, &[&format!("--node-api {url}")]);
    other
        .run(&[&["undo", "--live", "--yes"][..], &remote].concat())
        .ends(0);
    assert_eq!(keeper.node.state("access_keys.json"), serde_json::json!({}));
    let stranger = other.script(&text.replace("keeper", "stranger"));
    let note = preview(&stranger)["steps"][0]["advisories"][0]["text"].to_string();
    assert!(note.contains("refuses the login of `stranger`"), "{note}");
}

#[test]
fn a_deleted_key_cannot_be_brought_back() {
    let keeper = Keeper::new();
    let node = &keeper.node;
    keeper.live(&[]).ends(0);
    let delete = node.script(&format!("access_key.delete(\"k1\", #{{ {LOGIN} }});"));
    let done = node.run(&["run", &delete, "--live", "--yes"]);
    done.ends(0);
    assert!(done.out.contains("transfer history"), "{}", done.out);
    let undo = node.run(&["undo", "--live", "--yes"]);
    undo.stops(
        1,
        &[
            "nothing more of run 2",
            "cannot be created again without its secret",
        ],
    );
}

#[test]
fn a_snapshot_has_the_keys_that_a_script_reads() {
    let keeper = Keeper::new();
    let node = &keeper.node;
    keeper.live(&[]).ends(0);
    let file = node.beside("snapshot.json");
    let script = &keeper.script;
    node.run(&["snapshot", "--for", script, "-o", &file])
        .ends(0);
    let preview = || {
        let args = ["run", script, "--node", &file, "--format", "json"];
        let mut command = std::process::Command::new(crate::support::ASCRIPT);
        Done::of(command.args(args).envs(SECRETS).output().unwrap())
    };
    let previewed = preview().json(0);
    // A snapshot has no secret to compare with.
    let changes = previewed["steps"][0]["moves"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{previewed:#}");
    assert_eq!(changes[0]["subject"], "access_key/k1/secret");
    node.run(&["snapshot", "-o", &file]).ends(0);
    preview().stops(3, &["the snapshot does not contain access_key/k1"]);
}

/// Answers each request: 404 where a key is read, and else with that status and the body
/// that was sent as the reason.
fn echo(status: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes) = (stream.unwrap(), Vec::new());
            let body = loop {
                let mut block = [0; 4096];
                let count = stream.read(&mut block).unwrap();
                bytes.extend_from_slice(&block[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let head = head.to_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                if length.is_none_or(|length| length.parse() == Ok(body.len())) {
                    break body.to_owned();
                }
            };
            let status = if bytes.starts_with(b"GET") {
                404
            } else {
                status
            };
            let answer = serde_json::json!({ "error": { "user_message": body } }).to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            stream
                .write_all(format!("{head}{answer}").as_bytes())
                .unwrap();
        }
    });
    url
}

#[test]
fn a_node_that_repeats_the_request_shows_no_secret() {
    let keeper = Keeper::new();
    let odd = script(&keeper.node, "env:FASPEX_ROOT_PASSWORD", "/data/a");
    for (status, words) in [(409, "exists already"), (400, "status 400")] {
        let url = echo(status);
        let args = ["run", &odd, "--live", "--yes", "-v", "--node-api", &url];
        let done = keeper.node.run(&args);
        done.stops(3, &[words, "it says: {", "‹env:FASPEX_ROOT_PASSWORD›"]);
        keeps_secrets(&keeper.node, &done);
    }
}
