//! Another program edits aspera.conf before, during and after a live run: what survives is noted,
//! what is lost or in the way of the run is an error, and undo leaves it alone.

use serde_json::Value;

use crate::support::{Done, Node, each};

const CONF: &str = "<?xml version='1.0' encoding='UTF-8'?>
<CONF version=\"2\">
  <server>
    <server_name>first</server_name>
  </server>
  <aaa>
    <realms>
      <realm>
        <users>
          <user>
            <name>ana</name>
            <authorization>
              <token>
                <encryption_key>the-old-secret</encryption_key>
              </token>
            </authorization>
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

/// A run with a step before, of and after the restart of a service.
const SCRIPT: &str = r#"
conf.user("ben");
service.status("asperanoded");
conf.set_user("ben", #{ absolute: "/srv/ben" });
service.restart("asperanoded");
conf.set_server(#{ server_name: "ours" });
"#;

/// Edits that are not in the way of the run, and what its note says.
const ASIDE: &[(&str, &str)] = &[
    (
        "set_user_data;user_name,zoe;absolute,/srv/zoe",
        "conf/user/zoe (added)",
    ),
    (
        "set_user_data;user_name,ben;read_allowed,false",
        "conf/user/ben/read_allowed (not set → `false`)",
    ),
    (
        "set_user_data;user_name,ana;token_encryption_key,hunter2hunter2",
        "conf/user/ana/token_encryption_key (another secret)",
    ),
    ("delete_user;user_name,ana", "conf/user/ana (deleted)"),
    ("<!-- by the night shift -->", "comments or the layout"),
];

/// Edits of what the run sets, and what its fault says.
const IN_THE_WAY: &[(&str, &str)] = &[
    (
        "set_user_data;user_name,ben;absolute,/theirs",
        "conf/user/ben/absolute (",
    ),
    (
        "set_server_data;server_name,theirs",
        "conf/server/server_name (`first` → `theirs`)",
    ),
    ("delete_user;user_name,ben", "conf/user/ben (deleted)"),
];

fn node(fault: &str) -> Node {
    let node = Node::faulty("linux", fault);
    node.set_conf(CONF);
    node
}

fn conf(node: &Node) -> String {
    String::from_utf8(node.conf()).unwrap()
}

/// The texts of the notes with that name.
fn notes(receipt: &Value, id: &str) -> Vec<String> {
    let notes = receipt["advisories"].as_array().unwrap().iter();
    let notes = notes.filter(|note| note["id"] == id);
    notes
        .map(|note| note["text"].as_str().unwrap().to_owned())
        .collect()
}

fn hides_secrets(done: &Done) {
    for secret in ["hunter2", "the-old-secret"] {
        assert!(!done.err.contains(secret) && !done.out.contains(secret));
    }
}

/// When the edit happens: before the first step, though after the reading, and between two steps.
const TIMES: &[&str] = &["systemctl@1=read-edit-before:", "systemctl=edit-after:"];

fn cases(
    edits: &'static [(&'static str, &'static str)],
) -> Vec<(&'static str, &'static str, &'static str)> {
    let times = TIMES.iter();
    let with_edit = |time: &&'static str| {
        let time = *time;
        edits.iter().map(move |(edit, words)| (time, *edit, *words))
    };
    times.flat_map(with_edit).collect()
}

fn named((time, edit, _): &(&str, &str, &str)) -> String {
    format!("{time}{edit}")
}

#[test]
fn a_foreign_edit_that_survives_is_noted() {
    each(&cases(ASIDE), named, |(time, edit, words)| {
        let node = node(&format!("{time}{edit}"));
        let done = node.live(&[&node.script(SCRIPT)]);
        hides_secrets(&done);
        let receipt = done.json(0);
        let text = format!("another program changed aspera.conf during this run: {words}");
        assert_eq!(notes(&receipt, "foreign-edit"), [text]);
        let left = conf(&node);
        assert!(left.contains("/srv/ben") && left.contains("ours"), "{left}");
        assert_eq!(left.contains("/srv/zoe"), edit.contains("zoe"));
        assert_eq!(
            left.contains("<name>ana</name>"),
            !edit.starts_with("delete")
        );
        assert_eq!(left.contains("night shift"), edit.starts_with("<!"));
    });
}

#[test]
fn a_foreign_edit_of_what_the_run_sets_stops_it() {
    each(&cases(IN_THE_WAY), named, |(time, edit, words)| {
        let node = node(&format!("{time}{edit}"));
        let done = node.live(&[&node.script(SCRIPT)]);
        let is_early = time.contains("read");
        let text = format!("another program changed what this run sets: {words}");
        done.stops(if is_early { 4 } else { 5 }, &[&text, "run this again"]);
        let left = conf(&node);
        assert!(!left.contains("ours"), "{left}");
        assert_eq!(left.contains("theirs"), edit.contains("theirs"), "{left}");
        assert_eq!(is_early, !node.has_started("asconfigurator"));
        // What remains is a run that starts from the node as it is.
        node.lab.set_faults(&[]).unwrap();
        node.live(&[&node.script(SCRIPT)]).json(0);
        assert!(conf(&node).contains("/srv/ben"));
    });
}

/// Another program did a part of the run before it began.
#[test]
fn a_foreign_edit_to_what_the_run_wants_is_not_in_its_way() {
    let node = node("systemctl@1=read-edit-before:set_server_data;server_name,ours");
    let receipt = node.live(&[&node.script(SCRIPT)]).json(0);
    let text = "another program changed aspera.conf during this run: conf/server/server_name (`first` → `ours`)";
    assert_eq!(notes(&receipt, "foreign-edit"), [text]);
    assert_eq!(receipt["summary"]["settled"], 1);
}

/// The tool reads the file, and another program writes it before the tool does.
#[test]
fn a_foreign_edit_that_the_tool_wrote_over_is_an_error_that_names_it() {
    const LOST: &[(&str, &str)] = &[
        ASIDE[0],
        ASIDE[2],
        ASIDE[3],
        ("<!-- by the night shift -->", "1 comment"),
        (
            "set_user_data;user_name,ben;absolute,/theirs",
            "conf/user/ben/absolute (not set → `/theirs`)",
        ),
        (
            "set_server_data;server_name,theirs",
            "conf/server/server_name (`first` → `theirs`)",
        ),
    ];
    let named = |case: &(&str, &str)| case.0.to_owned();
    each(LOST, named, |(edit, words)| {
        let node = node(&format!("asconfigurator@1=edit-during:{edit}"));
        let done = node.live(&[&node.script(SCRIPT)]);
        hides_secrets(&done);
        let text = format!(
            "`asconfigurator` wrote over an edit of aspera.conf that another program made at the same time: {words}"
        );
        done.stops(3, &[&text, "make that edit again"]);
        let receipt = done.json(3);
        assert_eq!(
            notes(&receipt, "foreign-edit-lost"),
            std::slice::from_ref(&text)
        );
        assert_eq!(receipt["failed"][0]["fault"]["kind"], "contradicted");
        // What the step did is undone; what it destroyed is not brought back.
        node.lab.set_faults(&[]).unwrap();
        let undone = node
            .run(&["undo", "--live", "--yes", "--format", "json"])
            .json(0);
        let not_restored = notes(&undone, "foreign-edit-not-restored");
        assert_eq!(
            not_restored,
            [format!("not brought back: in run 1, {text}")]
        );
        let left = conf(&node);
        assert!(
            !left.contains("/srv/ben") && !left.contains("theirs"),
            "{left}"
        );
        assert!(left.contains("the-old-secret"));
    });
}

/// Another program writes the file just before the tool reads it.
#[test]
fn a_foreign_edit_that_the_tool_kept_is_noted_or_stops_the_run() {
    each(
        ASIDE,
        |case| case.0.to_owned(),
        |(edit, words)| {
            let node = node(&format!("asconfigurator@1=edit-before:{edit}"));
            let done = node.live(&[&node.script(SCRIPT)]);
            hides_secrets(&done);
            let receipt = done.json(0);
            let text = format!("another program changed aspera.conf during this run: {words}");
            assert_eq!(notes(&receipt, "foreign-edit"), [text]);
            assert!(conf(&node).contains("/srv/ben"));
        },
    );
    let node = node("asconfigurator@1=edit-before:set_server_data;server_name,theirs");
    let done = node.live(&[&node.script(SCRIPT)]);
    done.stops(
        3,
        &[
            "conf/server/server_name (`first` → `theirs`)",
            "run this again",
        ],
    );
    assert!(conf(&node).contains("theirs"));
}

/// A tool that fails says less than the edit that came in its way.
#[test]
fn a_foreign_edit_that_a_failing_tool_wrote_over_is_noted() {
    let node = Node::new("linux");
    node.set_conf(CONF);
    node.keep_real("asconfigurator");
    let dir = node.lab.dir().display();
    node.lab
        .set_faults(&[&format!("asconfigurator=edit-during:{}", ASIDE[0].0)])
        .unwrap();
    node.replace(
        "asconfigurator",
        &format!("{dir}/bin/real/asconfigurator \"$@\"; exit 1"),
    );
    let receipt = node.live(&[&node.script(SCRIPT)]).json(3);
    assert_eq!(receipt["fault"]["kind"], "node");
    assert_eq!(notes(&receipt, "foreign-edit-lost").len(), 1);
}

/// After the last step nothing is left to refuse: the run says that its work is not there.
#[test]
fn a_foreign_edit_after_the_last_step_counts() {
    let script = r#"
conf.set_user("ben", #{ absolute: "/srv/ben" });
service.restart("asperanoded");
"#;
    let aside = ASIDE[0];
    let node = node(&format!("systemctl=edit-after:{}", aside.0));
    let receipt = node.live(&[&node.script(script)]).json(0);
    assert_eq!(notes(&receipt, "foreign-edit").len(), 1);
    let node = self::node("systemctl=edit-after:set_user_data;user_name,ben;absolute,/theirs");
    let done = node.live(&[&node.script(script)]);
    done.stops(5, &["conf/user/ben/absolute (`/srv/ben` → `/theirs`)"]);
    // The undo leaves what is not the run's.
    node.run(&["undo", "--live", "--yes"])
        .stops(1, &["conf/user/ben/absolute was changed since that run"]);
    assert!(conf(&node).contains("/theirs"));
}

#[test]
fn a_foreign_edit_during_an_undo_stops_it_or_survives() {
    let script = r#"
conf.set_server(#{ server_name: "ours" });
node.add_api_user("api", #{ transfer_user: "ben", password: secret("env:FASPEX_NODE_PASSWORD") });
"#;
    let (aside, in_the_way) = (ASIDE[0], "set_server_data;server_name,theirs");
    for (edit, code) in [(aside.0, 0), (in_the_way, 5)] {
        let node = node("systemctl=fail");
        node.live(&[&node.script(script)]).json(0);
        let fault = format!("asnodeadmin=edit-after:{edit}");
        node.lab.set_faults(&[&fault]).unwrap();
        let undone = node.run(&["undo", "--live", "--yes", "--format", "json"]);
        let receipt = undone.json(code);
        let left = conf(&node);
        if code == 0 {
            assert_eq!(notes(&receipt, "foreign-edit").len(), 1);
            assert!(left.contains("<server_name>first") && left.contains("/srv/zoe"));
        } else {
            assert_eq!(receipt["fault"]["kind"], "stale");
            assert!(left.contains("<server_name>theirs"), "{left}");
        }
    }
}
