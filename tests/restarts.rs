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

#[test]
fn a_reload_keeps_the_process_and_is_undone_by_a_reload() {
    let node = Node::new("linux");
    let script = node.script(
        "conf.set_server(#{ preview_dir: \"previews\" });\nservice.refresh(\"asperanoded\");",
    );
    let service = || node.state("services/asperanoded.json");
    let before = service();
    node.live(&[&script]).json(0);
    let after = service();
    assert_eq!(after["pid"], before["pid"]);
    assert_eq!(after["reloads"], 1);
    assert_ne!(after["conf"], before["conf"]);
    let again = node.live(&[&script]).json(0);
    assert_eq!(again["summary"]["settled"], 2);
    node.run(&["undo", "--live", "--yes", "--format", "json"])
        .json(0);
    assert_eq!(service()["pid"], before["pid"]);
    assert_eq!(service()["reloads"], 2);
    assert_ne!(service()["conf"], after["conf"]);
}

#[test]
fn a_run_cut_off_before_its_reload_is_finished_by_the_next_one() {
    let node = Node::faulty("linux", "asnodeadmin=fail");
    let script = node.script(
        "conf.set_server(#{ preview_dir: \"previews\" });\nservice.refresh(\"asperanoded\");",
    );
    node.live(&[&script]).stops(3, &["asnodeadmin"]);
    node.lab.set_faults(&[]).unwrap();
    let again = node.live(&[&script]).json(0);
    assert_eq!(again["summary"]["change"], 1);
    let settled = node.live(&[&script]).json(0);
    assert_eq!(settled["summary"]["settled"], 2);
}

#[test]
fn a_service_that_does_not_survive_its_reload_is_a_failure() {
    let node = Node::new("linux");
    node.keep_real("asnodeadmin");
    let real = node.lab.dir().join("bin/real/asnodeadmin");
    let systemctl = node.lab.program("systemctl");
    node.replace(
        "asnodeadmin",
        &format!(
            "case \"$1\" in --reload) exec {} stop asperanoded;; esac; exec {} \"$@\"",
            systemctl.display(),
            real.display()
        ),
    );
    let script = node.script("service.reload(\"asperanoded\");");
    node.live(&[&script]).stops(3, &["service/asperanoded"]);
}

#[test]
fn a_record_of_an_earlier_version_is_understood() {
    let node = Node::new("linux");
    let script = node.script("conf.set_server(#{ preview_dir: \"previews\" });");
    node.live(&[&script]).json(0);
    // What 0.1 wrote: the digest of all settings that asperanoded must notice.
    let record = node.lab.dir().join("var/ascript/services/asperanoded");
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    std::fs::write(&record, digest).unwrap();
    let outdated = node.preview(&[&node.script("service.refresh(\"asperanoded\");")]);
    assert_eq!(outdated.json(0)["summary"]["change"], 1);
    node.set_conf("<CONF version=\"2\"/>\n");
    let current = node.preview(&[&node.script("service.refresh(\"asperanoded\");")]);
    assert_eq!(current.json(0)["summary"]["settled"], 1);
}

#[test]
fn a_service_of_the_system_is_restarted_without_a_look_at_the_configuration() {
    for (platform, name) in [("linux", "sshd"), ("macos", "com.openssh.sshd")] {
        let node = Node::new(platform);
        let before = node.state("services/sshd.json")["pid"].clone();
        let script = node.script(&format!("service.restart(\"{name}\");"));
        node.lab.clear_calls().unwrap();
        node.live(&[&script]).json(0);
        assert_ne!(
            node.state("services/sshd.json")["pid"],
            before,
            "{platform}"
        );
        let acts = node.acts();
        assert!(
            acts.iter().all(|act| !act.contains("asuserdata")),
            "{acts:?}"
        );
    }
    let node = Node::new("linux");
    let script = node.script("service.restart(\"nginx\");");
    node.live(&[&script])
        .stops(1, &["this node has no service `nginx`"]);
}
