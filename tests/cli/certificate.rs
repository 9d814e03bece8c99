//! The question about the certificate of a Node API that no known authority has signed.

use ascript::lab::NodeApiPorts;

use super::terminal::Screen;
use crate::support::Node;

#[test]
fn an_unknown_certificate_is_accepted_once_by_a_person() {
    let node = Node::new("linux");
    let ports = NodeApiPorts {
        https: Some(0),
        http: None,
    };
    let api = node.lab.serve(ports).unwrap();
    let script = node.script("api.ping();");
    let lab = node.lab.dir().display();
    // A folder says nothing of a server at a given address.
    let line = format!(
        "ascript run {script} --live --node {lab} --node-api {}",
        api.urls()[0]
    );
    let ask = || {
        let mut screen = Screen::new(&line, 24, node.lab.dir());
        assert!(screen.shows("[y/N]").contains(api.pin()));
        screen
    };
    let mut screen = ask();
    screen.types("n\n");
    let (code, seen) = screen.ends();
    assert_eq!(code, 3, "{seen}");
    assert!(seen.contains("no known authority"), "{seen}");
    let mut screen = ask();
    screen.types("y\n");
    let (code, seen) = screen.ends();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("is kept"), "{seen}");
    let (code, seen) = Screen::new(&line, 24, node.lab.dir()).ends();
    assert_eq!(code, 0, "{seen}");
    assert!(
        !seen.contains("[y/N]") && !seen.contains(api.pin()),
        "{seen}"
    );
}
