//! Nodes whose services nothing but init scripts starts, or nothing that is known: they are
//! read, changed and taken back as others are, and a person does what no tool can.

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
    (node, script.to_str().unwrap().to_owned())
}

const SECRETS: [&str; 4] = [
    "--set",
    "api_password=env:FASPEX_NODE_PASSWORD",
    "--set",
    "server_key=env:FASPEX_TOKEN_KEY",
];

fn start(node: &Node, script: &str) -> Done {
    node.live(&[&[script], &SECRETS[..]].concat())
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
    node.does("asperanoded", &[]);
    let again = start(&node, &script).json(0);
    assert_eq!(again["summary"]["change"], 0, "{again:#}");
    undo(&node).ends(0);
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
    for run in ["2", "1"] {
        node.run(&["undo", run, "--live", "--yes", "--format", "json"])
            .json(0);
    }
    assert!(!String::from_utf8(node.conf()).unwrap().contains("faspex"));
    assert!(
        node.does("asnodeadmin", &["-l"])
            .lines()
            .all(|line| !line.contains("node_user"))
    );
}
