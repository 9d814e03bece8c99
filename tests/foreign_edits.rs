//! Another program edits aspera.conf before, during and after a live run: what survives is noted,
//! what is lost or in the way of the run is an error, and undo leaves it alone.

use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;

use ascript::exec::{
    ConfWatch, Executor, Folder, InstalledNode, Limits, Live, LiveOptions, Lock, Operator,
    Programs, Spawner, StepFault, StopFlag, Vault, World, installed,
};
use ascript::facts::NodeReader as _;
use ascript::fault::{Fault, FaultKind, Result};
use ascript::state::{NodeSource, Platform};
use ascript::step::{Advisory, Step};
use serde_json::Value;

use crate::crashes::kill;
use crate::plans::{apply, plan};
use crate::support::{ASCRIPT, Done, Node, each, until};

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
    let node = undisturbed();
    node.lab.set_faults(&[fault]).unwrap();
    node
}

fn undisturbed() -> Node {
    let node = Node::new("linux");
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
    let node = undisturbed();
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
        let node = undisturbed();
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

/// Applies a plan of the script, while another program edits aspera.conf. No premise of the plan is
/// what the edits change.
fn applied(time: &str, edit: &str) -> (Node, Done) {
    let node = undisturbed();
    let script = SCRIPT.replace("conf.user(\"ben\")", "conf.node()");
    let file = plan(&node, &[&node.script(&script)]);
    node.lab.set_faults(&[&format!("{time}{edit}")]).unwrap();
    node.lab.clear_calls().unwrap();
    let done = apply(&node, &file, &[]);
    (node, done)
}

#[test]
fn a_foreign_edit_during_apply_is_noted_or_stops_it() {
    each(&cases(ASIDE), named, |(time, edit, words)| {
        let (node, done) = applied(time, edit);
        hides_secrets(&done);
        let text = format!("another program changed aspera.conf during this run: {words}");
        assert_eq!(notes(&done.json(0), "foreign-edit"), [text]);
        let left = conf(&node);
        assert!(left.contains("/srv/ben") && left.contains("ours"), "{left}");
        assert_eq!(left.contains("/srv/zoe"), edit.contains("zoe"));
    });
    each(&cases(IN_THE_WAY), named, |(time, edit, words)| {
        let (node, done) = applied(time, edit);
        let is_early = time.contains("read");
        let text = format!("another program changed what this run sets: {words}");
        done.stops(if is_early { 4 } else { 5 }, &[&text]);
        let left = conf(&node);
        assert!(!left.contains("ours"), "{left}");
        assert_eq!(left.contains("theirs"), edit.contains("theirs"), "{left}");
        assert_eq!(is_early, !node.has_started("asconfigurator"));
    });
}

/// A run that is killed leaves no receipt but its journal.
#[test]
fn a_foreign_edit_is_in_the_journal_of_a_killed_run() {
    let (edit, words) = ASIDE[0];
    let node = undisturbed();
    let edited = format!("systemctl=edit-after:{edit}");
    node.lab
        .set_faults(&[&edited, "asconfigurator@2=slow:2s"])
        .unwrap();
    let run = node.start(&[&node.script(SCRIPT)]);
    until(|| node.has_started("asconfigurator -x set_server_data"));
    kill(&node, run);
    let receipt = node.lab.dir().join("var/ascript/runs/1.json");
    let receipt = receipt.to_str().unwrap();
    let mut show = Command::new(ASCRIPT);
    show.args(["show", receipt, "--format", "json"]);
    let shown = Done::of(show.output().unwrap()).json(0);
    let text = format!("another program changed aspera.conf during this run: {words}");
    assert_eq!(notes(&shown, "foreign-edit"), [text]);
    assert_eq!(shown["failed"][0]["fault"]["kind"], "stopped");
    node.lab.set_faults(&[]).unwrap();
    node.run(&["undo", "--live", "--yes"]).ends(0);
    let left = conf(&node);
    assert!(
        left.contains("first") && left.contains("/srv/zoe"),
        "{left}"
    );
    assert!(!left.contains("/srv/ben"), "{left}");
}

/// Another program that edits aspera.conf when a step was checked and its commands are about to
/// run.
struct LateEdit {
    node: Rc<Node>,
    edit: &'static str,
    noted: Rc<RefCell<Vec<String>>>,
}

impl Operator for LateEdit {
    fn starts(&mut self, _: usize, _: &Step) -> Result<()> {
        self.node.does("asconfigurator", &["-x", self.edit]);
        Ok(())
    }

    fn ended(&mut self, _: usize, _: &Step, _: Option<&Fault>) -> Result<()> {
        Ok(())
    }

    fn noted(&mut self, note: &Advisory) -> Result<()> {
        self.noted.borrow_mut().push(note.text.to_string());
        Ok(())
    }

    fn keep(&mut self, _: &str, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn waits(&mut self, _: &str) {}

    fn confirm_manual(&mut self, _: usize, _: &Step) -> Result<bool> {
        Ok(false)
    }
}

/// Performs the only step of a script while another program makes that edit.
fn edited_late(
    script: &str,
    edit: &'static str,
) -> (std::result::Result<(), StepFault>, String, Vec<String>) {
    let node = Rc::new(undisturbed());
    let planned = std::fs::read_to_string(plan(&node, &[&node.script(script)])).unwrap();
    let steps = ascript::plan::load(&planned).unwrap().steps;
    let folder = node.lab.dir();
    let state = Folder::create(&folder.join("var/ascript")).unwrap();
    let vault = Rc::new(RefCell::new(Vault::unattended()));
    let programs = Programs::new(folder);
    let spawner = Spawner::new(
        programs,
        Rc::clone(&vault),
        Limits::default(),
        StopFlag::new(),
    );
    let spawner = Rc::new(RefCell::new(spawner));
    let described = installed::describe(folder, Platform::Linux, NodeSource::Folder).unwrap();
    let source = InstalledNode::new(described, folder, state.path(), Rc::clone(&spawner));
    let noted = Rc::default();
    let operator = LateEdit {
        node: Rc::clone(&node),
        edit,
        noted: Rc::clone(&noted),
    };
    let mut watch = ConfWatch::new(folder);
    watch.plan(&steps);
    let options = LiveOptions {
        folder,
        state_dir: &state,
        may_expose_secrets: false,
    };
    let lock = Rc::new(Lock::take(&folder.join("etc"), &state, None).unwrap());
    let mut world = World::new(Box::new(source), vault);
    // As the preview has read it.
    world.read(&steps[0].changes[0].subject).unwrap();
    let mut live = Live::new(world, spawner, Box::new(operator), &options, watch, lock);
    let outcome = live.execute(1, &steps[0]);
    drop(live);
    (outcome, conf(&node), noted.take())
}

#[test]
fn a_foreign_edit_just_before_the_commands_is_seen() {
    let script = "conf.set_server(#{ server_name: \"ours\" });";
    // The last of them is no command of a tool.
    for (edit, words) in &ASIDE[..4] {
        let (outcome, left, noted) = edited_late(script, edit);
        assert!(outcome.is_ok(), "{edit}: {outcome:?}");
        let text = format!("another program changed aspera.conf during this run: {words}");
        assert_eq!(noted, [text]);
        assert!(left.contains("ours"), "{left}");
        assert_eq!(left.contains("/srv/zoe"), edit.contains("zoe"));
    }
    let (outcome, left, _) = edited_late(script, IN_THE_WAY[1].0);
    let refused = outcome.unwrap_err();
    assert_eq!(refused.fault.kind(), FaultKind::Stale);
    assert!(refused.fault.message().contains(IN_THE_WAY[1].1));
    assert!(!refused.is_started);
    assert!(left.contains("theirs") && !left.contains("ours"), "{left}");
}
