//! What was done is taken back; what cannot be is said before.

use serde_json::Value;

use crate::crashes::authorized_keys;
use crate::plans::{Set, apply, last_run, plan};
use crate::support::{Done, Node, OLD_KEY};

/// A node with a user of all sorts of settings and a user of the Node API.
fn used() -> Node {
    let node = Node::new("linux");
    let line = format!(
        "set_user_data;user_name,old;absolute,/data/old;read_allowed,false;token_encryption_key,{OLD_KEY};transfer_in_bandwidth_flow_target_rate_default,5000"
    );
    node.does("asconfigurator", &["-x", &line]);
    let args = [
        "-a",
        "-u",
        "api",
        "-p",
        "pw",
        "-x",
        "old",
        "--acl-set",
        "admin",
    ];
    node.does("asnodeadmin", &args);
    node
}

fn undo(node: &Node, more: &[&str]) -> Done {
    let args = ["undo", "--live", "--yes", "--format", "json"];
    node.run(&[&args[..], more].concat())
}

/// What is done to the used node, and what undoing it says in advance.
const DEEDS: &[(&str, &[&str])] = &[
    (
        r#"conf.set_user("old", #{ token_encryption_key: secret("env:FASPEX_TOKEN_KEY") });"#,
        &["kept:1:conf/user/old/token_encryption_key"],
    ),
    (
        r#"conf.set_user("old", #{ token_encryption_key: () });"#,
        &["kept:1:conf/user/old/token_encryption_key"],
    ),
    (
        r#"conf.delete_user("old");"#,
        &["comments and unrecognized settings", "conf/user/old"],
    ),
    (
        r#"conf.delete_user("old"); conf.set_user("old", #{ absolute: "/elsewhere" });"#,
        &[],
    ),
    (
        r#"conf.set_user("old", #{ absolute: "/a", read_allowed: () }); conf.set_user("old", #{ absolute: "/b", write_allowed: false });"#,
        &[],
    ),
    (
        r#"node.add_api_user("api", #{ transfer_user: "new", password: secret("env:FASPEX_NODE_PASSWORD"), acls: ["impersonation"] });"#,
        &[],
    ),
    (
        r#"conf.set_group("g", #{ absolute: "/g" }); conf.set_trunk(7, #{ trunk_name: "seven" }); conf.set_node(#{ read_allowed: false });"#,
        &[],
    ),
    (
        r#"account.ensure("anna", #{ password: secret("env:FASPEX_ACCOUNT_PASSWORD") }); dir.ensure("/data/anna", #{ owner: "anna" });"#,
        &["the folder /data/anna stays"],
    ),
    (
        r#"group.ensure("drop", #{ gid: 700, members: ["admin"] }); group.ensure("aspadmins", #{ members: ["admin"] });"#,
        &[],
    ),
    (
        r#"ssh.authorize("admin"); ssh.authorize("admin", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWI="); ssh.authorize("admin", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWI=", #{ options: "restrict" });"#,
        &[],
    ),
    (
        r#"group.ensure("drop"); account.ensure("anna", #{ primary_group: "drop", groups: ["aspadmins"], locked: true, expires: "never" }); account.ensure("admin", #{ primary_group: "aspadmins", groups: ["drop"], locked: true });"#,
        &[],
    ),
    (
        r#"conf.set_fallback(#{ http: 4711 }); service.refresh("asperahttpd"); service.restart("asperanoded");"#,
        &["service/asperahttpd", "asperanoded"],
    ),
    (
        r#"conf.set_user("old", #{ absolute: "/a" }); node.set_api_password("api", secret("env:FASPEX_NODE_PASSWORD"));"#,
        &["`node.set_api_password`", "cannot be taken back"],
    ),
];

#[test]
fn what_was_done_is_taken_back() {
    let named = |deed: &(&str, &[&str])| deed.0.to_owned();
    crate::support::each(DEEDS, named, |(text, words)| {
        let node = used();
        let before = Set::on(&node);
        let accounts = node.state("accounts.json");
        let keys = authorized_keys(&node);
        let key = |node: &Node| String::from_utf8(node.conf()).unwrap().contains(OLD_KEY);
        node.live(&[&node.script(text)]).json(0);
        let after = Set::on(&node);
        let preview = node.run(&["undo"]);
        preview.ends(0);
        // Lines are wrapped for the eye.
        let said = preview.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in *words {
            assert!(said.contains(word), "no `{word}` in {}", preview.out);
        }
        undo(&node, &[]).json(0);
        assert_eq!(Set::on(&node), before);
        assert_eq!(node.state("accounts.json"), accounts);
        assert_eq!(authorized_keys(&node), keys);
        assert!(key(&node), "the old token key is not back");
        let again = node.run(&["undo"]);
        again.stops(1, &["no live run to take back"]);
        node.run(&["undo", "1"]).stops(1, &["taken back already"]);
        // Taking back what took it back does it once more.
        if !text.contains("account.") {
            undo(&node, &["2"]).json(0);
            assert_eq!(Set::on(&node), after);
            undo(&node, &[]).json(0);
            assert_eq!(Set::on(&node), before);
        }
    });
}

#[test]
fn a_step_that_removes_an_account_has_its_name() {
    let node = used();
    let script = node.script(r#"account.ensure("anna", #{ locked: true });"#);
    node.live(&[&script]).json(0);
    let preview = node.run(&["undo"]);
    preview.ends(0);
    assert!(preview.out.contains("- account/anna "), "{}", preview.out);
}

#[test]
fn a_run_of_which_nothing_can_be_undone_is_not_taken_back() {
    for (script, words) in [
        (
            r#"node.delete_api_user("api");"#,
            "the Node API user api cannot be added again without its password",
        ),
        (
            r#"account.delete("anna");"#,
            "the account anna cannot be made again without its password",
        ),
    ] {
        let node = used();
        node.does("useradd", &["anna"]);
        node.live(&[&node.script(script)]).json(0);
        for more in [&[][..], &["--partial"]] {
            let message = format!("nothing more of run 1 can be undone: {words}");
            undo(&node, more).stops(1, &[&message]);
        }
        let listed = node.run(&["runs"]).out;
        assert!(!listed.contains("taken back"), "{listed}");
    }
}

#[test]
fn runs_are_taken_back_one_after_the_other_or_by_number() {
    let node = used();
    let states: Vec<Set> = ["/one", "/two", "/three"]
        .iter()
        .map(|path| {
            let state = Set::on(&node);
            let text = format!("conf.set_user(\"old\", #{{ absolute: \"{path}\" }});");
            node.live(&[&node.script(&text)]).json(0);
            state
        })
        .collect();
    for state in states.iter().rev() {
        undo(&node, &[]).json(0);
        assert_eq!(Set::on(&node), *state);
    }
    assert_eq!(last_run(&node), 6);
    node.run(&["undo", "9"]).stops(2, &["there is no run 9"]);
    let listed = node.run(&["runs"]);
    assert_eq!(
        listed.out.matches("taken back").count(),
        3,
        "{}",
        listed.out
    );
    assert!(
        listed.out.contains("undo of run 3 (site.rhai)"),
        "{}",
        listed.out
    );
}

#[test]
fn an_undo_of_an_undo_is_a_redo() {
    let node = used();
    node.live(&[&node.script("conf.set_user(\"old\", #{ absolute: \"/one\" });")])
        .json(0);
    for (run, name) in [
        ("1", "undo of run 1 (site.rhai)"),
        ("2", "redo of run 1 (site.rhai)"),
        ("3", "undo of run 3 (site.rhai)"),
        ("4", "redo of run 3 (site.rhai)"),
    ] {
        let receipt = undo(&node, &[run]).json(0);
        assert_eq!(receipt["script"]["name"], name);
    }
}

/// What another program did after a run, what the undo says, and what aspera.conf has after it.
const CHANGED_SINCE: &[(&[&str], &[&str], &[&str])] = &[
    (
        &["set_user_data;user_name,old;absolute,/theirs"],
        &["conf/user/old/absolute was changed since that run and is `/theirs` now"],
        &["<absolute>/theirs</absolute>"],
    ),
    (
        &["set_user_data;user_name,old;absolute,AS_NULL"],
        &["conf/user/old/absolute was changed since that run and is gone now"],
        &["<name>old</name>"],
    ),
    (
        &["set_user_data;user_name,old;token_encryption_key,hunter2hunter2"],
        &["conf/user/old/token_encryption_key was changed since that run and is another"],
        &["hunter2hunter2"],
    ),
    (
        &["set_user_data;user_name,u;read_allowed,false"],
        &["conf/user/u was changed since that run and is kept with `read_allowed`"],
        &["<name>u</name>", "<read_allowed>false</read_allowed>"],
    ),
    (
        &["set_user_data;user_name,u;absolute,/theirs"],
        &["conf/user/u was changed since that run and is kept with `absolute`"],
        &["<absolute>/theirs</absolute>"],
    ),
    (
        &["delete_user;user_name,old"],
        &[
            "conf/user/old/absolute was changed since that run and is gone now",
            "conf/user/old/token_encryption_key",
        ],
        &[],
    ),
];

#[test]
fn an_undo_leaves_what_another_program_changed_since() {
    let named = |case: &(&[&str], &[&str], &[&str])| case.0.concat();
    crate::support::each(CHANGED_SINCE, named, |(edits, words, kept)| {
        let node = used();
        let script = node.script(
            r#"
conf.set_user("u", #{ absolute: "/u" });
conf.set_user("old", #{ absolute: "/o", token_encryption_key: secret("env:FASPEX_TOKEN_KEY") });
conf.set_server(#{ server_name: "n" });
"#,
        );
        node.live(&[&script]).json(0);
        for edit in *edits {
            node.does("asconfigurator", &["-x", edit]);
        }
        let since = node.conf();
        let refused = undo(&node, &[]);
        refused.stops(1, &["run 1 cannot be undone completely", "--partial"]);
        refused.stops(1, words);
        assert!(!refused.err.contains("hunter2"), "{}", refused.err);
        assert_eq!(node.conf(), since);
        undo(&node, &["--partial"]).json(0);
        let left = String::from_utf8(node.conf()).unwrap();
        for text in *kept {
            assert!(left.contains(text), "no {text} in {left}");
        }
        // What is the run's own is undone all the same.
        for text in ["/u</", "/o</", "<server_name>n"] {
            assert!(!left.contains(text), "{text} in {left}");
        }
        // A user that another program deleted does not come back.
        let is_deleted = edits[0].starts_with("delete");
        assert_eq!(left.contains("<name>old</name>"), !is_deleted);
    });
}

/// Somebody put back by hand what the run had changed: nothing is left to do, nothing to say.
#[test]
fn what_another_program_put_back_is_not_said_to_be_changed() {
    let node = used();
    node.live(&[&node.script(r#"conf.set_user("old", #{ absolute: "/o" });"#)])
        .json(0);
    let edit = "set_user_data;user_name,old;absolute,/data/old";
    node.does("asconfigurator", &["-x", edit]);
    let undone = undo(&node, &[]).json(0);
    assert_eq!(undone["summary"]["change"], 0);
    assert!(!undone.to_string().contains("changed-since"));
}

#[test]
fn undo_asks_before_it_acts() {
    let node = used();
    node.live(&[&node.script(r#"conf.set_user("old", #{ absolute: "/x" });"#)])
        .json(0);
    node.lab.clear_calls().unwrap();
    node.run(&["undo", "--live"]).stops(2, &["--yes"]);
    node.run(&["undo", "--yes"]).stops(2, &["--live"]);
    node.run(&["undo", "--node", "blank:linux"]).stops(2, &[]);
    assert_eq!(node.acts(), [""; 0]);
}

/// A tool that did its work and says that it failed: the step is not in the
/// receipt, and is taken back all the same.
#[test]
fn a_step_that_was_taken_in_part_is_taken_back() {
    for fault in ["asconfigurator@2=fail-after", "asnodeadmin=fail-after"] {
        let node = Node::with("linux", |options| options.faults.push(fault.to_owned()));
        let before = Set::on(&node);
        node.live(&["faspex-node-linux"]).stops(3, &["`as"]);
        assert_ne!(Set::on(&node), before);
        node.lab.set_faults(&[]).unwrap();
        undo(&node, &[]).json(0);
        assert_eq!(Set::on(&node), before, "{fault}");
    }
}

#[test]
fn an_undo_that_failed_is_taken_up_again() {
    let node = Node::new("linux");
    let before = Set::on(&node);
    let file = plan(&node, &["faspex-node-linux"]);
    apply(&node, &file, &[]).json(0);
    node.lab.set_faults(&["asconfigurator=fail"]).unwrap();
    undo(&node, &[]).stops(3, &["asconfigurator"]);
    node.lab.set_faults(&[]).unwrap();
    let preview: Value = node.run(&["undo", "--format", "json"]).json(0);
    assert_eq!(
        preview["script"]["name"],
        "undo of run 1 (faspex-node-linux)"
    );
    undo(&node, &[]).json(0);
    assert_eq!(Set::on(&node), before);
}

#[test]
fn a_receipt_that_was_changed_is_not_trusted() {
    let node = used();
    for text in [
        r#"conf.set_user("old", #{ absolute: "/one" });"#,
        r#"conf.set_server(#{ server_name: "two" });"#,
    ] {
        node.live(&[&node.script(text)]).json(0);
    }
    let receipt = node.lab.dir().join("var/ascript/runs/2.json");
    let text = std::fs::read_to_string(&receipt).unwrap();
    std::fs::write(&receipt, text.replace("two", "etc")).unwrap();
    node.run(&["undo"]).stops(4, &["changed after it was made"]);
    let listed = node.run(&["runs"]).out;
    assert!(listed.contains("2  cannot be read"), "{listed}");
    // The others are as good as before.
    undo(&node, &["1"]).json(0);
}

#[test]
fn what_is_kept_is_the_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let node = used();
    node.live(&[&node.script(r#"conf.set_user("old", #{ absolute: "/x" });"#)])
        .json(0);
    let mut count = 0;
    for (path, _) in node.files() {
        if path.starts_with(node.lab.dir().join("var/ascript")) {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 3);
}

/// Kills a run in its third step.
fn killed_in_its_third_step(node: &Node) {
    node.lab.set_faults(&["asconfigurator@3=hang"]).unwrap();
    let script = node.script(
        r#"
conf.set_user("a", #{ absolute: "/a" });
conf.set_user("b", #{ absolute: "/b" });
conf.set_user("c", #{ absolute: "/c" });
conf.set_user("d", #{ absolute: "/d" });
"#,
    );
    let run = node.start(&[&script]);
    crate::support::until(|| node.has_started("asconfigurator -x set_user_data;user_name,c"));
    let tool = rustix::process::Pid::from_raw(node.last_pid()).unwrap();
    let mut run = run;
    run.kill().unwrap();
    run.wait().unwrap();
    rustix::process::kill_process(tool, rustix::process::Signal::KILL).unwrap();
    node.lab.set_faults(&[]).unwrap();
}

#[test]
fn the_receipt_of_a_killed_run_says_what_was_done() {
    let node = Node::new("linux");
    let before = Set::on(&node);
    killed_in_its_third_step(&node);
    let path = node.lab.dir().join("var/ascript/runs/1.json");
    let shown = crate::plans::show(&[path.to_str().unwrap(), "--format", "json"]);
    let receipt: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(receipt["summary"]["change"], 2);
    assert_eq!(receipt["failed"][0]["number"], 3);
    assert_eq!(
        receipt["failed"][0]["fault"]["message"],
        "the run was cut off in this step"
    );
    assert_eq!(receipt["not_reached"].as_array().unwrap().len(), 1);
    let listed = node.run(&["runs"]).out;
    assert!(
        listed.contains("2 changed, 1 failed, 1 not done"),
        "{listed}"
    );
    // Only what was started is undone.
    let preview = node.run(&["undo", "--format", "json"]).json(0);
    assert_eq!(preview["summary"]["change"], 2);
    assert_eq!(preview["summary"]["settled"], 1);
    undo(&node, &[]).json(0);
    assert_eq!(Set::on(&node), before);
}

#[test]
fn the_undo_of_an_earlier_run_names_the_later_ones_it_touches() {
    let node = used();
    for text in [
        r#"conf.set_user("u", #{ absolute: "/u" }); conf.set_server(#{ server_name: "n" });"#,
        r#"conf.set_user("u", #{ read_allowed: false });"#,
        r#"conf.set_user("w", #{ absolute: "/w" });"#,
    ] {
        node.live(&[&node.script(text)]).json(0);
    }
    let later = || -> Vec<String> {
        let preview = node.run(&["undo", "1", "--format", "json"]).json(0);
        let notes = preview["advisories"].as_array().unwrap().iter();
        let notes = notes.filter(|note| note["id"] == "later-run");
        notes
            .map(|note| note["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let notes = later();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("run 2 (site.rhai) changed conf/user/u/read_allowed afterwards"),
        "{notes:?}"
    );
    assert!(notes[0].ends_with("`ascript undo 2`"), "{notes:?}");
    undo(&node, &["2"]).json(0);
    assert_eq!(later(), [""; 0]);
}

/// The first run names the passwords of what its undo removed.
#[test]
fn an_undone_setup_is_done_again() {
    for platform in ["macos", "linux"] {
        let node = Node::new(platform);
        node.live(&[&format!("faspex-node-{platform}")]).json(0);
        let after = Set::on(&node);
        let accounts = node.state("accounts.json");
        undo(&node, &[]).json(0);
        undo(&node, &["2"]).json(0);
        assert_eq!(Set::on(&node), after, "{platform}");
        assert_eq!(node.state("accounts.json"), accounts, "{platform}");
        // The undo of that is the undo of the first run.
        undo(&node, &[]).json(0);
        undo(&node, &["4"]).json(0);
        assert_eq!(Set::on(&node), after, "{platform}");
    }
}

/// The undo leaves an empty section, which says no more than none.
#[test]
fn an_undone_plan_that_read_the_section_is_applied_again() {
    let node = Node::new("linux");
    let script = "conf.server();\nconf.set_server(#{ server_name: \"node1.example.com\" });";
    let file = plan(&node, &[&node.script(script)]);
    apply(&node, &file, &[]).json(0);
    undo(&node, &[]).json(0);
    apply(&node, &file, &[]).json(0);
}
