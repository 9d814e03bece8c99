//! Scripts that ask the Node API of a lab: answers, refusals, certificates, secrets.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;

use ascript::lab::{NodeApi, NodeApiPorts};

use super::{free_address, remove_certificate, serve};
use crate::support::{Done, Node, SECRETS, until};

const PASSWORD: &str = SECRETS[4].1;

/// Asks, and expects what the lab has.
const SCRIPT: &str = r#"
api.ping();
api.info(#{
    user: "node_user", password: secret("env:FASPEX_NODE_PASSWORD"),
    transfer_user: "xfer", docroot: "/srv/all",
});
"#;

/// A node with a Node API user, which serves its API.
struct Served {
    /// `None` while it is not served.
    api: Option<NodeApi>,
    node: Node,
    script: String,
}

impl Served {
    fn new() -> Self {
        let node = Node::new("linux");
        let args = ["-a", "-u", "node_user", "-p", PASSWORD, "-x", "xfer"];
        node.does("asnodeadmin", &args);
        node.does("asconfigurator", &["-x", "set_node_data;absolute,/srv/all"]);
        let script = node.script(SCRIPT);
        let api = serve(&node);
        Self {
            api: Some(api),
            node,
            script,
        }
    }

    fn live(&self, args: &[&str]) -> Done {
        let args = [&["run", &self.script, "--live", "--yes"], args].concat();
        self.node.run(&args)
    }

    fn url(&self) -> &str {
        &self.api.as_ref().unwrap().urls()[0]
    }

    fn pin(&self) -> String {
        self.api.as_ref().unwrap().pin().to_owned()
    }

    /// Gives the node another key and certificate.
    fn renew_certificate(&mut self) {
        remove_certificate(&self.node);
        // The former server removes the file with the addresses when it ends.
        self.api = None;
        self.api = Some(serve(&self.node));
    }
}

fn asked(node: &Node) -> usize {
    let calls = node.lab.calls().unwrap();
    let asked = calls.iter().filter(|call| call["program"] == "node-api");
    asked.count()
}

#[test]
fn a_live_run_asks_and_says_what_the_node_answers() {
    let served = Served::new();
    let preview = served.node.preview(&[&served.script]).json(0);
    assert_eq!(asked(&served.node), 0, "a preview asks nothing");
    assert_eq!(preview["summary"]["settled"], 2);
    let note = preview["steps"][1]["advisories"][0]["text"]
        .as_str()
        .unwrap();
    assert!(
        note.contains("logs in to the Node API as node_user"),
        "{note}"
    );
    let done = served.live(&[]);
    done.ends(0);
    for words in [
        "transfer user xfer",
        "docroot /srv/all",
        "features sync",
        "done: nothing",
    ] {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
    assert_eq!(asked(&served.node), 2);
}

#[test]
fn a_plan_asks_when_it_is_applied() {
    let served = Served::new();
    let plan = served.node.beside("plan.json");
    served
        .node
        .run(&["plan", &served.script, "-o", &plan])
        .ends(0);
    assert_eq!(asked(&served.node), 0);
    served.node.run(&["apply", &plan, "--yes"]).ends(0);
    assert_eq!(asked(&served.node), 2);
    served
        .node
        .lab
        .set_faults(&["node-api=wrong-user"])
        .unwrap();
    served
        .node
        .run(&["apply", &plan, "--yes"])
        .stops(3, &["expected `xfer`"]);
}

#[test]
fn what_is_not_as_expected_is_trouble_with_the_node() {
    let served = Served::new();
    let at = served.url();
    for (fault, words) in [
        (
            "node-api~/info=wrong-user",
            vec!["the transfer user `another`, expected `xfer`"],
        ),
        (
            "node-api~/info=status-500",
            vec!["status 500", "injected failure"],
        ),
        ("node-api~/info=redirect", vec!["status 302"]),
        ("node-api~/info=wrong-json", vec!["not that of a Node API"]),
        ("node-api~/info=closed", vec![at, "does not answer"]),
        ("node-api~/info=huge-body", vec![at, "longer than"]),
        ("node-api=expired-certificate", vec![at, "has expired"]),
    ] {
        served.node.lab.set_faults(&[fault]).unwrap();
        served.live(&[]).stops(3, &words);
    }
    served
        .node
        .lab
        .set_faults(&["node-api~/info=slow:60s"])
        .unwrap();
    let slow = served.live(&["--timeout", "500ms"]);
    slow.stops(3, &[at, "no answer within 500ms"]);
}

#[test]
fn a_wrong_password_is_refused_without_being_shown() {
    let served = Served::new();
    let script = served
        .node
        .script(r#"api.info(#{ user: "node_user", password: secret("env:FASPEX_TOKEN_KEY") });"#);
    let done = served.node.run(&["run", &script, "--live", "--yes", "-v"]);
    done.stops(3, &["refuses the login of `node_user`"]);
    let login = format!("node_user:{}", SECRETS[3].1);
    let code = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &login);
    for secret in [SECRETS[3].1, &code] {
        assert!(!done.out.contains(secret) && !done.err.contains(secret));
    }
}

#[test]
fn without_an_answer_the_fault_names_address_and_cause() {
    let served = Served::new();
    let url = free_address();
    let down = served.live(&["--node-api", &url]);
    down.stops(3, &[&url, "refused"]);
}

#[test]
fn a_node_that_was_restarted_may_take_a_while_to_answer() {
    let Served { node, api, .. } = Served::new();
    drop(api);
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let script = node.script("service.restart(\"asperanoded\"); api.ping();");
    let url = format!("http://127.0.0.1:{port}");
    let mut run = node.ascript(&["run", &script, "--live", "--yes", "--node-api", &url]);
    let mut run = run.stdout(Stdio::null()).spawn().unwrap();
    // It starts to listen only after the restart.
    until(|| node.has_started("systemctl restart asperanoded"));
    let ports = NodeApiPorts {
        https: None,
        http: Some(port),
    };
    let api = node.lab.serve(ports).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(0));
    drop(api);
}

#[test]
fn a_folder_that_is_not_served_is_not_verified() {
    let Served { node, script, api } = Served::new();
    drop(api);
    let preview = node.preview(&[&script]);
    let done = node.run(&["run", &script, "--live", "--yes"]);
    done.ends(0);
    let last = done.out.lines().last().unwrap();
    assert!(last.contains("not verified: the address"), "{}", done.out);
    // A preview is the same wherever it is made.
    assert!(preview.out.contains("api-asked"));
}

#[test]
fn without_the_password_the_node_is_not_verified() {
    let served = Served::new();
    let args = ["run", &served.script, "--live", "--yes"];
    let mut command = served.node.ascript(&args);
    let done = Done::of(command.env_remove("FASPEX_NODE_PASSWORD").output().unwrap());
    done.ends(0);
    let last = done.out.lines().last().unwrap();
    assert!(
        last.contains("not verified: env:FASPEX_NODE_PASSWORD"),
        "{last}"
    );
}

#[test]
fn the_pin_is_kept_and_another_certificate_is_refused() {
    let mut served = Served::new();
    let first = served.pin();
    let done = served.live(&[]);
    done.ends(0);
    assert_eq!(done.err.matches(&first).count(), 1, "{}", done.err);
    let again = served.live(&[]);
    again.ends(0);
    assert!(
        !again.err.contains(&first),
        "it is shown once: {}",
        again.err
    );
    served.renew_certificate();
    let second = served.pin();
    assert_ne!(first, second);
    served.live(&[]).stops(3, &[&first, &second, "has changed"]);
    served.live(&["--node-pin", &second]).ends(0);
    served.live(&[]).ends(0);
}

#[test]
fn a_certificate_of_another_place_needs_a_pin_or_its_authority() {
    let served = Served::new();
    let url = served.url();
    let pin = &served.pin();
    served
        .live(&["--node-api", url])
        .stops(3, &["no known authority", pin]);
    let wrong = format!("sha256//{}=", "A".repeat(43));
    let args = ["--node-api", url, "--node-pin", &wrong];
    served.live(&args).stops(3, &[pin, &wrong]);
    let file = served.node.lab.dir().join("etc/aspera_server_cert.pem");
    let file = file.to_str().unwrap();
    served.live(&["--node-api", url, "--node-ca", file]).ends(0);
    served.live(&["--node-api", url, "--node-pin", pin]).ends(0);
    // The live run has kept it.
    served.live(&["--node-api", url]).ends(0);
}

#[test]
fn options_with_another_form_are_refused() {
    let served = Served::new();
    for (option, value, word) in [
        ("--node-api", "https://a:b@node", "login"),
        ("--node-api", "http://node.example.com", "unencrypted"),
        ("--node-pin", "sha256//AAAA", "pin"),
    ] {
        served.live(&[option, value]).stops(2, &[word]);
    }
    let script = served.script.as_str();
    served
        .live(&["--node-ca", script])
        .stops(2, &["no certificate"]);
}

#[test]
fn a_signal_ends_the_wait_for_an_answer() {
    let served = Served::new();
    served
        .node
        .lab
        .set_faults(&["node-api~/info=slow:600s"])
        .unwrap();
    let mut run = served.node.start(&[&served.script]);
    until(|| asked(&served.node) == 2);
    let pid = rustix::process::Pid::from_child(&run);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let code = run.wait().unwrap().code();
    let mut text = String::new();
    run.stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(code, Some(130), "{text}");
}
