//! Restarts that are slow, or that the system does not show.

use crate::support::{Done, Node};

fn with_knobs(platform: &str, knobs: &[&str]) -> Node {
    let knobs = knobs.iter().map(|knob| (*knob).to_owned());
    Node::with(platform, |options| options.knobs.extend(knobs))
}

fn restart(node: &Node, more: &[&str]) -> Done {
    let script = node.script("service.restart(\"asperanoded\");");
    node.live(&[&[script.as_str()], more].concat())
}

fn note_ids(done: &Done) -> Vec<String> {
    let json = done.json(0);
    let notes = json["advisories"].as_array().unwrap().clone();
    notes
        .iter()
        .map(|note| note["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_service_that_is_slow_to_stop_is_waited_for_and_started_afterwards() {
    for keepalive in ["keepalive=no", "keepalive=yes"] {
        let node = with_knobs("macos", &["stop=slow", keepalive]);
        let before = node.state("services/asperanoded.json")["pid"].clone();
        restart(&node, &[]).json(0);
        let after = node.state("services/asperanoded.json")["pid"].clone();
        assert!(after.is_number() && after != before, "{before} {after}");
    }
}

#[test]
fn a_service_that_does_not_stop_in_time_is_a_failure_that_says_what_comes_next() {
    let node = Node::faulty("macos", "launchctl~stop=lie");
    restart(&node, &["--timeout", "1s"]).stops(
        3,
        &[
            "service/asperanoded still runs as process",
            "after the command to stop it",
            "--timeout",
        ],
    );
}

#[test]
fn without_a_main_pid_the_time_of_the_start_verifies_a_restart() {
    let node = with_knobs("linux", &["units=init-script"]);
    assert_eq!(note_ids(&restart(&node, &[])), [""; 0]);
    node.lab.set_faults(&["systemctl=lie"]).unwrap();
    restart(&node, &["--timeout", "1s"]).stops(
        3,
        &["service/asperanoded shows the start that it had before, expected a later one"],
    );
}

#[test]
fn a_restart_that_nothing_shows_is_not_called_verified() {
    let node = with_knobs("linux", &["units=container"]);
    assert_eq!(note_ids(&restart(&node, &[])), ["restart-not-verified"]);
}

#[test]
fn a_masked_service_is_refused_before_anything_is_changed() {
    let node = Node::new("linux");
    node.does("systemctl", &["stop", "asperahttpd"]);
    node.does("systemctl", &["mask", "asperahttpd"]);
    let script = node.script(
        "conf.set_server(#{ server_name: \"n1.example.net\" });\nservice.refresh(\"asperahttpd\");",
    );
    node.lab.clear_calls().unwrap();
    node.live(&[&script])
        .stops(1, &["the service `asperahttpd` is masked"]);
    assert_eq!(node.acts(), [""; 0]);
}

/// launchctl as a Mac has it for a user without root: `list` does not see what
/// `print system/…` shows.
#[test]
fn services_of_macos_are_read_without_root() {
    let node = Node::new("macos");
    node.keep_real("launchctl");
    let real = node.lab.dir().join("bin/real/launchctl");
    node.replace(
        "launchctl",
        &format!(
            "case \"$1\" in list) echo 'Could not find service' >&2; exit 113;; esac; exec {} \"$@\"",
            real.display()
        ),
    );
    let script = node.script("print(service.status(\"asperahttpd\").running);");
    let done = node.preview(&[&script]);
    assert!(
        done.err.contains("true") || done.out.contains("true"),
        "{done:?}"
    );
    done.ends(0);
}

#[test]
fn a_stop_lasts_and_is_taken_back() {
    for platform in ["macos", "linux"] {
        let node = Node::new(platform);
        let script =
            node.script("service.ensure(\"asperahttpd\", #{ running: false, enabled: false });");
        let service = || node.state("services/asperahttpd.json");
        node.live(&[&script]).json(0);
        assert!(service()["pid"].is_null(), "{platform}");
        assert_eq!(service()["disabled"], true, "{platform}");
        let again = node.preview(&[&script]).json(0);
        assert_eq!(again["summary"]["settled"], 1, "{platform}");
        node.run(&["undo", "--live", "--yes", "--format", "json"])
            .json(0);
        assert!(service()["pid"].is_number(), "{platform}");
        assert_eq!(service()["disabled"], false, "{platform}");
    }
}

#[test]
fn the_undo_of_a_start_is_a_stop() {
    let node = Node::new("linux");
    let script = node.script("service.ensure(\"asperahttpd\", #{ running: false });");
    node.live(&[&script]).json(0);
    let script = node.script("service.refresh(\"asperahttpd\");");
    node.live(&[&script]).json(0);
    node.run(&["undo", "--live", "--yes", "--format", "json"])
        .json(0);
    assert!(node.state("services/asperahttpd.json")["pid"].is_null());
}
