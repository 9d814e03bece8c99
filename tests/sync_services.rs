//! Sync sessions on an emulated node: what is known of them.

use crate::support::Node;

const STATUS: &str = "let images = sync.status(\"images\", #{ local: \"/images\" });
print(if images.session == () { \"unknown\" } else { images.session.condition });";

#[test]
fn asyncadmin_is_asked_where_the_node_has_it() {
    let node = Node::new("linux");
    let session = "-N images -d /images -r lion@10.0.0.1:/data";
    node.does("async", &session.split(' ').collect::<Vec<_>>());
    let script = node.script(STATUS);
    let asked = node.run(&["run", &script]);
    asked.ends(0);
    assert!(asked.err.contains("stopped"), "{}", asked.err);

    std::fs::remove_file(node.lab.program("asyncadmin")).unwrap();
    let without = node.run(&["run", &script]);
    without.ends(0);
    assert!(without.err.contains("unknown"), "{}", without.err);
}
