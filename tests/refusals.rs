//! What a live run refuses before it changes anything, and what it reports when a
//! tool fails, reports false success or hangs.

use std::process::Stdio;

use crate::support::{Done, Node, each, until};

const MACOS: &[&str] = &["faspex-node-macos"];
const LINUX: &[&str] = &["faspex-node-linux", "--set", PASSWORD];

/// So that the script sets a password for the new account.
const PASSWORD: &str = "account_password=env:FASPEX_ACCOUNT_PASSWORD";

/// Checks that a live run stops with that exit code and message, and that nothing
/// was changed.
#[track_caller]
fn refused(node: &Node, script: &[&str], code: i32, words: &[&str]) {
    let before = node.conf();
    node.live(script).stops(code, words);
    assert_eq!(node.acts(), [""; 0]);
    assert_eq!(node.conf(), before);
}

/// Scripts with a call that is refused, and parts of the message.
const REFUSED_CALLS: &[(&str, &[&str])] = &[
    (
        r#"conf.set_user("u", #{ absolute: "/a;b" });"#,
        &["absolute", "`;`"],
    ),
    (
        r#"conf.set_user("u", #{ absolute: "/a\nb" });"#,
        &["absolute"],
    ),
    (
        r#"conf.set_user("u", #{ absolute: " /a" });"#,
        &["absolute"],
    ),
    (r#"conf.set_user("a;b", #{ absolute: "/a" });"#, &["name"]),
    (
        r#"conf.set_server(#{ server_name: "a;b" });"#,
        &["server_name"],
    ),
    (
        r#"conf.set_user("u", #{ absolut: "/a" });"#,
        &["did you mean `absolute`?"],
    ),
    (
        r#"conf.set_user("u", #{ absolute: 1, read_alowed: true });"#,
        &["read_allowed"],
    ),
    (
        r#"conf.set_user("u", #{ token_encryption_key: "in the clear" });"#,
        &["secret(\"env:NAME\")"],
    ),
    (
        r"conf.set_node(#{ transfer_in_bandwidth_flow_target_rate_cap: 9000 });",
        &["transfer_in_bandwidth_flow_target_rate_cap", "default"],
    ),
    (
        r#"conf.set_user("u", #{ transfer_out_bandwidth_flow_target_rate_cap: 9 });"#,
        &["default"],
    ),
    (r"conf.set_fallback(#{ http: 99999 });", &["http"]),
    (r#"service.refresh("asperahttp");"#, &["asperahttpd"]),
    (
        r#"account.ensure("faspex", #{ full_name: "a:b" });"#,
        &["full_name"],
    ),
    (r#"ensure(false, "not on this one");"#, &["not on this one"]),
    (r#"throw "no";"#, &["no"]),
];

#[test]
fn a_refused_call_prevents_the_whole_run() {
    each(
        REFUSED_CALLS,
        |call| call.0.to_owned(),
        |(text, words)| {
            let node = Node::new("linux");
            // Earlier calls of the script must not be performed either.
            let first = r#"dir.ensure("/data", #{ owner: "root" }); conf.set_server(#{ server_name: "n" });"#;
            let script = node.script(&format!("{first}\n{text}"));
            refused(&node, &[&script], 1, words);
            node.preview(&[&script]).stops(1, words);
        },
    );
}

#[test]
fn an_unusable_license_is_refused() {
    const LICENSES: &[(&str, &[&str])] = &[
        ("client", &["not a Connect Server license"]),
        ("expired", &["the license expired on"]),
        ("none", &["no usable license", "could not be found"]),
        ("empty", &["no usable license", "Ill-formed"]),
        ("garbage", &["no usable license", "Ill-formed"]),
    ];
    each(
        LICENSES,
        |license| license.0.to_owned(),
        |(license, words)| {
            for (platform, script) in [("macos", MACOS), ("linux", LINUX)] {
                let node = Node::with(platform, |options| {
                    (*license).clone_into(&mut options.license);
                });
                refused(&node, script, 1, words);
                refused(
                    &node,
                    script,
                    1,
                    &[
                        "= help: Faspex needs a Connect Server license",
                        "Updating Product License",
                    ],
                );
            }
        },
    );
}

#[test]
fn wrong_usage_is_reported() {
    const COMMAND_LINES: &[(&[&str], i32, &[&str])] = &[
        (&["run", "faspex-node-linux", "--live"], 2, &["--yes"]),
        (
            &["run", "faspex-node-macos", "--live", "--yes"],
            1,
            &["the script is for macos, the node is linux"],
        ),
        (
            &["run", "faspex-node-linux", "--set", "docrot=/x"],
            2,
            &["did you mean `docroot`?"],
        ),
        (
            &["run", "faspex-node-linux", "--set", "http_port=0"],
            2,
            &["http_port", "65535"],
        ),
        (
            &[
                "run",
                "faspex-node-linux",
                "--set",
                "token_key=in-the-clear",
            ],
            2,
            &["env:NAME"],
        ),
        (
            &["run", "faspex-node-linus"],
            2,
            &["did you mean `faspex-node-linux`?"],
        ),
        (&["run", "faspex-node-linux", "--yes"], 2, &["--live"]),
        (
            &["run", "faspex-node-linux", "--timeout", "soon"],
            2,
            &["500ms"],
        ),
    ];
    let node = Node::new("linux");
    let before = node.files();
    for (args, code, words) in COMMAND_LINES {
        node.run(args).stops(*code, words);
    }
    assert_eq!(node.acts(), [""; 0]);
    assert_eq!(node.files(), before);
}

#[test]
fn a_plain_secret_is_not_repeated_in_the_message() {
    let done = Node::new("linux").run(&[
        "run",
        "faspex-node-linux",
        "--set",
        "token_key=in-the-clear",
    ]);
    assert!(!done.err.contains("in-the-clear"), "{}", done.err);
}

#[test]
fn a_blank_node_cannot_be_changed() {
    let args = [
        "run",
        "faspex-node-linux",
        "--live",
        "--yes",
        "--node",
        "blank:linux",
    ];
    let mut run = std::process::Command::new(crate::support::ASCRIPT);
    let run = run.args(args).stdin(Stdio::null());
    Done::of(run.output().unwrap()).stops(2, &["a blank node cannot be changed", "--node"]);
}

#[test]
fn a_missing_secret_stops_the_run_before_its_first_step() {
    for secret in [
        "FASPEX_TOKEN_KEY",
        "FASPEX_NODE_PASSWORD",
        "FASPEX_ACCOUNT_PASSWORD",
    ] {
        let node = Node::new("linux");
        let args = [&["run"], LINUX, &["--live", "--yes"]].concat();
        let mut run = node.ascript(&args);
        let done = Done::of(run.env_remove(secret).output().unwrap());
        done.stops(2, &[secret]);
        assert_eq!(node.acts(), [""; 0]);
    }
}

#[test]
fn a_secret_that_asconfigurator_may_not_accept_is_refused() {
    let node = Node::new("linux");
    let mut run = node.ascript(&["run", "faspex-node-linux", "--live", "--yes"]);
    let done = Done::of(
        run.env("FASPEX_TOKEN_KEY", "twenty;characters;or;more")
            .output()
            .unwrap(),
    );
    done.stops(1, &["env:FASPEX_TOKEN_KEY"]);
    assert!(!done.err.contains("twenty"));
    assert_eq!(node.acts(), [""; 0]);
}

/// A tool that reports success and does nothing, and the subject that is reported.
const FALSE_SUCCESSES: &[(&str, &str, &str)] = &[
    ("macos", "sysadminctl=lie", "account/faspex"),
    ("macos", "dsenableroot=lie", "root_user"),
    ("macos", "install=lie", "dir//Users/faspex/faspex_packages"),
    ("macos", "asconfigurator@1=lie", "conf/user/faspex"),
    ("macos", "asconfigurator@2=lie", "conf/server/server_name"),
    ("macos", "asconfigurator@3=lie", "conf/http_server/"),
    ("macos", "asnodeadmin=lie", "api_user/node_user"),
    ("linux", "useradd=lie", "`chpasswd`"),
    ("linux", "install=lie", "dir//home/faspex/faspex_packages"),
    (
        "linux",
        "asconfigurator~token_encryption_key=lie",
        "conf/user/faspex",
    ),
    (
        "linux",
        "asconfigurator~server_name=lie",
        "conf/server/server_name",
    ),
    ("linux", "asnodeadmin=lie", "api_user/node_user"),
    ("macos", "launchctl=lie", "service/asperahttpd"),
    ("linux", "systemctl=lie", "service/asperahttpd"),
];

#[test]
fn false_success_is_detected() {
    each(
        FALSE_SUCCESSES,
        |case| case.1.to_owned(),
        |(platform, fault, subject)| {
            let node = Node::faulty(platform, fault);
            let script = format!("faspex-node-{platform}");
            let args = [script.as_str(), "--set", PASSWORD];
            node.live(&[&args[..], &["--timeout", "2s"]].concat())
                .stops(3, &[subject]);
            // With a working tool, the next run completes.
            node.lab.set_faults(&[]).unwrap();
            node.live(&args).json(0);
        },
    );
}

/// A restart is verified by the new PID.
#[test]
fn a_restart_that_leaves_the_process_is_detected() {
    each(
        &["macos", "linux"],
        |platform| (*platform).to_owned(),
        |platform| {
            let tool = match *platform {
                "macos" => "launchctl=lie",
                _ => "systemctl=lie",
            };
            let node = Node::faulty(platform, tool);
            let script = node.script("service.restart(\"asperanoded\");");
            let args = [script.as_str()];
            node.live(&[&args[..], &["--timeout", "2s"]].concat())
                .stops(3, &["service/asperanoded", "process"]);
            node.lab.set_faults(&[]).unwrap();
            node.live(&args).json(0);
        },
    );
}

/// A platform, a tool that fails there, and the program that is reported.
const FAILURES: &[(&str, &str, &str)] = &[
    ("macos", "sysadminctl=fail", "sysadminctl"),
    ("macos", "dsenableroot=fail", "dsenableroot"),
    ("macos", "launchctl=fail", "launchctl"),
    ("macos", "asconfigurator@2=fail-after", "asconfigurator"),
    ("linux", "useradd=fail", "useradd"),
    ("linux", "chpasswd=fail", "chpasswd"),
    ("linux", "install=fail", "install"),
    ("linux", "asconfigurator=fail", "asconfigurator"),
    ("linux", "systemctl=fail", "systemctl"),
    ("linux", "asnodeadmin=fail", "asnodeadmin"),
    ("linux", "asnodeadmin=fail-after", "asnodeadmin"),
    ("linux", "ascp=fail", "ascp"),
    ("linux", "asnodeadmin=read-fail", "asnodeadmin"),
    ("linux", "systemctl=read-fail", "systemctl"),
    ("linux", "getent=fail", "getent"),
    ("linux", "stat=fail", "stat"),
];

#[test]
fn a_failing_tool_is_reported() {
    each(
        FAILURES,
        |failure| failure.1.to_owned(),
        |(platform, fault, program)| {
            let node = Node::faulty(platform, fault);
            let script = format!("faspex-node-{platform}");
            let args = [script.as_str(), "--set", PASSWORD];
            let done = node.live(&args);
            done.stops(3, &[&format!("`{program}`")]);
            node.lab.set_faults(&[]).unwrap();
            node.live(&args).json(0);
            node.lab.clear_calls().unwrap();
            node.live(&args).json(0);
            assert_eq!(node.acts(), [""; 0]);
        },
    );
}

#[test]
fn a_tool_that_hangs_is_ended() {
    let programs = ["asconfigurator", "asnodeadmin", "ascp"];
    let name = |program: &&str| (*program).to_owned();
    each(&programs, name, |program| {
        let node = Node::faulty("linux", &format!("{program}=hang"));
        // Room for every other tool of the run, even on a busy machine.
        let done = node.live(&["faspex-node-linux", "--timeout", "10s"]);
        done.stops(3, &[program, "10s", "--timeout"]);
        assert!(!crate::support::is_alive(node.last_pid()));
    });
}

#[test]
fn a_second_live_run_is_refused() {
    let node = Node::faulty("linux", "useradd=hang");
    let mut first = node.start(LINUX);
    until(|| node.has_started("useradd"));
    let before = node.acts();
    let tool = rustix::process::Pid::from_raw(node.last_pid()).unwrap();
    node.live(LINUX)
        .stops(1, &["another run", &first.id().to_string()]);
    node.preview(LINUX).json(0);
    assert_eq!(node.acts(), before);
    first.kill().unwrap();
    first.wait().unwrap();
    rustix::process::kill_process(tool, rustix::process::Signal::KILL).unwrap();
    node.lab.set_faults(&[]).unwrap();
    node.live(LINUX).json(0);
}

#[test]
fn a_service_is_not_restarted_with_an_invalid_aspera_conf() {
    for (platform, start) in [("macos", "launchctl stop"), ("linux", "systemctl restart")] {
        let node = Node::new(platform);
        node.replace("asuserdata", "echo 'error: line 3: odd value' >&2; exit 1");
        let script = format!("faspex-node-{platform}");
        node.live(&[&script])
            .stops(5, &["asuserdata", "line 3: odd value"]);
        assert!(!node.has_started(start), "{:?}", node.acts());
        let states =
            ["asperahttpd", "asperanoded"].map(|name| node.state(&format!("services/{name}.json")));
        assert!(states.iter().all(|state| state["starts"] == 1));
    }
}

#[test]
fn a_change_by_another_program_during_the_run_is_detected() {
    let node = Node::new("linux");
    // While the password is set, another program sets the name that comes next.
    let other = node.lab.program("asconfigurator");
    let other = other.to_str().unwrap();
    node.replace(
        "chpasswd",
        &format!("cat > /dev/null; {other} -x 'set_server_data;server_name,theirs' > /dev/null"),
    );
    let done = node.live(LINUX);
    done.stops(5, &["conf/server/server_name", "another program"]);
    assert!(!node.has_started("asconfigurator -x set_server_data;server_name,node1"));
    assert!(String::from_utf8(node.conf()).unwrap().contains("theirs"));
}
