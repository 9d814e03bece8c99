//! Nodes whose services nothing but init scripts starts, or nothing that is known: they are
//! read, changed and taken back as others are, and a person does what no tool can.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Done, Node};

const SETTINGS: &str = "conf.set_fallback(#{ http: 8081 });\nservice.refresh(\"asperahttpd\");";

fn node(services: &str, knobs: &[&str]) -> Node {
    let knobs = knobs.iter().map(|knob| (*knob).to_owned());
    let node = Node::with("linux", |options| {
        services.clone_into(&mut options.services);
        options.knobs.extend(knobs);
    });
    node.lab.clear_calls().unwrap();
    node
}

fn pid(node: &Node, service: &str) -> Value {
    node.state(&format!("services/{service}.json"))["pid"].clone()
}

fn undo(node: &Node) -> Done {
    node.run(&["undo", "--live", "--yes", "--format", "json"])
}

#[test]
fn init_scripts_restart_a_service_and_its_process_verifies_it() {
    let node = node("init", &[]);
    let before = pid(&node, "asperahttpd");
    let script = node.script(SETTINGS);
    let done = node.live(&[&script]).json(0);
    assert_eq!(done["node"]["services"], "chkconfig");
    assert_ne!(pid(&node, "asperahttpd"), before);
    assert!(
        node.acts()
            .iter()
            .any(|act| act == "service asperahttpd restart")
    );
    assert_eq!(node.live(&[&script]).json(0)["summary"]["settled"], 2);
    node.lab.set_faults(&["service=lie"]).unwrap();
    let restart = node.script("service.restart(\"asperahttpd\");");
    node.live(&[&restart, "--timeout", "1s"])
        .stops(3, &["service/asperahttpd still runs as process"]);
}

#[test]
fn init_scripts_start_stop_enable_and_disable() {
    for (knob, tool) in [
        ("distribution=red-hat", "chkconfig"),
        ("distribution=debian", "update-rc.d"),
    ] {
        let node = node("init", &[knob]);
        let script =
            node.script("service.ensure(\"asperahttpd\", #{ running: false, enabled: false });");
        node.live(&[&script]).json(0);
        assert!(pid(&node, "asperahttpd").is_null());
        assert_eq!(node.state("services/asperahttpd.json")["disabled"], true);
        assert!(node.acts()[0].starts_with(tool), "{:?}", node.acts());
        assert_eq!(node.live(&[&script]).json(0)["summary"]["settled"], 1);
        undo(&node).json(0);
        assert!(pid(&node, "asperahttpd").is_number());
        assert_eq!(node.state("services/asperahttpd.json")["disabled"], false);
        let unknown = node.script("service.restart(\"asperahttp\");");
        node.live(&[&unknown]).stops(
            1,
            &["this node has no service `asperahttp`", "`asperahttpd`"],
        );
    }
}

#[test]
fn without_a_manager_a_reload_needs_nobody() {
    let node = node("none", &[]);
    let script = node.script(
        "conf.set_server(#{ preview_dir: \"previews\" });\nservice.refresh(\"asperanoded\");",
    );
    let before = pid(&node, "asperanoded");
    let done = node.live(&[&script]).json(0);
    assert_eq!(done["node"]["services"], "none");
    assert_eq!(pid(&node, "asperanoded"), before);
    assert_eq!(node.state("services/asperanoded.json")["reloads"], 1);
    assert_eq!(node.live(&[&script]).json(0)["summary"]["settled"], 2);
    undo(&node).json(0);
    assert_eq!(node.state("services/asperanoded.json")["reloads"], 2);
}

#[test]
fn without_a_manager_the_run_stops_for_a_restart_and_the_next_one_sees_it() {
    let node = node("none", &[]);
    let script = node.script(SETTINGS);
    let preview = node.preview(&[&script]).json(0);
    assert_eq!(preview["steps"][1]["kind"], "manual");
    node.live(&[&script])
        .stops(5, &["restart the process asperahttpd", "run this again"]);
    // Nobody has restarted it yet.
    node.live(&[&script])
        .stops(1, &["restart the process asperahttpd"]);
    node.live(&[&script, "--done", "2", "--timeout", "1s"])
        .stops(3, &["service/asperahttpd still runs as process"]);
    node.does("asperahttpd", &[]);
    assert_eq!(node.live(&[&script]).json(0)["summary"]["settled"], 2);
}

#[test]
fn an_undo_asks_for_the_restart_of_a_service_that_a_person_restarted() {
    let node = node("none", &[]);
    let script = node.script(SETTINGS);
    node.live(&[&script])
        .stops(5, &["restart the process asperahttpd"]);
    node.does("asperahttpd", &[]);
    // The service has loaded what the undo takes back.
    undo(&node).stops(5, &["restart the process asperahttpd", "run this again"]);
    node.does("asperahttpd", &[]);
    let status = "ensure(service.status(\"asperahttpd\").current, \"it is outdated\");";
    node.live(&[&node.script(status)]).ends(0);
}

#[test]
fn an_undo_leaves_a_service_alone_that_did_not_load_what_it_takes_back() {
    let node = node("none", &[]);
    let script = node.script(SETTINGS);
    node.live(&[&script])
        .stops(5, &["restart the process asperahttpd"]);
    assert_eq!(undo(&node).json(0)["summary"]["manual"], 0);
}

#[test]
fn a_plan_for_another_manager_is_refused() {
    let (with, without) = (node("systemd", &[]), node("none", &[]));
    let script = with.script("service.restart(\"asperanoded\");");
    let plan = with.lab.dir().with_file_name("plan.json");
    let plan = plan.to_str().unwrap();
    with.run(&["plan", &script, "-o", plan]).ends(0);
    without
        .run(&["apply", plan, "--yes"])
        .stops(4, &["the plan is for node1.example.com (linux), this is node1.example.com (linux, no service manager)"]);
}

#[test]
fn previews_and_snapshots_say_what_starts_the_services() {
    for (services, words) in [
        ("init", "(Linux, init scripts)"),
        ("none", "(Linux, no service manager)"),
    ] {
        let node = node(services, &[]);
        let script = node.script(SETTINGS);
        let text = node.run(&["run", &script]);
        assert!(text.out.contains(words), "{}", text.out);
        let snapshot = node.lab.dir().with_file_name("node.json");
        let file = snapshot.to_str().unwrap();
        node.run(&["snapshot", "-o", file]).ends(0);
        let mut elsewhere = std::process::Command::new(crate::support::ASCRIPT);
        elsewhere.args(["run", &script, "--node", file, "--format", "json"]);
        let preview = Done::of(elsewhere.output().unwrap()).json(0);
        assert_eq!(preview["steps"], node.preview(&[&script]).json(0)["steps"]);
    }
}

#[test]
fn whether_a_service_starts_with_the_machine_is_not_known_without_a_manager() {
    let node = node("none", &[]);
    let script = node.script("service.ensure(\"asperanoded\", #{ enabled: true });");
    node.live(&[&script]).stops(
        1,
        &[
            "starts with the machine is not known",
            "leave out `enabled`",
        ],
    );
}

/// The example of the documentation, with its files, on a node without a service manager.
fn container() -> (Node, String) {
    let node = node("none", &[]);
    let folder = node.lab.dir().with_file_name("start");
    std::fs::create_dir(&folder).unwrap();
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/examples/container-start.rhai"
    );
    let script = folder.join("container-start.rhai");
    std::fs::copy(example, &script).unwrap();
    std::fs::write(folder.join("aspera-license"), "server\n").unwrap();
    std::fs::write(folder.join("aspera_server_cert.pem"), "a certificate\n").unwrap();
    let key = folder.join("key.pem");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    (node, script.to_str().unwrap().to_owned())
}

/// A secret of several lines.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIIcanary7bTn2LwR9sKd4HvC8mXq7bTn2LwR9sKd4HvC8mXq7bTn2LwR9sKd4Hv\n\
    C8mcanary2LwR9sKd4HvC8mXq7b==\n\
    -----END PRIVATE KEY-----\n";

fn start(node: &Node, script: &str) -> Done {
    let key = Path::new(script).with_file_name("key.pem");
    let secrets = [
        "--set".to_owned(),
        "api_password=env:FASPEX_NODE_PASSWORD".to_owned(),
        "--set".to_owned(),
        format!("server_key=file:{}", key.display()),
    ];
    let secrets = secrets.iter().map(String::as_str);
    let args: Vec<_> = [script].into_iter().chain(secrets).collect();
    let done = node.live(&args);
    assert!(!done.out.contains("canary") && !done.err.contains("canary"));
    done
}

#[test]
fn a_container_is_prepared_before_its_services_start() {
    let (node, script) = container();
    let mut down = node.state("services/asperanoded.json");
    down["pid"] = Value::Null;
    let state = node.lab.dir().join("var/lab/services/asperanoded.json");
    std::fs::write(state, down.to_string()).unwrap();
    let done = start(&node, &script).json(0);
    assert_eq!(done["summary"]["manual"], 0);
    let key = node.lab.dir().join("etc/aspera_server_key.pem");
    assert_eq!(std::fs::read_to_string(key).unwrap(), KEY);
    node.does("asperanoded", &[]);
    let again = start(&node, &script).json(0);
    assert_eq!(again["summary"]["change"], 0, "{again:#}");
    undo(&node).stops(5, &["restart the process asperanoded"]);
    assert!(!String::from_utf8(node.conf()).unwrap().contains("db_host"));
}

#[test]
fn a_container_whose_services_run_takes_one_restart_by_a_person() {
    let (node, script) = container();
    start(&node, &script).stops(5, &["restart the process asperanoded", "run this again"]);
    node.does("asperanoded", &[]);
    let again = start(&node, &script).json(0);
    assert_eq!(again["summary"]["change"], 0, "{again:#}");
    assert_eq!(again["summary"]["manual"], 0, "{again:#}");
}

#[test]
fn a_bundled_script_takes_one_restart_of_all_services_and_is_taken_back() {
    let node = node("none", &[]);
    let script = ["faspex-node-linux"];
    let preview = node.preview(&script).json(0);
    assert_eq!(preview["summary"]["manual"], 3);
    assert_eq!(node.acts(), [""; 0]);
    node.live(&script)
        .stops(5, &["restart the process asperahttpd"]);
    for service in ["asperahttpd", "asperacentral", "asperanoded"] {
        node.does(service, &[]);
    }
    assert_eq!(node.live(&script).json(0)["summary"]["manual"], 0);
    assert_eq!(node.live(&script).json(0)["summary"]["change"], 0);
    node.run(&["undo", "2", "--live", "--yes", "--format", "json"])
        .json(0);
    // The services have loaded what the undo takes back.
    node.run(&["undo", "1", "--live", "--yes", "--format", "json"])
        .stops(5, &["restart the process asperacentral"]);
    assert!(!String::from_utf8(node.conf()).unwrap().contains("faspex"));
    assert!(
        node.does("asnodeadmin", &["-l"])
            .lines()
            .all(|line| !line.contains("node_user"))
    );
}

/// All that a run changes and an undo takes back. The state of services is the system's; folders,
/// their owners and what `ascript` keeps about its runs stay.
fn kept_files(node: &Node) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = node.files();
    let lab = node.lab.dir();
    files.retain(|path, content| {
        let path = path.strip_prefix(lab).unwrap();
        let is_folder = content.is_empty() && lab.join(path).is_dir();
        !is_folder && !OTHERS.iter().any(|other| path.starts_with(other))
    });
    files
}

const OTHERS: [&str; 6] = [
    "var/ascript",
    "var/lab/authorized_keys.json",
    "var/lab/lock",
    "var/lab/pids",
    "var/lab/places.json",
    "var/lab/services",
];

/// The public keys that may log in, of all accounts.
fn login_keys(node: &Node) -> Vec<Value> {
    let file = node.lab.dir().join("var/lab/authorized_keys.json");
    let text = std::fs::read_to_string(file).unwrap_or_else(|_| "{}".to_owned());
    let accounts: BTreeMap<String, Vec<Value>> = serde_json::from_str(&text).unwrap();
    accounts.into_values().flatten().collect()
}

/// The files, with aspera.conf without the empty elements that asconfigurator leaves.
fn without_empty_elements(
    mut files: BTreeMap<PathBuf, Vec<u8>>,
    node: &Node,
) -> BTreeMap<PathBuf, Vec<u8>> {
    let conf = files.get_mut(node.lab.conf().as_path()).unwrap();
    let text = String::from_utf8(conf.clone()).unwrap();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let opened = lines.last().map(|last| last.trim().replace('<', "</"));
        if opened.as_deref() == Some(line.trim()) {
            lines.pop();
        } else {
            lines.push(line);
        }
    }
    *conf = lines.join("\n").into_bytes();
    files
}

#[track_caller]
fn assert_equal_files(
    left: &BTreeMap<PathBuf, Vec<u8>>,
    right: &BTreeMap<PathBuf, Vec<u8>>,
    case: &str,
) {
    let differs = |path: &&PathBuf| left.get(*path) != right.get(*path);
    let different: Vec<_> = left.keys().chain(right.keys()).filter(differs).collect();
    assert!(different.is_empty(), "{case}: {different:?}");
}

#[test]
fn the_undo_of_a_bundled_script_leaves_every_file_as_it_was() {
    let scripts: [&[&str]; 2] = [
        &["faspex-node-linux"],
        &["sync-access-key", "--set", "role=server"],
    ];
    for services in ["systemd", "init", "none"] {
        for script in scripts {
            let case = format!("{services} {script:?}");
            let node = node(services, &[]);
            let new = kept_files(&node);
            let cycle = || {
                let before = kept_files(&node);
                node.live(script)
                    .ends(if services == "none" { 5 } else { 0 });
                assert_ne!(kept_files(&node), before, "{case}");
                undo(&node).ends(0);
                assert_eq!(login_keys(&node), [Value::Null; 0], "{case}");
                kept_files(&node)
            };
            let once = cycle();
            let [before, after] =
                [new, once.clone()].map(|files| without_empty_elements(files, &node));
            assert_equal_files(&before, &after, &case);
            // The empty elements are there now, so not a byte differs.
            assert_equal_files(&once, &cycle(), &case);
        }
    }
}
