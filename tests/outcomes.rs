//! What a script can catch: a refusal, and it may go another way. A failed step stays a failure
//! of the run, and what is not known ends it.

use std::process::Stdio;

use serde_json::Value;

use crate::support::{ASCRIPT, Done, Node, each};

/// Two steps, of which the script catches the fault of the first.
const CAUGHT: &str = r#"
let caught = "";
try { conf.set_user("u", #{ absolute: "/data/u" }); } catch (e) { caught = e.kind; }
conf.set_server(#{ server_name: "n" });
if caught == params.kind { advise("caught", #{ id: "caught" }); }
const PARAMS = #{ kind: #{ type: "string" } };
"#;

/// What the first tool does wrong, and the kind of its fault.
const FAILURES: &[(&str, &str)] = &[
    ("asconfigurator@1=fail", "node"),
    ("asconfigurator@1=fail-after", "node"),
    ("asconfigurator@1=lie", "contradicted"),
];

#[test]
fn a_caught_failure_stays_the_fault_of_the_run() {
    let named = |case: &(&str, &str)| case.0.to_owned();
    each(FAILURES, named, |(fault, kind)| {
        let node = Node::new("linux");
        let before = node.conf();
        node.lab.set_faults(&[fault]).unwrap();
        let script = node.script(CAUGHT);
        let done = node.live(&[&script, "--set", &format!("kind={kind}")]);
        done.stops(3, &["the script caught this and went on"]);
        let receipt = done.json(3);
        assert_eq!(receipt["fault"]["kind"], *kind);
        assert_eq!(receipt["failed"][0]["number"], 1);
        assert_eq!(receipt["failed"][0]["fault"]["kind"], *kind);
        assert_eq!(receipt["summary"]["change"], 1, "the second step is done");
        assert!(receipt["advisories"].to_string().contains("caught"));
        let listed = node.run(&["runs"]).out;
        assert!(listed.contains("stopped:"), "{listed}");
        // The failed step may have been done, so it is undone too.
        node.lab.set_faults(&[]).unwrap();
        node.run(&["undo", "--live", "--yes"]).ends(0);
        let settings = |conf: Vec<u8>| String::from_utf8(conf).unwrap().contains("/data/u");
        assert_eq!(settings(node.conf()), settings(before));
    });
}

#[test]
fn a_failure_that_the_script_rewords_is_still_one() {
    let node = Node::faulty("linux", "asconfigurator=fail");
    let script = node.script(
        r#"try { conf.set_user("u", #{ absolute: "/u" }); } catch (e) { throw "no luck"; }"#,
    );
    let done = node.live(&[&script]);
    done.stops(3, &["asconfigurator", "no luck"]);
    assert_eq!(done.json(3)["fault"]["kind"], "node");
}

#[test]
fn a_caught_refusal_is_no_fault() {
    let node = Node::new("linux");
    let script = node.script(
        r#"
try { conf.set_user("u", #{ absolute: "/a;b" }); } catch (e) { conf.set_user("u", #{ absolute: "/a" }); }
"#,
    );
    let receipt = node.live(&[&script]).json(0);
    assert_eq!(receipt["fault"], Value::Null);
    assert_eq!(receipt["failed"], Value::Null);
}

/// A snapshot that has aspera.conf and no account.
const SNAPSHOT: &str = "no-accounts.json";

/// Scripts that try to go on without the state that the snapshot lacks.
const CATCHING: &[&str] = &[
    r#"try { account.ensure("u", #{ full_name: "U" }); } catch {} conf.set_user("u", #{ absolute: "/u" });"#,
    r#"fn has(name) { try { account.get(name) } catch { () } } if has("u") == () { conf.set_user("u", #{ absolute: "/u" }); }"#,
    r#"import "std/users" as users; try { users::add("u", #{ docroot: "/u" }); } catch {} conf.set_user("u", #{ absolute: "/u" });"#,
    // The engine drops the errors of a closure that sorts.
    r#"let names = ["b", "a"]; names.sort(|a, b| { account.get(a); 1 }); conf.set_user("u", #{ absolute: "/u" });"#,
    r#"try { ["u"].map(|name| account.get(name)); } catch {} conf.set_user("u", #{ absolute: "/u" });"#,
];

#[test]
fn a_caught_unknown_is_no_plan() {
    let node = Node::new("linux");
    let snapshot = node.beside(SNAPSHOT);
    node.run(&["snapshot", "-q", "-o", &snapshot]).ends(0);
    for text in CATCHING {
        let script = node.script(text);
        for command in ["run", "plan"] {
            let mut run = std::process::Command::new(ASCRIPT);
            run.args([command, &script, "--node", &snapshot]);
            let done = Done::of(run.stdin(Stdio::null()).output().unwrap());
            done.stops(
                3,
                &["the snapshot does not contain account/", "site.rhai:1:"],
            );
            assert!(!done.out.contains("conf/user/u"), "{text}: {}", done.out);
        }
    }
}

#[test]
fn a_caught_reading_that_failed_ends_a_live_run() {
    for fault in ["getent=fail", "asnodeadmin=read-fail"] {
        let node = Node::faulty("linux", fault);
        let script = node.script(
            r#"
conf.set_server(#{ server_name: "n" });
try { account.get("u"); node.api_users(); } catch {}
conf.set_user("u", #{ absolute: "/u" });
"#,
        );
        node.live(&[&script]).stops(3, &["site.rhai:3:"]);
        assert_eq!(node.acts(), [""; 0], "the preview has seen it");
    }
}

/// An input with an unknown is dropped as a whole, whatever it catches.
#[test]
fn a_caught_unknown_stages_nothing_in_the_repl() {
    let node = Node::new("linux");
    let snapshot = node.beside(SNAPSHOT);
    node.run(&["snapshot", "-q", "-o", &snapshot]).ends(0);
    let mut repl = std::process::Command::new(ASCRIPT);
    repl.args(["repl", "--node", &snapshot])
        .stdin(Stdio::piped());
    repl.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut repl = repl.spawn().unwrap();
    let lines = format!("{}\n:plan\n", CATCHING[0]);
    std::io::Write::write_all(&mut repl.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    let done = Done::of(repl.wait_with_output().unwrap());
    assert_eq!(done.code, 3, "{}{}", done.out, done.err);
    assert!(!done.out.contains("conf/user/u"), "{}", done.out);
}
