//! What is left by a run that was cut off: killed at any moment, running it
//! again brings the node to the state of a run that nobody disturbed, and
//! then there is nothing left to do. One that is asked to stop says how far
//! it came.

use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{Done, EVERYTHING, Node, NodeVariant, PLAIN, each, hex, is_alive, until};

/// The services that must notice what the scripts for Faspex change.
const SERVICES: [&str; 3] = ["asperahttpd", "asperacentral", "asperanoded"];

/// All that a run leaves on a node and that another can be compared by.
#[derive(Debug, PartialEq)]
struct Left {
    conf: String,
    api_users: Value,
    accounts: Value,
    passwords: Value,
    places: Value,
}

impl Left {
    fn on(node: &Node) -> Self {
        Self {
            conf: String::from_utf8(node.conf()).unwrap(),
            api_users: node.state("api_users.json"),
            accounts: node.state("accounts.json"),
            passwords: node.state("passwords.json"),
            places: node.state("places.json"),
        }
    }
}

/// Every service runs with aspera.conf as it is.
pub(crate) fn all_noticed(node: &Node) {
    use sha2::Digest as _;
    let digest = hex(&sha2::Sha256::digest(node.conf()));
    for service in SERVICES {
        let state = node.state(&format!("services/{service}.json"));
        assert_eq!(state["conf"], digest.as_str(), "{service} has not noticed");
        assert!(state["pid"].is_u64(), "{service} is down");
    }
}

/// Waits until a run has started `count` programs, or has ended.
fn comes_to(node: &Node, run: &mut Child, count: usize) {
    until(|| node.call_count() >= count || run.try_wait().unwrap().is_some());
}

/// Kills a run, and sees the program it had started to its end.
pub(crate) fn kill(node: &Node, mut run: Child) {
    run.kill().unwrap();
    run.wait().unwrap();
    for call in node.lab.calls().unwrap() {
        let pid = i32::try_from(call["pid"].as_i64().unwrap()).unwrap();
        until(|| !is_alive(pid));
    }
}

/// Runs again what was cut off, and then once more.
fn is_made_good(node: &Node, script: &str, undisturbed: &Left) {
    node.does("asuserdata", &["-v"]);
    node.live(&[script]).json(0);
    assert_eq!(Left::on(node), *undisturbed);
    all_noticed(node);
    node.lab.clear_calls().unwrap();
    node.live(&[script]).json(0);
    assert_eq!(node.acts(), [""; 0]);
    assert_eq!(Left::on(node), *undisturbed);
}

/// Kills a run at every `step`th call from the first that acts.
fn survives(script: &str, platform: &str, kind: &NodeVariant, step: usize) {
    let node = kind.node(platform);
    node.live(&[script]).json(0);
    all_noticed(&node);
    let undisturbed = Left::on(&node);
    let calls = node.lab.calls().unwrap();
    let first = calls
        .iter()
        .position(|call| call["acting"] == true)
        .unwrap();
    // Before the first that acts there are only readings, all alike.
    let moments: Vec<usize> = (first..=calls.len()).step_by(step).collect();
    each(
        &moments,
        |count| format!("{script} killed at call {count}"),
        |count| {
            let node = kind.node(platform);
            let mut run = node.start(&[script]);
            comes_to(&node, &mut run, *count);
            // At times the program has just begun, at others it has done its work.
            std::thread::sleep(std::time::Duration::from_millis(*count as u64 % 3 * 4));
            kill(&node, run);
            is_made_good(&node, script, &undisturbed);
        },
    );
}

#[test]
fn a_macos_run_killed_at_any_call_is_made_good() {
    survives("faspex-node-macos", "macos", &PLAIN, 1);
}

#[test]
fn a_linux_run_killed_at_any_call_is_made_good() {
    survives("faspex-node-linux", "linux", &PLAIN, 1);
}

#[test]
fn a_run_that_does_everything_is_made_good() {
    let kind = NodeVariant::named("user of the Node API for another");
    survives(EVERYTHING, "linux", kind, 3);
}

#[test]
fn a_run_killed_again_and_again_gets_there() {
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
    is_made_good(&node, "faspex-node-linux", &Left::on(&undisturbed));
}

/// A service that was stopped and not yet started when the run ended.
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
    done.stops(5, &["7 steps were done"]);
    assert!(!is_alive(tool));
    node.lab.set_faults(&[]).unwrap();
    node.live(&["faspex-node-macos"]).json(0);
    all_noticed(&node);
}

fn stop(run: &Child, signal: Signal) {
    let pid = Pid::from_raw(run.id().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// What a keyboard sends; or, where the tests run in the background and what
/// they start is deaf to that, what a supervisor sends.
fn interrupt() -> Signal {
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

/// Where a run is interrupted, what it says of it, and how it ends.
const STOPS: &[(&str, &str, i32, &str)] = &[
    ("asuserdata=hang", "asuserdata -v", 5, "5 steps were done"),
    ("useradd=hang", "useradd", 130, "No step was completed"),
    ("install=hang", "install", 5, "1 step was done"),
    (
        "asconfigurator@2=hang",
        "asconfigurator -x set_server_data",
        5,
        "3 steps were done",
    ),
    ("asnodeadmin=hang", "asnodeadmin -a", 5, "8 steps were done"),
    ("ascp=hang", "ascp", 130, ""),
];

#[test]
fn an_interrupted_run_says_how_far_it_came() {
    let named = |stop: &(&str, &str, i32, &str)| stop.0.to_owned();
    each(STOPS, named, |(fault, at, code, words)| {
        let node = Node::faulty("linux", fault);
        let run = node.start(&["faspex-node-linux"]);
        until(|| node.has_started(at));
        let tool = node.last_pid();
        stop(&run, interrupt());
        let done = Done::of(run.wait_with_output().unwrap());
        done.stops(*code, &[words]);
        assert!(!is_alive(tool), "the tool goes on");
        if *code == 5 {
            // What was done is told, and nothing else.
            let told: Value = serde_json::from_str(&done.out).unwrap();
            let steps = told["steps"].as_array().unwrap().len();
            assert!(words.starts_with(&format!("{steps} ")));
            assert_eq!(told["fault"]["kind"], "interrupted");
        }
        node.lab.set_faults(&[]).unwrap();
        node.live(&["faspex-node-linux"]).json(0);
        all_noticed(&node);
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
