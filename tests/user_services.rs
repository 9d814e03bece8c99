//! The services that asperarund keeps running for a user: started, read back, and left by an undo
//! that says so.

use serde_json::Value;

use crate::support::Node;

const START: &str = r#"
service.ensure("asperarund", #{ running: true });
for name in ["asperawatchd", "asperawatchfolderd"] {
    service.ensure(name, #{ user: "admin", running: true });
}
"#;

const STARTS: [&str; 2] = [
    "asperawatchd --user admin",
    "asperawatchfolderd --user admin",
];

/// A node on which nobody has started a service for a user.
fn node(platform: &str) -> Node {
    let node = Node::new(platform);
    let mut keeper = node.state("services/asperarund.json");
    keeper["pid"] = Value::Null;
    let file = node.lab.dir().join("var/lab/services/asperarund.json");
    std::fs::write(file, keeper.to_string()).unwrap();
    node
}

fn started(node: &Node) -> Vec<String> {
    let acts = node.acts().into_iter();
    acts.filter(|act| act.starts_with("asperawatch")).collect()
}

#[test]
fn services_of_a_user_start_once_and_run() {
    for platform in ["macos", "linux"] {
        let node = node(platform);
        let script = node.script(START);
        node.preview(&[&script]).ends(0);
        assert_eq!(node.acts(), [""; 0]);
        let done = node.live(&[&script]).json(0);
        assert_eq!(done["summary"]["change"], 3, "{done:#}");
        let again = node.live(&[&script]).json(0);
        assert_eq!(again["summary"]["settled"], 3, "{again:#}");
        assert_eq!(started(&node), STARTS);
        let listed = node.does("asrun", &["send", "-l"]);
        assert_eq!(listed.matches("RUNNING").count(), 2, "{listed}");
    }
}

#[test]
fn a_service_that_does_not_come_up_is_a_failure() {
    let node = node("linux");
    node.lab.set_faults(&["asperawatchd=lie"]).unwrap();
    node.live(&[&node.script(START)])
        .stops(3, &["user_service/asperawatchd/admin"]);
}

#[test]
fn an_undo_says_which_services_it_leaves() {
    let node = node("linux");
    node.live(&[&node.script(START)]).ends(0);
    let undone = node.run(&["undo", "--live", "--yes", "--format", "json"]);
    let notes = undone.json(0)["advisories"].to_string();
    for name in ["asperawatchd", "asperawatchfolderd"] {
        let left = format!("{name} still runs for admin");
        assert!(notes.contains(&left), "{notes}");
    }
    assert_eq!(started(&node), STARTS);
}
