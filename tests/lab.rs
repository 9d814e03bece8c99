//! The emulated node: each test starts its programs as processes, as an operator
//! or a run would.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ascript::exec::Programs;
use ascript::lab::{Lab, LabOptions, fingerprint};
use ascript::state::Platform;
use ascript::tools;
use serde_json::Value;

use crate::laws::JOBS;
use crate::support;

/// A lab in a temporary folder.
struct Node {
    lab: Lab,
    _dir: tempfile::TempDir,
}

/// The result of a program.
struct ProgramResult {
    code: i32,
    out: String,
    err: String,
}

impl Node {
    fn new(platform: &str) -> Self {
        Self::with(platform, |_| ())
    }

    fn with(platform: &str, change: impl FnOnce(&mut LabOptions)) -> Self {
        // The file system of the executable, so that it is linked, not copied.
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut options = LabOptions::new(PathBuf::from(env!("CARGO_BIN_EXE_ascript")), platform);
        change(&mut options);
        let lab = Lab::create(&dir.path().join("lab"), &options).unwrap();
        Self { lab, _dir: dir }
    }

    fn command(&self, line: &str) -> Command {
        let words = words(line);
        let mut command = Command::new(self.lab.program(words[0]));
        command.args(&words[1..]).stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> ProgramResult {
        let output = self.command(line).output().unwrap();
        ProgramResult {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a program that must succeed and returns its output.
    fn run_ok(&self, line: &str) -> String {
        let done = self.run(line);
        assert_eq!(done.code, 0, "{line}: {}{}", done.out, done.err);
        done.out
    }

    fn configure(&self, text: &str) {
        assert_eq!(
            self.run_ok(&format!("asconfigurator -x '{text}'")),
            "success\n"
        );
    }

    /// Runs a program with text on standard input.
    fn run_with_stdin(&self, line: &str, text: &str) -> ProgramResult {
        let mut command = self.command(line);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        ProgramResult {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a program on a terminal and answers its prompts in turn.
    fn run_on_terminal(&self, line: &str, answers: &[(&str, &str)]) -> ProgramResult {
        let (mut pty, pts) = pty_process::blocking::open().unwrap();
        let words = words(line);
        let program = self.lab.program(words[0]);
        let command = pty_process::blocking::Command::new(program).args(&words[1..]);
        let mut child = command.spawn(pts).unwrap();
        let mut shown = String::new();
        for (prompt, answer) in answers {
            while !shown.ends_with(prompt) {
                let mut bytes = [0; 256];
                let count = pty.read(&mut bytes).unwrap();
                shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            pty.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
        // On Linux, reading fails once the program has closed the terminal.
        let mut rest = Vec::new();
        let _ = pty.read_to_end(&mut rest);
        shown.push_str(&String::from_utf8_lossy(&rest));
        let code = child.wait().unwrap().code().unwrap_or(-1);
        ProgramResult {
            code,
            out: shown,
            err: String::new(),
        }
    }

    fn state(&self, file: &str) -> Value {
        let path = self.lab.dir().join("var/lab").join(file);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    fn conf(&self) -> String {
        fs::read_to_string(self.lab.conf()).unwrap()
    }

    /// The settings that `asuserdata` prints, by name.
    fn values(&self, line: &str) -> BTreeMap<String, String> {
        let text = self.run_ok(line);
        let rows = text.lines().filter_map(|line| {
            let (name, value) = line.trim().split_once(": \"")?;
            Some((name.to_owned(), value.trim_end_matches('"').to_owned()))
        });
        rows.collect()
    }
}

/// Splits a command line into words; single quotes group.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 0 {
            words.extend(part.split_whitespace());
        } else {
            words.push(part);
        }
    }
    words
}

#[test]
fn a_macos_node_can_be_set_up_for_faspex() {
    let node = Node::new("macos");
    assert!(
        node.run_ok("ascp -A")
            .contains("Connect Server License max rate")
    );
    set_up_mac_account(&node);
    let home = "/Users/faspex/faspex_packages";
    node.run_ok(&format!("install -d -o faspex -m 750 {home}"));
    assert_eq!(
        node.run_ok(&format!("stat -f '%Su %OLp %HT' {home}")),
        "faspex 750 Directory\n"
    );
    configure_node(&node, home);
    let before = node.state("services/asperahttpd.json");
    node.run_ok("launchctl stop com.aspera.asperahttpd");
    let stopped = node.run_ok("launchctl list com.aspera.asperahttpd");
    assert!(!stopped.contains("PID"), "{stopped}");
    node.run_ok("launchctl start com.aspera.asperahttpd");
    let after = node.state("services/asperahttpd.json");
    assert_ne!(before["conf"], after["conf"]);
    assert_eq!(after["starts"], 2);
    let running = node.run_ok("launchctl list com.aspera.asperahttpd");
    assert!(
        running.contains("\t\"LastExitStatus\" = 0;\n\t\"PID\" = "),
        "{running}"
    );
    assert!(
        node.run_ok("launchctl list")
            .contains("\tcom.aspera.asperanoded\n")
    );
    let unknown = node.run("launchctl list com.aspera.odd");
    assert_eq!(unknown.code, 113);
    add_api_user(&node);
}

/// Creates the account, adds it to administrators, enables root.
fn set_up_mac_account(node: &Node) {
    assert_eq!(node.run("dscl . -read /Users/faspex").code, 56);
    let add = "sysadminctl -addUser faspex -fullName 'Faspex Admin' \
        -home /Users/faspex -shell /bin/bash -password -";
    let done = node.run_on_terminal(add, &[("New password for faspex: ", "s3cret")]);
    assert_eq!(done.code, 0);
    assert!(!done.out.contains("s3cret"), "{}", done.out);
    let stored = &node.state("passwords.json")["account:faspex"];
    assert_eq!(*stored, fingerprint("account:faspex", b"s3cret"));
    let read = "dscl . -read /Users/faspex UniqueID RealName Odd";
    assert_eq!(
        node.run_ok(read),
        "UniqueID: 502\nRealName:\n Faspex Admin\nNo such key: Odd\n"
    );
    let check = "dseditgroup -o checkmember -m faspex admin";
    let before = node.run(check);
    assert_eq!(
        (before.code, &*before.out),
        (67, "no faspex is NOT a member of admin\n")
    );
    node.run_ok("dseditgroup -o edit -a faspex -t user admin");
    assert_eq!(node.run_ok(check), "yes faspex is a member of admin\n");
    let root = "dscl . -read /Users/root AuthenticationAuthority";
    assert_eq!(node.run_ok(root), "No such key: AuthenticationAuthority\n");
    let answers = [
        ("user password: ", "a"),
        ("root password: ", "b"),
        ("verify root password: ", "b"),
    ];
    let done = node.run_on_terminal("dsenableroot -u admin", &answers);
    assert!(
        done.out
            .contains("dsenableroot:: ***Successfully enabled root user."),
        "{}",
        done.out
    );
    assert!(node.run_ok(root).starts_with("AuthenticationAuthority: "));
}

/// Sets the settings; the secret goes by standard input.
fn configure_node(node: &Node, home: &str) {
    node.configure(&format!("set_user_data;user_name,faspex;absolute,{home}"));
    node.configure("set_user_data;user_name,faspex;authorization_transfer_in_value,allow;authorization_transfer_out_value,allow");
    let session =
        "set_user_data\nuser_name,faspex\ntoken_encryption_key,gj5o930t78m34ejme9dx\n\nterminate\n";
    let done = node.run_with_stdin("asconfigurator", session);
    assert_eq!((done.code, &*done.out, &*done.err), (0, "success\n", ""));
    node.configure("set_server_data;server_name,node1.example.com");
    node.configure(
        "set_http_server_data;enable_http,true;http_port,8080;enable_https,true;https_port,8443",
    );
    let values = node.values("asuserdata -u faspex");
    assert_eq!(values["absolute"], home);
    assert_eq!(values["token_encryption_key"], "gj5o930t78m34ejme9dx");
    node.run_ok("asuserdata -v");
    assert!(node.conf().contains("<!-- Made for the lab"));
}

fn add_api_user(node: &Node) {
    let add = "asnodeadmin -a -u node_user -x faspex";
    #[cfg(target_os = "linux")]
    assert_eq!(
        run_without_terminal(&node.command(add)),
        1,
        "there is no terminal for the password"
    );
    let done = node.run_on_terminal(add, &[("Password: ", "XF324cd28")]);
    assert_eq!(done.code, 0, "{}", done.out);
    let stored = &node.state("passwords.json")["node:node_user"];
    assert_eq!(*stored, fingerprint("node:node_user", b"XF324cd28"));
    let listing = "List of node user(s):
                user       system/transfer user                    acls
====================    =======================    ====================
           node_user                     faspex
";
    assert_eq!(node.run_ok("asnodeadmin -l"), listing);
    let loaded = &node.state("services/asperanoded.json");
    assert_eq!(loaded["reloads"], 1);
}

/// Runs a program in a session without a terminal and returns its exit code.
#[cfg(target_os = "linux")]
fn run_without_terminal(command: &Command) -> i32 {
    let mut apart = Command::new("setsid");
    apart
        .arg("--wait")
        .arg(command.get_program())
        .args(command.get_args());
    let output = apart.stdin(Stdio::null()).output().unwrap();
    output.status.code().unwrap_or(-1)
}

#[test]
fn a_linux_node_can_be_set_up_for_faspex() {
    let node = Node::new("linux");
    node.run_ok("groupadd -r faspex");
    node.run_ok("useradd -r -m faspex -g faspex -c Faspex -s /bin/aspshell");
    let line = node.run_ok("getent passwd faspex");
    assert_eq!(line, "faspex:x:202:201:Faspex:/home/faspex:/bin/aspshell\n");
    assert_eq!(node.run("getent passwd nobody").code, 2);
    assert_eq!(node.run_with_stdin("chpasswd", "faspex:pw\n").code, 0);
    assert_eq!(
        node.state("passwords.json")["account:faspex"],
        fingerprint("account:faspex", b"pw")
    );
    node.run_ok("usermod -aG wheel faspex");
    assert_eq!(
        node.run_ok("getent group wheel"),
        "wheel:x:10:admin,faspex\n"
    );
    let home = "/home/faspex/faspex_packages";
    node.run_ok(&format!("mkdir -p {home}"));
    node.run_ok(&format!("chown faspex:faspex {home}"));
    node.run_ok(&format!("chmod 0700 {home}"));
    assert_eq!(
        node.run_ok(&format!("stat -c '%U %a %F' {home}")),
        "faspex 700 directory\n"
    );
    configure_node(&node, home);
    node.run_ok("systemctl restart asperahttpd");
    let shown = node.run_ok("systemctl show asperahttpd -p LoadState,ActiveState,SubState");
    assert_eq!(
        shown,
        "LoadState=loaded\nActiveState=active\nSubState=running\n"
    );
    assert_eq!(node.run("systemctl is-active odd").code, 4);
    add_api_user(&node);
    assert_eq!(node.run("rmdir /home/faspex").code, 1);
    node.run_ok(&format!("rmdir {home}"));
    assert_eq!(node.run(&format!("stat -c %U {home}")).code, 1);
}

#[test]
fn async_stores_a_session_with_a_basic_token() {
    let node = Node::new("linux");
    node.configure("set_node_data;async_db_dir,/var/lib/aspera/async");
    node.configure("set_user_data;user_name,lion;absolute,/data/images");
    let line = "async -N atcm_sync -d /images -r lion@10.0.0.1:/daimages -K push";
    let mut command = node.command(line);
    command.env("ASPERA_SCP_TOKEN", "Basic aWQ6c2VjcmV0");
    assert!(command.status().unwrap().success());
    let session = node.state("sync/atcm_sync.json");
    assert_eq!(
        session["token"],
        fingerprint("sync:atcm_sync", b"Basic aWQ6c2VjcmV0")
    );
    assert_eq!(session["token_from"], "environment");
    let call = node.lab.calls().unwrap().pop().unwrap();
    assert_eq!(call["env"], serde_json::json!(["ASPERA_SCP_TOKEN"]));
    let status = node.run_ok("asyncadmin --quiet --name=atcm_sync --local-dir=/images");
    assert!(status.contains("pairname: atcm_sync\n"), "{status}");
    let unknown = node.run("asyncadmin --quiet --name=other --local-dir=/images");
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""));
    // The published command lacks `-d `.
    let garbled = "async -N atcm_sync -images -r lion@10.0.0.1:/daimages";
    assert_eq!(node.run(garbled).code, 1);
    assert_eq!(node.run("async -N 'a b' -d /x -r /y").code, 1);
}

#[test]
fn ascp_prints_each_kind_of_license() {
    let first = |kind: &str| {
        let node = Node::with("linux", |options| {
            kind.clone_into(&mut options.license);
        });
        node.run("ascp -A")
    };
    assert!(
        first("client")
            .out
            .contains("\nLicense max rate=(unlimited)")
    );
    assert!(
        first("expired")
            .out
            .contains("Expiration date: Thu Dec 31 15:59:59 2020")
    );
    let none = first("none");
    assert_eq!((none.code, none.out.lines().count()), (1, 5));
    assert!(
        none.err
            .contains("'aspera-license' could not be found in '"),
        "{}",
        none.err
    );
    for kind in ["empty", "garbage"] {
        assert_eq!(first(kind).err, "License Error: Ill-formed license\n");
    }
}

#[test]
fn services_exit_if_aspera_conf_is_refused() {
    let node = Node::new("linux");
    node.configure("set_node_data;transfer_in_bandwidth_flow_target_rate_cap,9000");
    let checked = node.run("asuserdata -v");
    assert_eq!(checked.code, 1);
    assert!(
        checked
            .err
            .contains("Input bandwidth cap is less than the default")
    );
    assert_eq!(node.run("systemctl restart asperanoded").code, 1);
    assert_eq!(node.run("systemctl is-active asperanoded").out, "failed\n");
    node.configure("set_node_data;transfer_in_bandwidth_flow_target_rate_default,9000");
    node.run_ok("systemctl restart asperanoded");
    node.configure("set_node_data;transfer_in_bandwidth_flow_target_rate_cap,AS_NULL;transfer_in_bandwidth_flow_target_rate_default,AS_NULL");
    assert!(!node.conf().contains("bandwidth"));
}

#[test]
fn unknown_names_change_nothing() {
    let node = Node::new("linux");
    let before = node.conf();
    for text in [
        "set_user_data;user_name,u;absolut,/x",
        "set_user;user_name,u;absolute,/x",
        "set_user_data;absolute,/x",
        "set_server_data;server_name,n;odd,1",
    ] {
        let done = node.run(&format!("asconfigurator -x '{text}'"));
        assert_eq!((done.code, &*done.out), (1, ""), "{text}");
        assert_eq!(done.err.lines().count(), 1, "{text}");
    }
    let unended = "set_server_data\nserver_name,n\nterminate\n";
    assert_eq!(node.run_with_stdin("asconfigurator", unended).out, "");
    assert_eq!(node.conf(), before);
}

#[test]
fn asnodeadmin_changes_users_and_lists_them_in_every_layout() {
    let node = Node::new("linux");
    node.run_ok("asnodeadmin -a -u api -p pw -x xfer --acl-set admin,impersonation");
    assert_eq!(node.run("asnodeadmin -au api -ppw -x xfer").code, 1);
    node.run_ok("asnodeadmin -mu api --acl-add=internal --internal");
    node.run_ok("asnodeadmin -mu api --acl-del admin -x other");
    let row = |layout: &str| {
        node.lab.set_knobs(&[&format!("listing={layout}")]).unwrap();
        node.run_ok("asnodeadmin -l")
            .lines()
            .last()
            .unwrap()
            .to_owned()
    };
    let wide = "                 api                      other    [impersonation,internal]";
    assert_eq!(
        (row("3.9"), row("seed")),
        (wide.to_owned(), wide.to_owned())
    );
    assert_eq!(
        row("4.x"),
        "api           other                 [impersonation,internal]"
    );
    node.run_ok("asnodeadmin -b /var/backup.json");
    node.run_ok("asnodeadmin -du api");
    assert_eq!(node.run("asnodeadmin -du api").code, 1);
    node.run_ok("asnodeadmin -r /var/backup.json");
    assert!(node.run_ok("asnodeadmin -l").contains("api"));
}

#[test]
fn both_password_entries_must_agree() {
    let node = Node::with("macos", |options| {
        options.knobs.push("password_prompts=2".to_owned());
    });
    let add = "asnodeadmin -a -u n -x admin";
    let done = node.run_on_terminal(add, &[("Password: ", "a"), ("Confirm password: ", "b")]);
    assert_eq!(done.code, 1);
    let done = node.run_on_terminal(add, &[("Password: ", "a"), ("Confirm password: ", "a")]);
    assert_eq!(done.code, 0, "{}", done.out);
}

#[test]
fn injected_faults_apply() {
    let node = Node::new("linux");
    let before = node.conf();
    node.lab
        .set_faults(&[
            "asconfigurator~http_port=lie",
            "asconfigurator@2=fail",
            "asnodeadmin=read-fail",
        ])
        .unwrap();
    node.configure("set_http_server_data;http_port,8081");
    assert_eq!(node.conf(), before);
    assert_eq!(
        node.run("asconfigurator -x set_server_data;server_name,a")
            .code,
        1
    );
    assert_eq!(node.conf(), before);
    node.configure("set_server_data;server_name,a");
    assert_eq!(node.run("asnodeadmin -l").code, 1);
    node.run_ok("asnodeadmin -a -u n -p p -x x");
    node.lab
        .set_faults(&["asnodeadmin=fail-after", "ascp=slow:200ms"])
        .unwrap();
    assert_eq!(node.run("asnodeadmin -du n").code, 1);
    assert!(!node.run_ok("asnodeadmin -l").contains(" n "));
    let start = Instant::now();
    node.run_ok("ascp -A");
    assert!(start.elapsed() >= Duration::from_millis(200));
    node.lab.set_faults(&["systemctl=hang"]).unwrap();
    let calls = node.lab.calls().unwrap().len();
    let mut child = node.command("systemctl stop asperanoded").spawn().unwrap();
    support::until(|| node.lab.calls().unwrap().len() > calls);
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(node.lab.set_faults(&["nothing"]).is_err());
}

#[test]
fn programs_wait_for_each_other() {
    let node = Node::new("linux");
    let set = |id: usize| {
        let text = format!("set_user_data;user_name,u{id};absolute,/data/{id}");
        let mut command = node.command(&format!("asconfigurator -x '{text}'"));
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..20).map(set).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(node.conf().matches("<user>").count(), 20);
    assert_eq!(node.lab.calls().unwrap().len(), 20);
}

#[test]
fn a_killed_program_leaves_complete_files() {
    let node = Node::new("linux");
    for round in 0..60 {
        let text = format!("set_user_data;user_name,u{round};absolute,/data");
        let mut child = node
            .command(&format!("asconfigurator -x '{text}'"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Each round kills a little later.
        for _ in 0..round * 4 {
            assert!(node.conf().ends_with("</CONF>\n"));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(node.conf().ends_with("</CONF>\n"));
    }
    node.run_ok("asuserdata -v");
}

#[test]
fn a_lab_needs_an_empty_folder() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("something"), "").unwrap();
    let options = LabOptions::new(PathBuf::from(env!("CARGO_BIN_EXE_ascript")), "linux");
    assert!(
        Lab::create(dir.path(), &options)
            .unwrap_err()
            .to_string()
            .contains("not empty")
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let unknown = LabOptions {
        platform: "plan9".to_owned(),
        ..options
    };
    assert!(Lab::create(&dir.path().join("x"), &unknown).is_err());
}

#[test]
fn a_wrong_password_of_the_administrator_fails() {
    let node = Node::new("macos");
    node.run_ok("dscl . -authonly admin right");
    assert_eq!(node.run("dscl . -authonly admin wrong").code, 10);
    let root = "dscl . -read /Users/root AuthenticationAuthority";
    for user in [
        "-u admin -p wrong",
        "-u root -p right",
        "-u daemon -p right",
    ] {
        let out = node.run_ok(&format!("dsenableroot {user} -r new"));
        assert!(out.contains("***Failed to enable root user"), "{out}");
        assert_eq!(node.run_ok(root), "No such key: AuthenticationAuthority\n");
    }
    let out = node.run_ok("dsenableroot -u admin -p right -r new");
    assert!(out.contains("***Successfully enabled root user"), "{out}");
    node.run_ok("dsenableroot -d -u admin -p wrong");
    assert!(node.run_ok(root).starts_with("AuthenticationAuthority: "));
    let add = "sysadminctl -addUser lion -password pw -adminUser admin -adminPassword";
    node.run_ok(&format!("{add} wrong"));
    assert_eq!(node.run("dscl . -read /Users/lion").code, 56);
    node.run_ok(&format!("{add} right"));
    node.run_ok("dscl . -read /Users/lion");
    let edit = "dseditgroup -o edit -a lion -t user -u admin -P";
    assert_eq!(node.run(&format!("{edit} wrong admin")).code, 77);
    node.run_ok(&format!("{edit} right admin"));
    assert_eq!(node.run("dscl . -passwd /Users/admin wrong new").code, 10);
    node.run_ok("dscl . -passwd /Users/admin right new");
    node.run_ok("dscl . -authonly admin new");
}

#[test]
fn a_live_run_with_a_wrong_password_of_the_administrator_fails() {
    let node = support::Node::new("macos");
    node.does("dscl", &[".", "-passwd", "/Users/admin", "another"]);
    let failed = "its output: dsenableroot:: ***Failed to enable root user.";
    node.live(&["faspex-node-macos"])
        .stops(3, &["`dsenableroot` failed", failed]);
    assert_eq!(node.state("accounts.json")["root_enabled"], false);
}

#[test]
fn under_sudo_dsenableroot_authenticates_root_unless_it_is_told_the_administrator() {
    let node = support::Node::new("macos");
    let as_root = |node: &support::Node, args: &str| {
        let line = format!(
            "USER=root {} {args} -p right -r new",
            node.lab.program("dsenableroot").display()
        );
        let output = std::process::Command::new("sh")
            .args(["-c", &line])
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    node.does("dscl", &[".", "-authonly", "admin", "right"]);
    assert!(as_root(&node, "").contains("***Failed to enable root user."));
    assert!(as_root(&node, "-u admin").contains("***Successfully enabled root user."));
}

#[test]
fn root_is_enabled_in_the_name_of_an_administrator_or_nothing_is_run() {
    let node = support::Node::new("macos");
    let args = ["run", "faspex-node-macos", "--live", "--yes"];
    let without_sudo = |more: &[&str]| {
        let mut command = node.ascript(&[&args, more].concat());
        command.env_remove("SUDO_USER").env("USER", "root");
        support::Done::of(command.output().unwrap())
    };
    if rustix::process::geteuid().is_root() {
        without_sudo(&[]).stops(1, &["enabling root takes the name of an administrator"]);
        assert!(node.acts().is_empty());
    }
    without_sudo(&["--set", "admin=admin"]).ends(0);
    assert!(
        node.acts()
            .iter()
            .any(|call| call == "dsenableroot -u admin")
    );
}

#[test]
fn a_lab_has_every_program_that_tools_can_name() {
    // A Linux node has the programs of one service manager, and of one distribution.
    for (platform, labs) in [
        (Platform::Macos, &[["", "red-hat"]][..]),
        (
            Platform::Linux,
            &[
                ["systemd", "red-hat"],
                ["init", "red-hat"],
                ["init", "debian"],
            ],
        ),
    ] {
        let mut missing: Vec<_> = tools::program_names(platform).collect();
        for [services, distribution] in labs {
            let node = Node::with(platform.name(), |options| {
                (*services).clone_into(&mut options.services);
                options.knobs.push(format!("distribution={distribution}"));
            });
            let programs = Programs::new(node.lab.dir());
            missing.retain(|name| {
                let found = programs.find(name, tools::system_path(platform, name));
                found.map_or(true, |path| {
                    assert_eq!(path, node.lab.program(name));
                    false
                })
            });
        }
        assert_eq!(missing, [""; 0]);
    }
}

#[test]
fn the_program_table_lists_every_program_that_tools_starts() {
    let names: Vec<_> = [Platform::Macos, Platform::Linux]
        .into_iter()
        .flat_map(tools::program_names)
        .collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools");
    let mut seen = 0;
    for text in sources(folder.as_ref()) {
        for call in text.split("Command::new(\"").skip(1) {
            let (name, _) = call.split_once('"').unwrap();
            assert!(names.contains(&name), "tools starts {name}");
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} commands were found in src/tools");
}

/// The text of every Rust file of a folder, without the tests at its foot.
fn sources(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            let text = fs::read_to_string(path).unwrap();
            let body = text.split("#[cfg(test)]").next().unwrap();
            texts.push(body.to_owned());
        }
    }
    texts
}

/// Every command of a live run reaches a program of the lab: one of another
/// folder would leave no line in the lab's log of calls.
#[test]
fn on_a_lab_no_program_outside_its_folder_starts() {
    support::each(
        JOBS,
        |job| job.script.join(" "),
        |job| {
            let node = support::Node::new(job.platform);
            every_command_is_logged(&node, &[job.script, job.live_args].concat());
        },
    );
    for platform in ["macos", "linux"] {
        let node = support::Node::new(platform);
        for admin in [true, false] {
            let password = r#"secret("env:FASPEX_ACCOUNT_PASSWORD")"#;
            let text =
                format!(r#"account.ensure("lion", #{{ admin: {admin}, password: {password} }});"#);
            every_command_is_logged(&node, &[&node.script(&text)]);
        }
    }
}

fn every_command_is_logged(node: &support::Node, script: &[&str]) {
    node.lab.clear_calls().unwrap();
    let receipt = node.live(script).json(0);
    let calls = node.lab.calls().unwrap();
    let steps = receipt["steps"].as_array().unwrap().iter();
    let commands = steps.flat_map(|step| step["commands"].as_array().unwrap());
    let mut count = 0;
    // Requests are made by the program itself.
    for command in commands.filter(|command| command["program"] != "node-api") {
        let is_same = |call: &&Value| {
            call["program"] == command["program"] && call["args"] == command["args"]
        };
        assert!(calls.iter().any(|call| is_same(&call)), "{command}");
        count += 1;
    }
    assert!(count > 0, "no command ran");
}

#[test]
fn a_sync_session_runs_as_the_account_that_is_named() {
    let node = support::Node::new("linux");
    let script = node.script(
        r#"account.ensure("lion");
dir.ensure("/db", #{ owner: "lion" });
sync.run(#{
    name: "images", local: "/images", remote: "tiger@10.0.0.1:/data", user: "lion", local_db_dir: "/db",
    token: token.basic("id", secret("env:ASPERA_ACCESS_KEY_SECRET")),
});"#,
    );
    node.live(&[&script]).ends(0);
    let calls = node.lab.calls().unwrap();
    let [sudo, sync] = &calls[calls.len() - 2..] else {
        panic!("{calls:?}")
    };
    let words = [
        "-n",
        "-H",
        "-u",
        "lion",
        "--preserve-env=ASPERA_SCP_TOKEN",
        "--",
    ];
    assert_eq!(sudo["program"], "sudo");
    assert_eq!(sudo["args"].as_array().unwrap()[..6], words);
    assert_eq!(sync["program"], "async");
    assert_eq!(sync["env"], serde_json::json!(["ASPERA_SCP_TOKEN"]));
    assert_eq!(node.state("sync/images.json")["user"], "lion");
}

#[test]
fn sudo_of_a_lab_starts_no_program_outside_its_folder() {
    let node = Node::new("linux");
    assert_eq!(node.run("sudo -n -u admin -- /bin/true").code, 1);
    assert_eq!(node.run("sudo -n -u nobody -- async -A").code, 1);
}

#[test]
fn a_program_that_a_lab_lacks_is_not_taken_from_the_system() {
    let node = support::Node::new("linux");
    fs::remove_file(node.lab.program("install")).unwrap();
    let script = node.script(r#"dir.ensure("/srv/a", #{ owner: "root" });"#);
    node.live(&[&script]).stops(
        3,
        &[
            "no program `install`",
            "a lab never starts the system's programs",
        ],
    );
}

/// `useradd -G wheel` on Debian ends with 6: there is no such group.
#[test]
fn an_administrator_gets_the_group_that_the_system_has() {
    for (distribution, group) in [("red-hat", "wheel"), ("debian", "sudo")] {
        let node = support::Node::with("linux", |options| {
            options.knobs.push(format!("distribution={distribution}"));
        });
        let script = node.script("account.ensure(\"lion\", #{ admin: true });");
        node.live(&[&script]).json(0);
        let members = node.does("getent", &["group", group]);
        assert!(members.ends_with(":admin,lion\n"), "{members}");
        node.live(&[&script]).json(0);
        node.run(&["undo", "1", "--live", "--yes"]).ends(0);
        let members = node.does("getent", &["group", group]);
        assert!(members.ends_with(":admin\n"), "{members}");
    }
}

/// `groupadd -g 10` ends with 4 where another group has that number.
#[test]
fn a_number_is_that_of_one_group() {
    let node = support::Node::new("linux");
    let script = node.script("group.ensure(\"drop\", #{ gid: 10 });");
    node.live(&[&script])
        .stops(3, &["groupadd: GID '10' already exists"]);
}
