//! `ascript call`: the requests of each format, kept as files, get the answers that are kept with
//! them. With `ASCRIPT_BLESS=1` the answers are written anew.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::schema::{keeps, keeps_the_schema};
use crate::support::{ASCRIPT, Done, Node};
use crate::transcript::shell;

/// A secret that only a request has.
const KEY: &str = "Call+Key/=.~_-0Canary";

/// Sends a request to `ascript call -`, in an environment without secrets.
fn call(request: &Value) -> Done {
    let mut command = Command::new(ASCRIPT);
    command.args(["call", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(request.to_string().as_bytes()).unwrap();
    drop(input);
    Done::of(process.wait_with_output().unwrap())
}

/// The request with the answers and the node that it refers to.
fn filled(request: &Value, answers: &[String], node: &Node) -> Value {
    let mut request = request.clone();
    let keys = request.as_object_mut().unwrap();
    let takes_node = !matches!(keys["command"].as_str(), Some("show" | "check" | "version"));
    if takes_node {
        keys.insert("node".to_owned(), json!(node.lab.dir()));
    }
    for value in keys.values_mut() {
        for (number, answer) in (1..).zip(answers) {
            if *value == json!(format!("‹answer {number}›")) {
                *value = json!(answer);
            }
        }
    }
    request
}

/// The exchanges of a file on a new node, with the answers of this version.
fn performed(kept: &Value) -> Value {
    let node = Node::new("linux");
    let mut answers = Vec::new();
    let exchanges = kept.as_array().unwrap().iter().map(|exchange| {
        let request = filled(&exchange["request"], &answers, &node);
        keeps("request.schema.json", &request.to_string());
        let done = call(&request);
        assert!(
            !format!("{}{}", done.out, done.err).contains(KEY),
            "{done:?}"
        );
        let mut answer = keeps("answer.schema.json", &done.out);
        let kind = answer["kind"].as_str().unwrap().to_owned();
        let is_run = ["preview", "plan", "receipt"].contains(&&*kind);
        if is_run && answer.get("want").is_none() {
            keeps_the_schema(&done.out);
        }
        answers.push(done.out);
        answer["tool"]["version"] = json!("…");
        let answer = answer.to_string();
        let answer = answer.replace(node.lab.dir().to_str().unwrap(), "LAB");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        json!({ "request": exchange["request"], "code": done.code, "answer": answer })
    });
    exchanges.collect()
}

#[test]
fn every_kept_request_gets_its_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/call/1");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let performed = performed(&kept);
        if std::env::var_os("ASCRIPT_BLESS").is_some() {
            let text = serde_json::to_string_pretty(&performed).unwrap();
            fs::write(&path, text + "\n").unwrap();
        } else {
            assert_eq!(performed, kept, "{}", path.display());
        }
        count += 1;
    }
    assert!(count > 3, "only {count} files");
}

#[test]
fn a_secret_of_a_request_reaches_the_tool_and_nothing_else() {
    let node = Node::new("linux");
    let done = call(&json!({
        "format": 1, "command": "run", "live": true, "node": node.lab.dir(),
        "text": r#"conf.set_user("anna", #{ token_encryption_key: secret("env:CALL_KEY") });"#,
        "secrets": { "env:CALL_KEY": KEY },
    }));
    let receipt = done.json(0);
    assert_eq!(receipt["kind"], "receipt");
    assert!(!format!("{}{}", done.out, done.err).contains(KEY));
    let with_key = node.files().into_iter().filter(|(_, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(KEY)
    });
    let with_key: Vec<_> = with_key.map(|(path, _)| path).collect();
    assert_eq!(with_key, [node.lab.conf()]);
    assert!(!node.acts().concat().contains(KEY));
}

#[test]
fn a_plan_may_come_back_as_its_text_or_as_a_document_written_anew() {
    let node = Node::new("linux");
    let request = json!({
        "format": 1, "command": "plan", "node": node.lab.dir(),
        "text": r#"conf.set_user("ännä", #{ absolute: "/a" });"#,
    });
    let text = call(&request).out;
    let document: Value = serde_json::from_str(&text).unwrap();
    let rehearse = |plan: Value| {
        call(&json!({ "format": 1, "command": "apply", "node": node.lab.dir(), "plan": plan }))
    };
    assert_eq!(rehearse(json!(text)).json(0)["kind"], "preview");
    assert_eq!(rehearse(document.clone()).json(0)["kind"], "preview");
    let edits: [fn(&mut Value); 4] = [
        |plan| plan["steps"][0]["moves"][0]["after"] = json!("/evil"),
        |plan| plan["seal"] = json!("sha256:0"),
        |plan| plan["summary"]["change"] = json!(0),
        |plan| plan["more"] = json!(1),
    ];
    for (number, edit) in edits.iter().enumerate() {
        let mut edited = document.clone();
        edit(&mut edited);
        let fault = &rehearse(edited).json(4)["fault"];
        assert_eq!(fault["kind"], "stale", "edit {number}: {fault}");
    }
}

#[test]
fn the_python_wrapper_of_the_manual_works_as_printed() {
    let page = include_str!("../docs/wrappers.md");
    let (_, rest) = page.split_once("```python\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(dir.path().join("wrapper.py"), program).unwrap();
    let lines = "ascript lab ./lab --platform linux > lab.txt; python3 wrapper.py";
    let done = Done::of(shell(lines, dir.path()));
    done.ends(0);
    assert_eq!(done.out, "run 1 changed 1\n");
}
