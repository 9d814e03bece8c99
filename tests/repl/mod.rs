//! Interactive sessions: a saved session stages the same steps, an input that fails stages none,
//! and what is applied is read back.

mod complete;
mod manual;
mod terminal;

use crate::support::{Done, Node, SECRETS};
use crate::transcript::shell;

/// Sessions, and the modules beside them.
const SESSIONS: &[(&str, &str)] = &[
    ("nothing but a question", "conf.users()"),
    (
        "functions, one of them written anew",
        "fn f(u) { conf.set_user(u, #{ absolute: \"/a\" }) }\nfn f(u) { conf.set_user(u, #{ absolute: \"/b\" }) }\nf(\"anna\")",
    ),
    (
        "imports of both kinds",
        "import \"std/faspex\" as faspex;\nimport \"own\" as own;\nfn f() { own::cap(\"anna\") }\nf()\nown::cap(\"ben\");",
    ),
    (
        "parameters, declared and given",
        "const PARAMS = #{ user: #{ type: \"name\", default: \"anna\", help: \"a \\\"user\\\"\" }, kind: #{ type: \"choice\", values: [\"a\", \"b\"], default: \"b\", help: \"\" } }; let n = 1;\n:params rate=50000\n:params key=env:FASPEX_TOKEN_KEY\nconf.set_user(params.user, #{ absolute: `/srv/${params.kind}`, transfer_out_bandwidth_flow_target_rate_cap: params.rate, token_encryption_key: params.key })\n:params user=carla",
    ),
    (
        "random secrets after one that was taken back",
        "node.add_api_user(\"a\", #{ transfer_user: \"x\", password: token.random_key(20) })\n:undo\nnode.add_api_user(\"b\", #{ transfer_user: \"x\", password: token.random_key(20) })",
    ),
    (
        "statements that end in every way",
        "let m = #{ a: 1 } // a map\nif m.a == 1 { conf.set_node(#{ read_allowed: true }) }\nfor u in [\"a\", \"b\"] {\n  conf.set_user(u, #{ absolute: \"/\" + u })\n}\nlet t = `several\nlines`\nm\n/* a comment */ advise(t)",
    ),
    (
        "a bundled script",
        ":run faspex-node-linux\nconf.set_node(#{ read_allowed: false })",
    ),
];

const OWN: &str =
    "fn cap(user) { conf.set_user(user, #{ transfer_out_bandwidth_flow_target_rate_cap: 20000 }) }";

/// What a plan reads and does, wherever its script comes from.
fn work(json: &str) -> [serde_json::Value; 2] {
    let plan: serde_json::Value = serde_json::from_str(json).unwrap();
    ["observations", "change_digest"].map(|key| plan[key].clone())
}

#[test]
fn a_saved_session_has_the_same_plan() {
    for (name, lines) in SESSIONS {
        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| std::fs::write(dir.path().join(file), text).unwrap();
        write("own.rhai", OWN);
        write(
            "lines",
            &format!("{lines}\n:plan --format json\n:save saved.rhai\n"),
        );
        let run = |line: &str| Done::of(shell(line, dir.path()));
        let session = run("ascript repl -q --node blank:linux < lines");
        session.ends(0);
        run("ascript fmt --check saved.rhai").ends(0);
        let plan = run("ascript plan saved.rhai --node blank:linux");
        plan.ends(0);
        let json = &session.out[session.out.find("{\n  \"format\"").unwrap()..];
        let json = &json[..json.find("\n}\n").unwrap() + 2];
        assert_eq!(work(json), work(&plan.out), "{name}");
    }
}

#[test]
fn a_session_that_a_script_cannot_repeat_is_not_saved() {
    let dir = tempfile::tempdir().unwrap();
    let lines = "fn f() { conf.set_node(#{ read_allowed: true }) }\nf();\nfn f() { conf.set_node(#{ write_allowed: true }) }\nf();\n:save saved.rhai\n";
    std::fs::write(dir.path().join("lines"), lines).unwrap();
    let done = Done::of(shell(
        "ascript repl -q --node blank:linux < lines",
        dir.path(),
    ));
    done.stops(
        1,
        &["cannot be saved as one script", "defines all functions"],
    );
    assert!(!dir.path().join("saved.rhai").exists());
}

fn session(node: &Node, lines: &str) -> Done {
    let path = node.beside("lines");
    std::fs::write(&path, lines).unwrap();
    let mut command = node.ascript(&["repl"]);
    command.stdin(std::fs::File::open(path).unwrap());
    Done::of(command.output().unwrap())
}

#[test]
fn after_apply_the_node_is_read_back_and_the_session_starts_again() {
    let node = Node::new("linux");
    let done = session(
        &node,
        "let user = \"anna\";\nfn key() { secret(\"env:FASPEX_TOKEN_KEY\") }\nconf.set_user(user, #{ absolute: \"/srv\", token_encryption_key: key() });\n:apply --yes\n:history\nconf.set_user(user, #{ absolute: \"/srv\", token_encryption_key: key() }).changed\n",
    );
    done.ends(0);
    let undo = format!("ascript undo 1 --node {}", node.lab.dir().display());
    assert!(
        done.out
            .contains(&format!("\ndone: 1 changed, run 1; {undo} takes it back\n")),
        "{}",
        done.out
    );
    let rest = done.out.split("  already as wanted\n").nth(1);
    assert!(
        rest.is_some_and(|rest| rest.ends_with("\nfalse\n")),
        "{}",
        done.out
    );
    assert!(!done.out.contains("* -:3"), "{}", done.out);
    let conf = String::from_utf8(node.conf()).unwrap();
    assert!(conf.contains("<absolute>/srv</absolute>"));
    assert!(!done.out.contains(SECRETS[3].1) && !done.err.contains(SECRETS[3].1));
    let runs = node.run(&["runs"]);
    assert!(runs.out.contains("repl"), "{}", runs.out);
}

#[test]
fn a_session_saved_after_apply_has_the_applied_lines_too() {
    let node = Node::new("linux");
    let saved = node.beside("saved.rhai");
    let lines = format!(
        "let user = \"anna\";\nlet done = conf.set_user(user, #{{ read_allowed: true }});\nprint(done.changed);\n:apply --yes\n:history\nconf.set_user(user, #{{ write_allowed: true }});\n:save {saved}\n"
    );
    let done = session(&node, &lines);
    done.ends(0);
    assert!(done.out.contains("= -:2      let done"), "{}", done.out);
    let text = std::fs::read_to_string(saved).unwrap();
    assert!(
        text.ends_with(
            "let user = \"anna\";\nlet done = conf.set_user(user, #{ read_allowed: true });\nprint(done.changed);\nconf.set_user(user, #{ write_allowed: true });\n"
        ),
        "{text}"
    );
}

#[test]
fn nothing_is_applied_without_confirmation() {
    let node = Node::new("linux");
    let before = node.files();
    let done = session(&node, "conf.set_node(#{ read_allowed: true });\n:apply\n");
    done.stops(2, &["asks for confirmation"]);
    assert_eq!(node.files(), before);
    let done = session(&node, "conf.users()\n:apply --yes\n");
    done.stops(2, &["nothing is staged"]);
}

#[test]
fn steps_stay_staged_when_apply_fails() {
    let node = Node::faulty("linux", "asnodeadmin=fail");
    let lines = "conf.set_node(#{ read_allowed: true });\nnode.add_api_user(\"a\", #{ transfer_user: \"x\", password: secret(\"env:FASPEX_NODE_PASSWORD\") });\n:apply --yes\n";
    let done = session(&node, lines);
    assert_ne!(done.code, 0);
    assert!(!done.err.contains("panicked"), "{}", done.err);
    assert!(done.err.contains("Staged steps are kept"), "{}", done.err);
}

#[test]
fn a_session_moves_to_another_node_completely_or_not_at_all() {
    let node = Node::new("macos");
    let lines = format!(
        "conf.set_user(\"anna\", #{{ absolute: \"/srv/x\" }})\n:node {}\n:plan\n:node /nowhere\n",
        node.lab.dir().display()
    );
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lines"), lines).unwrap();
    let done = Done::of(shell(
        "ascript repl -q --node blank:linux < lines",
        dir.path(),
    ));
    done.stops(2, &["/nowhere does not exist"]);
    assert!(done.out.contains("(macOS)"), "{}", done.out);
}
