//! What is no longer as live runs left it, by subject; and reading it changes nothing.

use std::path::Path;

use serde_json::Value;

use crate::laws::{JOBS, Job};
use crate::plans::plan;
use crate::support::{Done, Node, each};

const ANNA: &str = r#"conf.set_user("anna", #{ absolute: "/srv/anna", read_allowed: true });"#;
const ANNA_ELSEWHERE: &str = r#"conf.set_user("anna", #{ absolute: "/srv/other" });"#;

fn drift(node: &Node, more: &[&str]) -> Done {
    node.run(&[&["drift", "--format", "json"], more].concat())
}

fn live(node: &Node, text: &str) {
    node.live(&[&node.script(text)]).json(0);
}

fn edit(node: &Node, user: &str, setting: &str) {
    let line = format!("set_user_data;user_name,{user};{setting}");
    node.does("asconfigurator", &["-x", &line]);
}

/// The subjects of a part of the document.
fn subjects<'a>(document: &'a Value, part: &str) -> Vec<&'a str> {
    let entries = document[part].as_array().unwrap().iter();
    entries.map(|it| it["subject"].as_str().unwrap()).collect()
}

#[test]
fn a_node_as_a_bundled_script_left_it_has_no_drift_also_after_undo() {
    let named = |job: &Job| job.script.join(" ");
    each(JOBS, named, |job| {
        let node = Node::new(job.platform);
        node.live(&[job.script, job.live_args].concat()).json(0);
        node.lab.clear_calls().unwrap();
        let files = node.files();
        let left = drift(&node, &[]).json(0);
        assert_eq!(subjects(&left, "unknown"), [""; 0]);
        assert_eq!(node.files(), files, "drift wrote a file");
        assert_eq!(node.acts(), [""; 0]);
        let undo = ["undo", "--live", "--yes", "--partial"];
        if node.run(&undo).code == 0 {
            let after = drift(&node, &[]).json(0);
            assert_eq!(after["summary"]["drifted"], 0, "{after}");
        }
    });
}

#[test]
fn an_edit_by_hand_is_drift_also_of_what_was_as_wanted_already() {
    let node = Node::new("linux");
    edit(&node, "anna", "absolute,/srv/anna");
    live(&node, ANNA);
    drift(&node, &[]).json(0);
    edit(&node, "anna", "absolute,/tmp;read_allowed,false");
    let drifted = drift(&node, &[]).json(10);
    let wanted = ["conf/user/anna/absolute", "conf/user/anna/read_allowed"];
    assert_eq!(subjects(&drifted, "drifted"), wanted);
    assert_eq!(drifted["drifted"][0]["left"], "/srv/anna");
    assert_eq!(drifted["drifted"][0]["is"], "/tmp");
    assert_eq!(node.run(&["drift", "--exit-code"]).code, 10);
}

#[test]
fn the_last_run_counts_unless_one_is_named() {
    let node = Node::new("linux");
    live(&node, ANNA);
    live(&node, ANNA_ELSEWHERE);
    drift(&node, &[]).json(0);
    let first = drift(&node, &["1"]).json(10);
    assert_eq!(subjects(&first, "drifted"), ["conf/user/anna/absolute"]);
    assert_eq!(first["drifted"][0]["later_run"], 2);
    node.run(&["drift", "9"]).stops(2, &["no run 9"]);
}

#[test]
fn an_undo_gives_back_what_no_other_run_left() {
    let node = Node::new("linux");
    live(&node, ANNA);
    live(&node, ANNA_ELSEWHERE);
    node.run(&["undo", "2", "--live", "--yes"]).ends(0);
    drift(&node, &[]).json(0);
    edit(&node, "anna", "absolute,/tmp");
    let drifted = drift(&node, &[]).json(10);
    assert_eq!(drifted["drifted"][0]["run"], 1);
    node.run(&["drift", "2"]).stops(1, &["taken back"]);
    let other = Node::new("linux");
    live(&other, ANNA);
    other.run(&["undo", "--live", "--yes"]).ends(0);
    edit(&other, "anna", "absolute,/tmp");
    let given_back = drift(&other, &[]).json(0);
    assert_eq!(given_back["summary"]["same"], 0);
}

#[test]
fn a_removed_user_takes_what_earlier_runs_set_with_it() {
    let node = Node::new("linux");
    live(&node, ANNA);
    edit(&node, "anna", "read_allowed,AS_NULL");
    live(&node, r#"conf.delete_user("anna");"#);
    drift(&node, &[]).json(0);
    edit(&node, "anna", "absolute,/tmp");
    let back = drift(&node, &[]).json(10);
    let wanted = ["conf/user/anna/absolute", "conf/user/anna"];
    assert!(subjects(&back, "drifted").contains(&wanted[1]), "{back}");
}

#[test]
fn what_cannot_be_read_or_compared_does_not_count_as_unchanged() {
    let node = Node::new("linux");
    live(
        &node,
        r#"conf.set_user("anna", #{ token_encryption_key: secret("env:FASPEX_TOKEN_KEY") });
           account.ensure("anna", #{ password: secret("env:FASPEX_ACCOUNT_PASSWORD") });"#,
    );
    let command = &mut node.ascript(&["drift"]);
    let without = Done::of(command.env_remove("FASPEX_TOKEN_KEY").output().unwrap());
    without.ends(0);
    assert!(
        without.out.contains("env:FASPEX_TOKEN_KEY"),
        "{}",
        without.out
    );
    edit(&node, "anna", "token_encryption_key,another-key-than-that");
    let other = node.run(&["drift"]);
    other.ends(10);
    assert!(other.out.contains("is another secret"), "{}", other.out);
    assert!(!other.out.contains("another-key"), "{}", other.out);
    edit(&node, "anna", "token_encryption_key,Can+ary/Key=.~_-00xyz");
    node.replace("getent", "exit 9");
    let unread = drift(&node, &[]).json(3);
    assert!(!subjects(&unread, "unknown").is_empty(), "{unread}");
    std::fs::write(node.lab.dir().join("var/ascript/runs/1.json"), "{").unwrap();
    let damaged = drift(&node, &[]).json(3);
    assert_eq!(damaged["unread_runs"][0]["run"], 1);
}

#[test]
fn what_a_failed_step_left_is_not_known() {
    let node = Node::new("linux");
    live(&node, ANNA);
    node.keep_real("asconfigurator");
    node.replace("asconfigurator", "exit 1");
    node.live(&[&node.script(ANNA_ELSEWHERE)]).json(3);
    let unknown = drift(&node, &[]).json(3);
    assert_eq!(subjects(&unknown, "unknown"), ["conf/user/anna/absolute"]);
}

#[test]
fn a_plan_or_receipt_is_compared_with_a_node_or_snapshot() {
    let node = Node::new("linux");
    let file = plan(&node, &[&node.script(ANNA)]);
    let before = drift(&node, &[&file]).json(10);
    assert_eq!(before["summary"]["same"], 0);
    live(&node, ANNA);
    drift(&node, &[&file]).json(0);
    let snapshot = node.beside("snapshot.json");
    node.run(&["snapshot", "-o", &snapshot]).ends(0);
    edit(&node, "anna", "absolute,/tmp");
    let receipt = node.lab.dir().join("var/ascript/runs/1.json");
    let of = |what: &Path, where_: &str| {
        let args = ["drift", what.to_str().unwrap(), "--node", where_];
        let mut command = std::process::Command::new(crate::support::ASCRIPT);
        Done::of(command.args(args).output().unwrap())
    };
    of(&receipt, &snapshot).ends(0);
    of(Path::new(&file), "blank:linux").stops(4, &["the plan is for"]);
    of(Path::new("3"), &snapshot).stops(2, &["a snapshot has no live runs"]);
}
