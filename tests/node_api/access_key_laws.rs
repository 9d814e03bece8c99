//! The laws for steps about access keys, on nodes that serve their Node API.

use serde_json::{Value, json};

use super::serve;
use crate::crashes::kill;
use crate::laws::{Job, job, keeps_them_on};
use crate::plans::{Set, apply, plan};
use crate::secrecy::keeps_secrets;
use crate::support::{Node, NodeVariant, ODD, PLAIN, each, until};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/laws/access_keys.rhai");

const JOB: Job = job("linux", &[SCRIPT]);

/// The access keys of a node; none in a lab where nobody made any.
fn keys(node: &Node) -> Value {
    let file = node.lab.dir().join("var/lab/access_keys.json");
    let text = std::fs::read_to_string(file).unwrap_or_else(|_| "{}".to_owned());
    serde_json::from_str(&text).unwrap()
}

#[test]
fn access_keys_keep_the_laws() {
    let kinds: Vec<&NodeVariant> = std::iter::once(&PLAIN).chain(ODD).step_by(5).collect();
    each(
        &kinds,
        |kind| kind.name.to_owned(),
        |kind| {
            let node = kind.node("linux");
            let api = serve(&node);
            keeps_them_on(&node, &JOB);
            drop(api);
        },
    );
}

#[test]
fn access_keys_are_applied_and_taken_back() {
    let node = Node::new("linux");
    let api = serve(&node);
    let before = Set::on(&node);
    let file = plan(&node, &[SCRIPT]);
    let planned: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let applied = apply(&node, &file, &[]).json(0);
    for key in ["observations", "steps"] {
        assert_eq!(applied[key], planned[key], "{key}");
    }
    let made = (Set::on(&node), keys(&node));
    assert_eq!(made.1.as_object().unwrap().len(), 2);
    apply(&node, &file, &[]).stops(4, &["applied already"]);
    let undo = |number: &str| node.run(&["undo", number, "--live", "--yes"]).ends(0);
    undo("1");
    assert_eq!((Set::on(&node), keys(&node)), (before, json!({})));
    // The undo of the undo knows the secrets from the first run.
    undo("2");
    let renamed = |keys: &Value| keys.to_string().replace("root_file_id", "");
    assert_eq!(Set::on(&node), made.0);
    assert_eq!(renamed(&keys(&node)), renamed(&made.1));
    node.live(&[SCRIPT]).json(0);
    assert_eq!(node.live(&[SCRIPT]).json(0)["summary"]["change"], 0);
    drop(api);
}

#[test]
fn a_run_killed_at_any_call_recovers() {
    let undisturbed = Node::new("linux");
    let api = serve(&undisturbed);
    undisturbed.live(&[SCRIPT]).json(0);
    drop(api);
    let calls = undisturbed.lab.calls().unwrap();
    let first = calls
        .iter()
        .position(|call| call["program"] == "node-api" && call["acting"] == true)
        .unwrap();
    let moments: Vec<usize> = (first..=calls.len()).step_by(2).collect();
    let named = |count: &usize| format!("killed at call {count}");
    each(&moments, named, |count| {
        let node = Node::new("linux");
        let api = serve(&node);
        let mut run = node.start(&[SCRIPT]);
        until(|| node.call_count() >= *count || run.try_wait().unwrap().is_some());
        kill(&node, run);
        node.live(&[SCRIPT]).json(0);
        assert_eq!(Set::on(&node), Set::on(&undisturbed));
        assert_eq!(keys(&node), keys(&undisturbed));
        node.lab.clear_calls().unwrap();
        node.live(&[SCRIPT]).json(0);
        assert_eq!(node.acts(), [""; 0]);
        drop(api);
    });
}

#[test]
fn no_secret_of_an_access_key_is_in_any_output() {
    let node = Node::new("linux");
    let api = serve(&node);
    let file = plan(&node, &[SCRIPT]);
    let live = ["run", SCRIPT, "--live", "--yes", "-v"];
    for fault in [
        "node-api~POST=status-500",
        "node-api~POST=closed",
        "node-api~POST=wrong-json",
        "node-api~PUT=lie",
    ] {
        node.lab.set_faults(&[fault]).unwrap();
        keeps_secrets(&node, &node.run(&live));
        node.run(&["undo", "--live", "--yes"]).ends(0);
    }
    node.lab.set_faults(&[]).unwrap();
    for args in [
        &["run", SCRIPT, "-v"][..],
        &["apply", &file, "--yes", "-v"],
        &live,
        &["undo", "--format", "json"],
        &["undo", "--live", "--yes", "-v"],
        &["runs", "--format", "json"],
        &["show", &file, "--format", "html"],
    ] {
        let args = if args[0] == "show" {
            keeps_secrets(&node, &crate::plans::show(&args[1..]));
            continue;
        } else {
            args
        };
        keeps_secrets(&node, &node.run(args));
    }
    drop(api);
}
