//! The login of a URL is a secret wherever it is written in aspera.conf: no command shows it, in
//! any format or encoding.

use crate::secrecy::encodings;
use crate::support::{Done, Node};

/// A login in each place of a file, as it is written and as it is meant.
const PLANTED: &[(&str, &str)] = &[
    (
        "DOCROOTKEY:doc%2Froot%2Bsecret%3D",
        "DOCROOTKEY:doc/root+secret=",
    ),
    ("CONTEXTKEY:context%2Fsecret", "CONTEXTKEY:context/secret"),
    ("RAWKEY:raw/slash+secret==", "RAWKEY:raw/slash+secret=="),
    ("UNKNOWNKEY:unknownsecret", "UNKNOWNKEY:unknownsecret"),
    (
        "ATTRIBUTEKEY:attributesecret",
        "ATTRIBUTEKEY:attributesecret",
    ),
    ("COMMENTKEY:commentsecret", "COMMENTKEY:commentsecret"),
    ("CDATAKEY:cdatasecret", "CDATAKEY:cdatasecret"),
    ("ENTITYKEY&#58;entity&amp;secret", "ENTITYKEY:entity&secret"),
    ("LISTKEY:listsecret", "LISTKEY:listsecret"),
    ("SWITCHKEY:switchsecret", "SWITCHKEY:switchsecret"),
];

/// aspera.conf with all of them near what the script changes.
fn conf() -> String {
    let [
        docroot,
        context,
        raw,
        unknown,
        attribute,
        comment,
        cdata,
        entity,
        list,
        switch,
    ] = std::array::from_fn(|index| PLANTED[index].0);
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<CONF version=\"2\">\n<default>\n\
         <file_system><access><paths><path>\n\
         <absolute>azu://{docroot}@blob.example.net/everyone</absolute>\n\
         <read_allowed>true</read_allowed>\n</path></paths></access>\n\
         <storage url='s3://{attribute}@host/a'/>\n\
         <!-- was s3://{comment}@host/c -->\n\
         <mount>s3://{unknown}@host/u</mount>\n</file_system>\n\
         <transfer>\n<validation_threshold>s3://{switch}@host</validation_threshold>\n\
         <validation_uri>https://{context}@host/v</validation_uri>\n</transfer>\n</default>\n\
         <aaa><realms><realm><users><user>\n<name>anna</name>\n\
         <file_system><access><paths><path>\n\
         <absolute>s3&#x3a;//{entity}&#64;host/e</absolute>\n\
         <write_allowed>true</write_allowed>\n</path></paths></access>\n\
         <file_restriction>|file:////data/*|s3://{list}@host/*</file_restriction>\n\
         <comment><![CDATA[s3://{cdata}@host/d]]></comment>\n</file_system>\n</user>\n\
         <user>\n<name>berta</name>\n<file_system><access><paths><path>\n\
         <absolute>s3://{raw}@host/r</absolute>\n\
         </path></paths></access></file_system>\n</user>\n\
         </users></realm></realms></aaa>\n</CONF>\n"
    )
}

const SCRIPT: &str = r#"
conf.set_node(#{ absolute: "/srv/everyone", read_allowed: "false" });
conf.set_user("anna", #{ write_allowed: false, absolute: "/srv/anna" });
print(conf.user("berta").absolute);
advise(`docroots ${conf.user("berta")} ${conf.node()}`);
conf.delete_user("berta");
print(conf.set_node(#{ validation_uri: () }).before);
"#;

/// Fails with the value of a setting in its message.
const FAILING: &str = r#"
let docroot = conf.user("anna").absolute;
ensure(docroot == "/srv/anna", `it is ${docroot}`);
"#;

fn node() -> Node {
    let node = Node::new("linux");
    node.set_conf(conf());
    node
}

#[track_caller]
fn shows_none(what: &str, text: &str) {
    for (written, meant) in PLANTED {
        shows_no_part_of(what, written, text);
        shows_no_part_of(what, meant, text);
    }
}

#[track_caller]
fn shows_no_part_of(what: &str, login: &str, text: &str) {
    let (_, password) = login.split_once([':', ';']).unwrap();
    for form in [login, password].into_iter().flat_map(encodings) {
        assert!(!text.contains(&form), "{what} shows {form}:\n{text}");
    }
}

/// Runs a command; returns what it printed.
#[track_caller]
fn run(node: &Node, args: &[&str]) -> Done {
    let done = node.run(args);
    shows_none(&args.join(" "), &format!("{}\n{}", done.out, done.err));
    done
}

#[test]
fn no_command_shows_a_login_of_aspera_conf() {
    let node = node();
    let script = node.script(SCRIPT);
    let plan = crate::plans::plan(&node, &[&script]);
    shows_none("the plan", &std::fs::read_to_string(&plan).unwrap());
    for format in ["text", "json", "markdown", "html"] {
        let done = run(&node, &["run", &script, "-v", "--format", format]);
        done.ends(0);
        assert!(
            done.out
                .contains("azu://‹secret›@blob.example.net/everyone")
        );
        let shown = crate::plans::show(&[&plan, "--format", format]);
        shows_none("show", &shown.out);
        run(&node, &["apply", &plan, "--rehearse", "--format", format]).ends(0);
    }
    let before = node.conf();
    run(
        &node,
        &["run", &script, "--live", "--yes", "--format", "json"],
    )
    .ends(0);
    for file in ["runs/1.json", "journal"] {
        let file = node.lab.dir().join("var/ascript").join(file);
        shows_none("a file", &std::fs::read_to_string(file).unwrap_or_default());
    }
    for format in ["text", "json", "markdown", "html"] {
        run(&node, &["undo", "-v", "--format", format]).ends(0);
    }
    run(&node, &["runs"]).ends(0);
    run(&node, &["undo", "--live", "--yes", "-v"]).ends(0);
    // Undo restores what no report can show.
    let restored = String::from_utf8(node.conf()).unwrap();
    for (written, _) in [PLANTED[0], PLANTED[1], PLANTED[2]] {
        assert!(String::from_utf8_lossy(&before).contains(written));
        assert!(restored.contains(written), "{restored}");
    }
}

#[test]
fn no_fault_shows_a_login() {
    let node = node();
    let script = node.script(FAILING);
    for format in ["text", "json", "markdown", "html"] {
        let done = run(&node, &["run", &script, "--format", format]);
        done.ends(1);
        assert!(done.err.contains("s3://‹secret›@host/e"), "{}", done.err);
    }
    // A value that the server refuses is quoted.
    let conf = conf().replace(
        "<user>",
        "<user><transfer><in><bandwidth><flow><target_rate>\
         <cap>s3://LISTKEY:listsecret@host</cap></target_rate></flow></bandwidth></in></transfer>",
    );
    node.set_conf(conf);
    run(&node, &["run", &script]);
    let script = node.script(SCRIPT);
    run(&node, &["run", &script]);
}

#[test]
fn a_snapshot_holds_no_login_and_reads_as_its_node() {
    let node = node();
    let script = node.script(SCRIPT);
    let file = node.beside("node.json");
    run(&node, &["snapshot", "-q", "--for", &script, "-o", &file]).ends(0);
    let snapshot = std::fs::read_to_string(&file).unwrap();
    shows_none("the snapshot", &snapshot);
    let on_node = run(&node, &["run", &script, "--format", "json"]).json(0);
    let mut on_file = std::process::Command::new(crate::support::ASCRIPT);
    on_file.args(["run", &script, "--format", "json", "--node", &file]);
    let on_file = Done::of(on_file.output().unwrap()).json(0);
    for part in ["observations", "steps", "conf_diff", "advisories"] {
        assert_eq!(on_node[part], on_file[part], "{part}");
    }
}

/// A script that sets a docroot with the login `S3_LOGIN`, as a part and as a whole.
const SETTING: &str = r#"
conf.set_user("carl", #{ absolute: `s3://${secret("env:S3_LOGIN")}@store.example.net/inbox` });
conf.set_user("dora", #{ absolute: secret("env:S3_URL") });
advise(`carl has ${conf.user("carl").absolute}`);
"#;

const LOGIN: &str = "S3KEYID:s3%2Fsecret%3D";

/// A command with the login in its environment; returns what it printed.
#[track_caller]
fn with_login(node: &Node, args: &[&str]) -> Done {
    let mut command = node.ascript(args);
    command.env("S3_LOGIN", LOGIN);
    command.env("S3_URL", format!("s3://{LOGIN}@store.example.net/outbox"));
    let done = Done::of(command.output().unwrap());
    shows_no_part_of("a command", LOGIN, &format!("{}{}", done.out, done.err));
    shows_no_part_of(
        "a command",
        "S3KEYID:s3/secret=",
        &format!("{}{}", done.out, done.err),
    );
    done
}

#[test]
fn a_login_that_is_set_is_in_aspera_conf_only() {
    let node = Node::new("linux");
    let script = node.script(SETTING);
    for format in ["text", "json", "markdown", "html"] {
        let done = with_login(&node, &["run", &script, "--format", format]);
        done.ends(0);
        let hidden = done.out.matches("s3://‹secret›@store.example.net/inbox");
        assert!(hidden.count() >= 2, "the value and the diff: {}", done.out);
    }
    let plan = crate::plans::plan(&node, &[&script]);
    with_login(&node, &["apply", &plan, "--yes", "-v"]).ends(0);
    let conf = String::from_utf8(node.conf()).unwrap();
    assert!(conf.contains(&format!("<absolute>s3://{LOGIN}@store.example.net/inbox<")));
    assert!(conf.contains(&format!("<absolute>s3://{LOGIN}@store.example.net/outbox<")));
    let files = node.files().into_iter();
    for (path, bytes) in files.filter(|(path, _)| !path.ends_with("etc/aspera.conf")) {
        let name = path.display().to_string();
        shows_no_part_of(&name, LOGIN, &String::from_utf8_lossy(&bytes));
    }
    let calls = node.lab.dir().join("var/lab/calls.log");
    shows_no_part_of(
        "an argument",
        LOGIN,
        &std::fs::read_to_string(calls).unwrap(),
    );
    // The same again is settled, on a snapshot too; another login is a change.
    let again = with_login(&node, &["run", &script, "--format", "json"]).json(0);
    assert_eq!(again["summary"]["settled"], 2, "{again:#}");
    let file = node.beside("node.json");
    with_login(&node, &["snapshot", "-q", "-o", &file]).ends(0);
    let mut on_file = std::process::Command::new(crate::support::ASCRIPT);
    on_file.args(["run", &script, "--format", "json", "--node", &file]);
    on_file
        .env("S3_LOGIN", "another")
        .env("S3_URL", format!("s3://{LOGIN}@store.example.net/outbox"));
    let on_file = Done::of(on_file.output().unwrap()).json(0);
    assert_eq!(on_file["steps"][0]["kind"], "change");
    assert_eq!(on_file["steps"][1]["kind"], "settled", "{on_file:#}");
    with_login(&node, &["undo", "--live", "--yes"]).ends(0);
    assert!(!node.does("asuserdata", &["-a"]).contains("carl"));
}

/// A tool that quotes aspera.conf does not reveal the logins in it.
#[test]
fn a_tool_that_quotes_aspera_conf_does_not_reveal_it() {
    let node = node();
    node.replace(
        "asconfigurator",
        "cat \"${0%/*}/../etc/aspera.conf\" >&2; exit 1",
    );
    let script = node.script(SCRIPT);
    run(&node, &["run", &script, "--live", "--yes", "-v"]).ends(3);
    run(&node, &["runs", "--format", "json"]).ends(0);
}

/// A tool that repeats its input, decoded or not, does not reveal the login.
#[test]
fn a_tool_that_repeats_a_login_does_not_reveal_it() {
    for repeat in ["cat", "sed 's/%2F/\\//g; s/%3D/=/g'", "sed 's/.*KEYID://'"] {
        let node = Node::new("linux");
        node.replace("asconfigurator", &format!("{repeat} >&2; exit 1"));
        let script = node.script(SETTING);
        with_login(&node, &["run", &script, "--live", "--yes", "-v"]).ends(3);
    }
}

/// A reading shows a login only as a mark, so a plan notices every other part of the value.
#[test]
fn a_plan_notices_what_changes_beside_the_login() {
    let node = node();
    let script = node.script(SCRIPT);
    let plan = crate::plans::plan(&node, &[&script]);
    let changed = conf().replace("@blob.example.net/everyone", "@blob.example.net/other");
    node.set_conf(changed);
    let done = run(&node, &["apply", &plan, "--yes"]);
    done.stops(
        4,
        &[
            "conf/node/absolute",
            "azu://‹secret›@blob.example.net/other",
        ],
    );
}
