//! Nodes with an unusual aspera.conf or unusual accounts: edits keep the layout
//! of the file, existing objects stay as they are, problems are reported.

use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{EVERYTHING, Node, NodeVariant, ODD, each, patched};

const LINUX: &[&str] = &["faspex-node-linux"];
const MACOS: &[&str] = &["faspex-node-macos"];

/// aspera.conf as a preview predicts it.
fn predict(node: &Node, script: &[&str]) -> String {
    let preview = node.preview(script).json(0);
    patched(&node.conf(), preview["conf_diff"].as_str().unwrap())
}

/// The names of all elements in order, and the number of comments.
fn elements(text: &str) -> (Vec<String>, usize) {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut names, mut comments) = (Vec::new(), 0);
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(start) | Event::Empty(start) = &event {
            names.push(start.name().as_ref().to_owned());
        }
        comments += usize::from(matches!(event, Event::Comment(_)));
        if matches!(event, Event::Eof) {
            return (names, comments);
        }
    }
}

#[test]
fn edits_keep_the_layout_of_a_file() {
    let kinds: Vec<&NodeVariant> = ODD.iter().filter(|kind| kind.is_of_conf()).collect();
    each(
        &kinds,
        |kind| kind.name.to_owned(),
        |kind| {
            for script in [LINUX, &[EVERYTHING]] {
                let node = kind.node("linux");
                let before = String::from_utf8(node.conf()).unwrap();
                let after = predict(&node, script);
                let ((names, comments), (now, comments_now)) =
                    (elements(&before), elements(&after));
                // Deleting a user or replacing a value also deletes the comments in it.
                assert!(
                    comments_now == comments || script[0] == EVERYTHING,
                    "a comment is gone"
                );
                assert!(script[0] == EVERYTHING || now.len() >= names.len());
                assert_eq!(
                    after.starts_with('\u{feff}'),
                    before.starts_with('\u{feff}')
                );
                assert_eq!(after.ends_with('\n'), before.ends_with('\n'));
                let plain_ends = |text: &str| text.replace("\r\n", "").contains('\n');
                assert_eq!(plain_ends(&after), plain_ends(&before), "mixed line ends");
                if before.contains('\t') {
                    assert!(after.lines().all(|line| !line.starts_with("  ")), "{after}");
                }
            }
        },
    );
}

/// A file that the server already refuses can be read and repaired. A preview
/// reports it, and no service restarts with it.
#[test]
fn a_file_that_the_server_refuses_can_be_repaired() {
    let node = NodeVariant::named("other values").node("linux");
    let twice = String::from_utf8(node.conf()).unwrap();
    let twice = twice.replace("<name>lion</name>", "<name>faspex</name>");
    node.set_conf(twice);
    let preview = node.preview(LINUX).json(0);
    let notes = preview["advisories"].as_array().unwrap();
    let is_duplicate = |note: &&Value| {
        note["level"] == "danger"
            && note["text"]
                .as_str()
                .unwrap()
                .contains("conf/user/faspex has two entries")
    };
    assert_eq!(notes.iter().filter(is_duplicate).count(), 1, "{notes:#?}");
    node.live(LINUX).stops(
        5,
        &["`asuserdata -v` reports that aspera.conf is not valid"],
    );
    assert!(!node.has_started("systemctl restart"));
    let repair = node.script(r#"conf.delete_user("faspex");"#);
    node.live(&[&repair]).json(0);
    node.live(LINUX).json(0);
}

#[test]
fn a_node_api_user_keeps_its_password_with_a_new_transfer_user() {
    let node = NodeVariant::named("user of the Node API for another").node("linux");
    let passwords = node.state("passwords.json")["node:node_user"].clone();
    node.live(LINUX).json(0);
    let user = &node.state("api_users.json")["node_user"];
    assert_eq!(user["xfer_user"], "faspex");
    assert_eq!(node.state("passwords.json")["node:node_user"], passwords);
    assert!(
        node.acts()
            .iter()
            .all(|act| !act.starts_with("asnodeadmin -a"))
    );
}

#[test]
fn an_account_that_becomes_administrator_keeps_its_password() {
    let node = NodeVariant::named("account without rights").node("macos");
    let passwords = node.state("passwords.json")["account:faspex"].clone();
    node.live(MACOS).json(0);
    let groups = &node.state("accounts.json")["groups"];
    let members = groups["admin"]["members"].as_array().unwrap();
    assert!(members.contains(&"faspex".into()), "{groups:#}");
    assert_eq!(node.state("passwords.json")["account:faspex"], passwords);
    assert!(!node.has_started("sysadminctl"));
}

#[test]
fn an_enabled_root_user_stays_as_it_is() {
    let node = NodeVariant::named("root enabled").node("macos");
    node.live(MACOS).json(0);
    assert!(!node.has_started("dsenableroot"));
}

#[test]
fn a_stopped_service_is_started() {
    for (platform, script) in [("macos", MACOS), ("linux", LINUX)] {
        let node = NodeVariant::named("service stopped").node(platform);
        node.live(script).json(0);
        for service in ["asperahttpd", "asperanoded"] {
            assert!(node.state(&format!("services/{service}.json"))["pid"].is_u64());
        }
    }
}

#[test]
fn only_a_different_token_key_is_changed() {
    let node = NodeVariant::named("right but for the token key").node("linux");
    let preview = node.preview(LINUX).json(0);
    let all = preview["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["moves"].as_array().unwrap());
    let change: Vec<&str> = all
        .map(|change| change["subject"].as_str().unwrap())
        .collect();
    assert_eq!(change[0], "conf/user/faspex/token_encryption_key");
    assert!(
        change[1..]
            .iter()
            .all(|subject| subject.starts_with("service/")),
        "{change:?}"
    );
    let lines = preview["conf_diff"].as_str().unwrap().lines().skip(2);
    let lines: Vec<&str> = lines
        .filter(|line| line.starts_with(['+', '-']))
        .map(str::trim_end)
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn a_folder_without_a_valid_aspera_conf_is_reported() {
    let node = Node::new("linux");
    std::fs::remove_file(node.lab.conf()).unwrap();
    node.preview(LINUX)
        .stops(3, &["there is no", "aspera.conf", "--node"]);
    for (text, code, words) in [
        ("", 1, "aspera.conf"),
        ("<CONF>", 1, "aspera.conf"),
        ("\u{0}\u{1}", 1, "aspera.conf"),
        ("<html/>", 1, "aspera.conf"),
    ] {
        node.set_conf(text);
        let done = node.live(LINUX);
        assert!(
            done.code == code || done.code == 3,
            "{text:?}: {} {}",
            done.code,
            done.err
        );
        assert!(done.err.contains(words), "{}", done.err);
        assert_eq!(node.acts(), [""; 0]);
    }
}
