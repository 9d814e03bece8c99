//! Runs that are killed or interrupted. After a kill at any moment, a second run brings the node to
//! the state that an undisturbed run leaves, and a third has nothing to do. An interrupted run
//! reports how many steps it completed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{
    Done, EVERYTHING, LICENSE, Node, NodeVariant, PLAIN, each, hex, is_alive, until,
};

/// The services that must notice what the scripts for Faspex change.
pub(crate) const SERVICES: [&str; 3] = ["asperahttpd", "asperacentral", "asperanoded"];

/// The state that a run leaves on a node, as far as two runs must agree.
#[derive(Debug, PartialEq)]
struct NodeState {
    conf: String,
    api_users: Value,
    accounts: Value,
    passwords: Value,
    places: Value,
    keys: Value,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl NodeState {
    fn on(node: &Node) -> Self {
        Self {
            conf: String::from_utf8(node.conf()).unwrap(),
            api_users: node.state("api_users.json"),
            accounts: node.state("accounts.json"),
            passwords: node.state("passwords.json"),
            places: node.state("places.json"),
            keys: authorized_keys(node),
            files: emulated_files(node),
        }
    }
}

/// The keys that may log in; none in a lab where no program wrote any.
pub(crate) fn authorized_keys(node: &Node) -> Value {
    let file = node.lab.dir().join("var/lab/authorized_keys.json");
    let text = std::fs::read_to_string(file).unwrap_or_else(|_| "{}".to_owned());
    let mut keys: Value = serde_json::from_str(&text).unwrap();
    keys.as_object_mut()
        .unwrap()
        .retain(|_, lines| lines != &serde_json::json!([]));
    keys
}

/// The contents of the files that a lab has below its own folder.
pub(crate) fn emulated_files(node: &Node) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = node.lab.dir().join("root");
    let files = node.files().into_iter();
    let below = files.filter_map(|(path, bytes)| {
        let path = path.strip_prefix(&folder).ok()?.to_owned();
        Some((path, bytes))
    });
    below.collect()
}

/// The services that run.
pub(crate) fn running(node: &Node) -> Vec<&'static str> {
    let is_up = |service: &&str| !node.state(&format!("services/{service}.json"))["pid"].is_null();
    SERVICES.into_iter().filter(is_up).collect()
}

/// Checks that these services run with the current aspera.conf.
pub(crate) fn services_are_current(node: &Node, services: &[&str]) {
    use sha2::Digest as _;
    let digest = hex(&sha2::Sha256::digest(node.conf()));
    for service in services {
        let state = node.state(&format!("services/{service}.json"));
        assert_eq!(
            state["conf"],
            digest.as_str(),
            "{service} runs with an older aspera.conf"
        );
        assert!(state["pid"].is_u64(), "{service} is down");
    }
}

/// The next run removes what nobody finishes writing, and takes the next number.
#[test]
fn a_run_holds_its_lock_until_all_of_it_is_recorded() {
    let node = Node::faulty("linux", "asconfigurator=slow:1s");
    let state = node.lab.dir().join("var/ascript");
    let [lock, runs] = ["lock", "runs"].map(|name| state.join(name));
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let undo = ["undo", "--live", "--yes", "--format", "json"];
    for (number, mut run) in [
        (1, node.ascript(&["run", &script, "--live", "--yes"])),
        (2, node.ascript(&undo)),
    ] {
        node.lab.clear_calls().unwrap();
        let quiet = run.stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = quiet.spawn().unwrap();
        until(|| node.has_started("asconfigurator"));
        while lock.exists() {
            std::hint::spin_loop();
        }
        let receipt = std::fs::read(runs.join(format!("{number}.json"))).unwrap();
        let receipt: Value = serde_json::from_slice(&receipt).unwrap();
        assert_eq!(receipt["fault"], Value::Null);
        assert_eq!(runs.join("1.undone").exists(), number == 2);
        assert!(run.wait().unwrap().success());
    }
}

/// Kills a run, and waits for the end of the program that it had started.
pub(crate) fn kill(node: &Node, mut run: Child) {
    run.kill().unwrap();
    run.wait().unwrap();
    until(|| !has_processes(node));
}

/// Whether a process runs on this node. It may not have come to log its call yet, but its command
/// line names the node's folder.
fn has_processes(node: &Node) -> bool {
    let folder = node.lab.dir().to_str().unwrap().as_bytes();
    let is_of_node = |process: &std::path::Path| {
        std::fs::read(process.join("cmdline"))
            .is_ok_and(|line| memchr::memmem::find(&line, folder).is_some())
    };
    match std::fs::read_dir("/proc") {
        Ok(processes) => processes.flatten().any(|entry| is_of_node(&entry.path())),
        // macOS has no /proc.
        Err(_) => node.call_count() > 0 && is_alive(node.last_pid()),
    }
}

/// Waits for the moment at which a test kills a run: one program is starting, or has just ended.
pub(crate) fn comes_to(node: &Node, run: &mut Child, count: usize) {
    until(|| node.call_count() >= count || run.try_wait().unwrap().is_some());
    let last = node.last_pid();
    let is_after_the_program = count % 2 == 1;
    until(|| !is_after_the_program || !is_alive(last));
}

/// Runs the killed script again, and then once more.
fn recovers(node: &Node, script: &str, undisturbed: &NodeState) {
    node.does("asuserdata", &["-v"]);
    node.live(&[script]).json(0);
    assert_eq!(NodeState::on(node), *undisturbed);
    services_are_current(node, &SERVICES);
    node.lab.clear_calls().unwrap();
    node.live(&[script]).json(0);
    assert_eq!(node.acts(), [""; 0]);
    assert_eq!(NodeState::on(node), *undisturbed);
}

/// Kills a run at every `step`th call from the first acting one.
fn survives(script: &str, platform: &str, kind: &NodeVariant, step: usize) {
    let node = kind.node(platform);
    node.live(&[script]).json(0);
    services_are_current(&node, &SERVICES);
    let undisturbed = NodeState::on(&node);
    let calls = node.lab.calls().unwrap();
    let first = calls
        .iter()
        .position(|call| call["acting"] == true)
        .unwrap();
    // Before the first acting call there are only readings.
    let moments: Vec<usize> = (first..=calls.len()).step_by(step).collect();
    each(
        &moments,
        |count| format!("{script} killed at call {count}"),
        |count| {
            let node = kind.node(platform);
            let mut run = node.start(&[script]);
            comes_to(&node, &mut run, *count);
            kill(&node, run);
            recovers(&node, script, &undisturbed);
        },
    );
}

#[test]
fn a_macos_run_killed_at_any_call_recovers() {
    survives("faspex-node-macos", "macos", &PLAIN, 1);
}

#[test]
fn a_linux_run_killed_at_any_call_recovers() {
    survives("faspex-node-linux", "linux", &PLAIN, 1);
}

#[test]
fn a_run_of_every_binding_recovers() {
    let kind = NodeVariant::named("user of the Node API for another");
    survives(EVERYTHING, "linux", kind, 3);
}

#[test]
fn a_run_that_installs_a_license_recovers() {
    survives(LICENSE, "linux", &PLAIN, 1);
}

#[test]
fn a_run_killed_again_and_again_completes() {
    let undisturbed = Node::new("linux");
    undisturbed.live(&["faspex-node-linux"]).json(0);
    let node = Node::new("linux");
    for _ in 0..6 {
        node.lab.clear_calls().unwrap();
        let mut run = node.start(&["faspex-node-linux"]);
        until(|| node.acts().len() >= 2 || run.try_wait().unwrap().is_some());
        kill(&node, run);
        node.does("asuserdata", &["-v"]);
    }
    recovers(&node, "faspex-node-linux", &NodeState::on(&undisturbed));
}

/// The run ends between the stop and the start of a service.
#[test]
fn a_service_left_stopped_is_started() {
    let node = Node::new("macos");
    node.lab
        .set_faults(&["launchctl~start com.aspera.asperacentral=hang"])
        .unwrap();
    let run = node.start(&["faspex-node-macos"]);
    until(|| {
        node.acts()
            .iter()
            .any(|act| act.starts_with("launchctl start com.aspera.asperacentral"))
    });
    let tool = node.last_pid();
    stop(&run, Signal::TERM);
    let done = Done::of(run.wait_with_output().unwrap());
    done.stops(5, &["stopped: 8 changed, 1 failed, 2 not done, run 1"]);
    assert!(!is_alive(tool));
    node.lab.set_faults(&[]).unwrap();
    node.live(&["faspex-node-macos"]).json(0);
    services_are_current(&node, &SERVICES);
}

fn stop(run: &Child, signal: Signal) {
    let pid = Pid::from_raw(run.id().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The signal of Ctrl-C, or SIGTERM where the tests run in the background and their children ignore
/// SIGINT.
pub(crate) fn interrupt() -> Signal {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = 1 << (Signal::INT.as_raw() - 1);
    if ignored.is_some_and(|ignored| ignored & bit != 0) {
        Signal::TERM
    } else {
        Signal::INT
    }
}

/// A lab fault, the call at which the run is interrupted, its exit code and its message.
const STOPS: &[(&str, &str, i32, &str)] = &[
    (
        "asuserdata=hang",
        "asuserdata -v",
        5,
        "stopped: 6 changed, 1 failed, ",
    ),
    ("useradd=hang", "useradd", 130, "stopped: 1 failed, "),
    (
        "install=hang",
        "install",
        5,
        "stopped: 2 changed, 1 failed, ",
    ),
    (
        "asconfigurator@2=hang",
        "asconfigurator -x set_server_data",
        5,
        "stopped: 4 changed, 1 failed, ",
    ),
    (
        "asnodeadmin=hang",
        "asnodeadmin -a",
        5,
        "stopped: 9 changed, 1 failed, ",
    ),
    ("ascp=hang", "ascp", 130, ""),
];

#[test]
fn an_interrupted_run_reports_its_completed_steps() {
    let named = |stop: &(&str, &str, i32, &str)| stop.0.to_owned();
    each(STOPS, named, |(fault, at, code, words)| {
        let node = Node::faulty("linux", fault);
        let run = node.start(&["faspex-node-linux"]);
        until(|| node.has_started(at));
        let tool = node.last_pid();
        stop(&run, interrupt());
        let done = Done::of(run.wait_with_output().unwrap());
        done.stops(*code, &[words]);
        assert!(!is_alive(tool), "the tool is still running");
        if *code == 5 {
            let report: Value = serde_json::from_str(&done.out).unwrap();
            let steps = report["steps"].as_array().unwrap();
            let done = steps.iter().filter(|step| step["kind"] != "settled");
            assert!(words.starts_with(&format!("stopped: {} ", done.count())));
            assert_eq!(report["failed"][0]["number"], steps.len() + 1);
            assert_eq!(report["fault"]["kind"], "stopped");
        }
        node.lab.set_faults(&[]).unwrap();
        node.live(&["faspex-node-linux"]).json(0);
        services_are_current(&node, &SERVICES);
    });
}

#[test]
fn an_interrupted_preview_ends() {
    let node = Node::faulty("linux", "asnodeadmin=read-hang");
    let mut preview = node.ascript(&["run", "faspex-node-linux"]);
    let preview = preview
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    until(|| node.has_started("asnodeadmin"));
    let tool = node.last_pid();
    stop(&preview, interrupt());
    Done::of(preview.wait_with_output().unwrap()).stops(130, &["ended on request"]);
    assert!(!is_alive(tool));
}
