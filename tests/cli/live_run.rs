//! A live run at a terminal: the preview, one question, a line for each step, one last line.

use super::terminal::Screen;
use crate::support::Node;

const SCRIPT: &str = r#"
conf.set_server(#{ server_name: "n.example" });
conf.set_user("u", #{ absolute: "/u" });
service.restart("asperanoded");
"#;

/// Starts a command on a node at a terminal. Without colors, the text is plain.
fn screen(node: &Node, command: &str) -> Screen {
    let dir = node.lab.dir();
    let line = format!(
        "exec env NO_COLOR=1 ascript {command} --node {}",
        dir.display()
    );
    Screen::wide(&line, 60, dir)
}

fn changed(node: &Node) -> bool {
    String::from_utf8(node.conf())
        .unwrap()
        .contains("n.example")
}

#[test]
fn a_live_run_asks_once_and_says_each_step_and_the_result() {
    let node = Node::new("linux");
    let mut screen = screen(&node, &format!("run {} --live", node.script(SCRIPT)));
    let before = screen.shows("3 changes. Perform them? [y/N] ").to_owned();
    assert!(!changed(&node));
    screen.types("y\n");
    let (code, after) = screen.ends();
    assert_eq!(code, 0, "{after}");
    assert_eq!(before.matches("--- a/aspera.conf").count(), 1, "{before}");
    for line in [
        " 1  ~ conf/server  done",
        " 2  + conf/user/u  done",
        " 3  ~ service/asperanoded  done",
    ] {
        assert_eq!(after.matches(line).count(), 1, "{line}: {after}");
    }
    // No second copy of the preview, and no diff.
    assert!(!after.contains("--- a/"), "{after}");
    assert!(!after.contains("premises"), "{after}");
    let last = after.trim_end().lines().last().unwrap();
    let wanted = last_line(&node, "done: 3 changed");
    assert!(last.ends_with(&wanted), "{after}");
}

/// The last line of run 1, whose command can be pasted.
fn last_line(node: &Node, counts: &str) -> String {
    let folder = node.lab.dir().display();
    format!("{counts}, run 1; ascript undo 1 --node {folder} takes it back")
}

/// Answers, and the exit code of each.
const ANSWERS: &[(&str, i32)] = &[
    ("n\n", 1),
    ("\n", 1),
    ("yes please\n", 1),
    ("\u{4}", 1),
    ("\u{3}", 130),
];

#[test]
fn anything_but_yes_changes_nothing_and_is_no_success() {
    let node = Node::new("linux");
    let script = node.script(SCRIPT);
    let other = node.beside("other.rhai");
    std::fs::write(&other, r#"conf.set_user("w", #{ absolute: "/w" });"#).unwrap();
    node.live(&[&other]).json(0);
    let plan = node.beside("plan.json");
    node.run(&["plan", &script, "-o", &plan]).ends(0);
    let before = node.conf();
    let commands = [
        format!("run {script} --live"),
        format!("apply {plan}"),
        "undo --live".to_owned(),
    ];
    for command in commands {
        for (keys, wanted) in ANSWERS {
            let mut screen = screen(&node, &command);
            screen.shows("? [y/N] ");
            screen.types(keys);
            let (code, seen) = screen.ends();
            assert_eq!(code, *wanted, "{command} {keys:?}: {seen}");
            let word = if code == 1 {
                "nothing was changed"
            } else {
                "stopped on request"
            };
            assert!(seen.contains(word), "{command} {keys:?}: {seen}");
            assert_eq!(node.conf(), before);
        }
    }
}

#[test]
fn a_question_of_the_repl_that_is_not_answered_keeps_the_session() {
    for keys in ["n\n", "\u{4}", "\u{3}"] {
        let node = Node::new("linux");
        let mut screen = screen(&node, "repl");
        screen.shows("preview 0> ");
        screen.types("conf.set_server(#{ server_name: \"n.example\" });\r");
        screen.shows("preview 1> ");
        screen.types(":apply\r");
        screen.shows("1 change. Perform it? [y/N] ");
        screen.types(keys);
        screen.shows(if keys == "\u{3}" {
            "stopped on request"
        } else {
            "nothing was changed"
        });
        screen.shows("preview 1> ");
        screen.types(":apply --yes\r");
        screen.shows(&last_line(&node, "done: 1 changed"));
        screen.shows("preview 0> ");
        assert!(changed(&node));
        screen.types("\u{4}");
        assert_eq!(screen.ends().0, 0);
    }
}

#[test]
fn ctrl_c_at_a_manual_step_stops_the_run() {
    let node = Node::new("linux");
    let script = node.script(&format!("{SCRIPT}\nmanual.step(\"plug it in\");"));
    let mut screen = screen(&node, &format!("run {script} --live --yes"));
    screen.shows("Is it done? [y/N] ");
    screen.types("\u{3}");
    let (code, seen) = screen.ends();
    assert_eq!(code, 5, "{seen}");
    let last = "stopped: 3 changed, 1 not done, run 1; run it again to finish";
    assert!(seen.contains(last), "{seen}");
}

/// While a person reads the preview, another one does a part of it.
#[test]
fn a_run_that_differs_from_its_preview_says_so() {
    let node = Node::new("linux");
    let mut screen = screen(&node, &format!("run {} --live", node.script(SCRIPT)));
    screen.shows("Perform them?");
    node.does(
        "asconfigurator",
        &["-x", "set_server_data;server_name,n.example"],
    );
    screen.types("y\n");
    let (code, seen) = screen.ends();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("done, but not as previewed: "), "{seen}");
    let receipt = node.lab.dir().join("var/ascript/runs/1.json");
    assert!(
        std::fs::read_to_string(receipt)
            .unwrap()
            .contains("not-as-previewed")
    );
}

/// While a person reads the preview, another program edits aspera.conf.
#[test]
fn what_another_program_changes_before_the_answer_is_noted_or_stops_the_run() {
    for (edit, code, words) in [
        (
            "set_user_data;user_name,zoe;absolute,/z",
            0,
            "conf/user/zoe (added)",
        ),
        (
            "set_server_data;server_name,theirs",
            4,
            "conf/server/server_name (not set → `theirs`)",
        ),
    ] {
        let node = Node::new("linux");
        let mut screen = screen(&node, &format!("run {} --live", node.script(SCRIPT)));
        screen.shows("Perform them?");
        node.does("asconfigurator", &["-x", edit]);
        let edited = node.conf();
        screen.types("y\n");
        let (ended, seen) = screen.ends();
        assert_eq!(ended, code, "{seen}");
        assert!(seen.contains("another program changed"), "{seen}");
        assert!(seen.contains(words), "{seen}");
        assert_eq!(code == 4, node.conf() == edited);
        assert_eq!(
            code == 4,
            !node.lab.dir().join("var/ascript/runs/1.json").exists()
        );
    }
}

#[test]
fn a_failed_run_says_how_far_it_came() {
    let node = Node::faulty("linux", "systemctl=fail");
    let done = node.run(&["run", &node.script(SCRIPT), "--live", "--yes"]);
    let last = last_line(&node, "failed: 2 changed, 1 failed");
    done.stops(3, &[&format!("\n{last}\n")]);
    assert!(
        done.out.contains("3  ~ service/asperanoded  FAILED"),
        "{}",
        done.out
    );
    let both = format!("{}{}", done.out, done.err);
    let reasons = both.matches("`systemctl` failed with exit code 1").count();
    assert_eq!(reasons, 1, "{both}");
}

#[test]
fn a_json_document_is_alone_on_standard_output() {
    let node = Node::new("linux");
    let done = node.live(&[&node.script(SCRIPT)]);
    done.json(0);
    let last = last_line(&node, "done: 3 changed");
    assert_eq!(done.err, format!("{last}\n"));
    let again = node.run(&[
        "run",
        "faspex-node-linux",
        "--live",
        "--yes",
        "-q",
        "--format",
        "json",
    ]);
    assert_eq!(again.err, "");
}

#[test]
fn ctrl_c_at_the_question_for_a_secret_stops_at_once() {
    let node = Node::new("linux");
    let script = node.script(
        r#"conf.set_user("u", #{ token_encryption_key: secret("prompt:the token key") });"#,
    );
    let before = node.conf();
    let mut screen = screen(&node, &format!("run {script} --live"));
    screen.shows("Perform it? [y/N] ");
    screen.types("y\n");
    screen.shows("the token key: ");
    screen.types("half of it\u{3}");
    let (code, seen) = screen.ends();
    assert_eq!(code, 130, "{seen}");
    assert!(seen.contains("stopped on request"), "{seen}");
    assert!(!seen.contains("half of it"), "{seen}");
    assert_eq!(node.conf(), before);
}

/// Nothing on this node restarts a service, so a person does; another process verifies it.
#[test]
fn a_restart_by_hand_is_asked_for_and_verified() {
    for (restarts, wanted) in [(true, 0), (false, 3)] {
        let node = Node::with("linux", |options| "none".clone_into(&mut options.services));
        let script = node.script(
            "conf.set_fallback(#{ http: 8081 });\nservice.refresh(\"asperahttpd\");\nconf.set_node(#{});",
        );
        let command = format!("run {script} --live --yes --timeout 1s");
        let mut screen = screen(&node, &command);
        screen.shows("Is it done? [y/N] ");
        if restarts {
            node.does("asperahttpd", &[]);
        }
        screen.types("y\n");
        let (code, seen) = screen.ends();
        assert_eq!(code, wanted, "{seen}");
        assert_eq!(seen.contains("still runs"), !restarts, "{seen}");
    }
}
