//! What a tool changes besides what a step asked for.

use serde_json::Value;

use crate::support::Node;

const CONF: &str = "<?xml version='1.0' encoding='UTF-8'?>
<!-- managed by the night shift -->
<CONF version=\"2\">
  <aaa>
    <realms>
      <realm>
        <users>
          <user>
            <name>ana</name>
            <file_system>
              <access>
                <paths>
                  <path>
                    <absolute>/srv/ana</absolute>
                    <read_allowed>false</read_allowed>
                  </path>
                </paths>
              </access>
            </file_system>
          </user>
          <user>
            <name>ben</name>
          </user>
        </users>
      </realm>
    </realms>
  </aaa>
</CONF>
";

const SCRIPT: &str = r#"conf.set_user("ben", #{ absolute: "/srv/ben" });"#;

fn faulty(fault: &str) -> Node {
    let node = Node::faulty("linux", fault);
    node.set_conf(CONF);
    node
}

fn notes(document: &Value) -> Vec<&str> {
    let notes = document["advisories"].as_array().unwrap().iter();
    notes.map(|note| note["id"].as_str().unwrap()).collect()
}

#[test]
fn a_right_that_a_tool_removed_unasked_is_a_failure_that_names_it() {
    let node = faulty("asconfigurator=drop-rights");
    let done = node.live(&[&node.script(SCRIPT)]);
    done.stops(
        3,
        &[
            "conf/user/ana/read_allowed was `false` and is no longer set",
            "did not ask for",
        ],
    );
    let receipt = done.json(3);
    assert_eq!(receipt["fault"]["kind"], "contradicted");
    // The diff is the one that happened.
    let diff = receipt["conf_diff"].as_str().unwrap();
    assert!(
        diff.contains("\n-                    <read_allowed>false</read_allowed>\n"),
        "{diff}"
    );
    assert!(diff.contains("/srv/ben"), "{diff}");
    assert_eq!(
        crate::support::patched(CONF.as_bytes(), diff).into_bytes(),
        node.conf()
    );
}

#[test]
fn an_element_that_no_setting_is_and_another_secret_count_too() {
    let key = "<token><encryption_key>the-old-secret</encryption_key></token>";
    for (from, to, words) in [
        (
            "<site>1</site>",
            "",
            "the element `file_system/site` in conf/user/ana",
        ),
        (
            "the-old-secret",
            "hunter2hunter2",
            "conf/user/ana/token_encryption_key is another secret",
        ),
        (
            "<name>ana</name>",
            "<name>eve</name>",
            "conf/user/ana was removed",
        ),
        (
            "/srv/ana",
            "s3://key:hunter2@host/bucket",
            "conf/user/ana/absolute was `/srv/ana` and is",
        ),
    ] {
        let node = Node::new("linux");
        node.set_conf(CONF.replace(
            "<file_system>",
            &format!("<authorization>{key}</authorization><file_system><site>1</site>"),
        ));
        node.keep_real("asconfigurator");
        let dir = node.lab.dir().display();
        node.replace(
            "asconfigurator",
            &format!("{dir}/bin/real/asconfigurator \"$@\"; sed -i 's|{from}|{to}|' {dir}/etc/aspera.conf"),
        );
        let done = node.live(&[&node.script(SCRIPT)]);
        done.stops(3, &[words]);
        assert!(!done.err.contains("hunter2") && !done.out.contains("hunter2"));
        assert!(!done.err.contains("the-old-secret"), "{}", done.err);
    }
}

#[test]
fn lost_comments_and_layout_are_notes() {
    for (fault, id) in [
        ("asconfigurator=drop-comments", "comments-lost"),
        ("asconfigurator=drop-indent", "layout-changed"),
    ] {
        let node = faulty(fault);
        let receipt = node.live(&[&node.script(SCRIPT)]).json(0);
        assert_eq!(
            notes(&receipt),
            ["transfer-user-no-account", "docroot-missing", id]
        );
        let diff = receipt["conf_diff"].as_str().unwrap();
        assert_eq!(
            crate::support::patched(CONF.as_bytes(), diff).into_bytes(),
            node.conf()
        );
    }
}

/// After a failed step, the next one starts from what that step left.
#[test]
fn a_failed_edit_is_not_taken_for_another_programs() {
    let node = faulty("asconfigurator@1=fail-after");
    let script = node.script(
        r#"
for attempt in 0..2 {
    try { conf.set_user("ben", #{ absolute: "/srv/ben" }); break; } catch (e) { print(e.kind); }
}
conf.set_user("ben", #{ read_allowed: false });
"#,
    );
    let receipt = node.live(&[&script]).json(3);
    assert_eq!(receipt["fault"]["kind"], "node");
    assert_eq!(receipt["summary"]["change"], 1);
    let diff = receipt["conf_diff"].as_str().unwrap();
    assert_eq!(
        crate::support::patched(CONF.as_bytes(), diff).into_bytes(),
        node.conf()
    );
}
