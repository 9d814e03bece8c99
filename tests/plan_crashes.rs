//! Plans and undos that are killed: aspera.conf stays well-formed, no lock is left, every receipt is
//! complete JSON, and continuing leads to the same state.

use std::process::{Child, Stdio};

use serde_json::Value;

use crate::crashes::{SERVICES, comes_to, kill, services_are_current};
use crate::plans::{Set, apply, plan, show};
use crate::support::{Node, each};

const SCRIPT: &str = "faspex-node-linux";

fn start(node: &Node, args: &[&str]) -> Child {
    let mut command = node.ascript(&[args, &["--yes", "--format", "json"]].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Kills a run as it starts its program number `count`, or when that has ended.
fn killed_at(node: &Node, args: &[&str], count: usize) {
    node.lab.clear_calls().unwrap();
    let mut run = start(node, args);
    comes_to(node, &mut run, count);
    kill(node, run);
    node.does("asuserdata", &["-v"]);
    for (path, text) in node.files() {
        let is_receipt = path.to_string_lossy().contains("var/ascript/runs/")
            && path
                .extension()
                .is_some_and(|end| end == "json" || end == "foreseen");
        if is_receipt {
            serde_json::from_slice::<Value>(&text).unwrap();
            if path.extension().is_some_and(|end| end == "json") {
                show(&[path.to_str().unwrap()]).ends(0);
            }
        }
    }
}

/// The numbers of calls at which a run is killed: from the first acting one, when its receipt
/// exists, to the end.
fn moments(node: &Node) -> Vec<usize> {
    let calls = node.lab.calls().unwrap();
    let first = calls.iter().position(|call| call["acting"] == true);
    (first.unwrap() + 1..=calls.len() + 1).collect()
}

#[test]
fn a_plan_killed_at_any_call_is_planned_again_or_undone() {
    let node = Node::new("linux");
    let before = Set::on(&node);
    let file = plan(&node, &[SCRIPT]);
    node.lab.clear_calls().unwrap();
    apply(&node, &file, &[]).json(0);
    let moments = moments(&node);
    let after = Set::on(&node);
    let named = |count: &usize| format!("killed at call {count}");
    each(&moments, named, |count| {
        let node = Node::new("linux");
        let file = plan(&node, &[SCRIPT]);
        killed_at(&node, &["apply", &file], *count);
        if count % 2 == 0 {
            node.run(&["undo", "--live", "--yes"]).ends(0);
            assert_eq!(Set::on(&node), before);
            // Nothing that is left blocks the next run.
            node.live(&[SCRIPT]).json(0);
        } else {
            let file = plan(&node, &[SCRIPT]);
            apply(&node, &file, &[]).json(0);
        }
        assert_eq!(Set::on(&node), after);
        services_are_current(&node, &SERVICES);
    });
}

#[test]
fn an_undo_killed_at_any_call_is_continued() {
    let node = Node::new("linux");
    let before = Set::on(&node);
    node.live(&[SCRIPT]).json(0);
    node.lab.clear_calls().unwrap();
    node.run(&["undo", "--live", "--yes"]).ends(0);
    let moments = moments(&node);
    let named = |count: &usize| format!("killed at call {count}");
    each(&moments, named, |count| {
        let node = Node::new("linux");
        node.live(&[SCRIPT]).json(0);
        killed_at(&node, &["undo", "--live"], *count);
        let again = node.run(&["undo", "--live", "--yes"]);
        // It may have completed before it was killed.
        if again.code == 1 {
            again.stops(1, &["no live run to take back"]);
        } else {
            again.ends(0);
        }
        assert_eq!(Set::on(&node), before);
        services_are_current(&node, &SERVICES);
        node.run(&["undo", "1"]).stops(1, &["taken back already"]);
        node.live(&[SCRIPT]).json(0);
    });
}
