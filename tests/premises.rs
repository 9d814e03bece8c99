//! Refusal: after any one premise of a plan changed, `apply` spawns only readings
//! and reports the difference.

use serde_json::Value;

use crate::laws::{JOBS, Job};
use crate::plans::{apply, plan, read};
use crate::support::{Node, NodeVariant, ODD, PLAIN, each};

/// Reads every kind of premise.
const READS_EVERYTHING: &str = r#"
license.check();
conf.users();
conf.user("other");
conf.node();
conf.trunk(7);
conf.group("g");
node.api_users();
node.api_user("u");
account.get("other");
account.get("nobody-yet");
service.status("asperanoded");
conf.set_user("u", #{ absolute: "/data/u" });
dir.ensure("/data/u", #{ owner: "root" });
file.ensure("/etc/x.conf", #{ content: "a" });
file.line("/etc/y.conf", #{ "match": "Port ", line: "Port 33001" });
license.install("a.lic");
conf.delete_user("other");
"#;

#[test]
fn a_faspex_plan_on_macos_is_refused_if_a_premise_changed() {
    is_refused_for_each_premise(&JOBS[0]);
}

#[test]
fn a_faspex_plan_on_linux_is_refused_if_a_premise_changed() {
    is_refused_for_each_premise(&JOBS[1]);
}

#[test]
fn a_sync_server_plan_is_refused_if_a_premise_changed() {
    is_refused_for_each_premise(&JOBS[2]);
}

#[test]
fn a_sync_client_plan_is_refused_if_a_premise_changed() {
    is_refused_for_each_premise(&JOBS[3]);
    is_refused_for_each_premise(&JOBS[4]);
}

#[test]
fn a_plan_of_every_kind_of_premise_is_refused_if_one_changed() {
    for platform in ["linux", "macos"] {
        let script = |node: &Node| {
            std::fs::write(node.beside("a.lic"), "server\n\n").unwrap();
            vec![node.script(READS_EVERYTHING)]
        };
        on_each_kind(platform, script, &[]);
    }
}

fn is_refused_for_each_premise(job: &Job) {
    let script = |_: &Node| job.script.iter().map(|&word| word.to_owned()).collect();
    on_each_kind(job.platform, script, job.live_args);
}

fn on_each_kind(platform: &str, script: impl Fn(&Node) -> Vec<String> + Sync, live_args: &[&str]) {
    let odd = |kind: &&NodeVariant| kind.name == "partly right" || kind.name == "other values";
    let kinds: Vec<&NodeVariant> = std::iter::once(&PLAIN)
        .chain(ODD.iter().filter(odd))
        .collect();
    let mut cases = Vec::new();
    for kind in kinds {
        let node = kind.node(platform);
        let words = script(&node);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let planned = read(&plan(&node, &words));
        let premises = planned["observations"].as_array().unwrap();
        assert!(!premises.is_empty());
        cases.extend(premises.iter().cloned().map(|premise| (kind, premise)));
    }
    let named = |(kind, premise): &(&NodeVariant, Value)| {
        format!("{} on {}", premise["subject"], kind.name)
    };
    each(&cases, named, |(kind, premise)| {
        let node = kind.node(platform);
        let words = script(&node);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let file = plan(&node, &words);
        let subject = premise["subject"].as_str().unwrap();
        if !change_premise(&node, platform, subject, &premise["value"]) {
            // A plan knows of a secret only that it is set.
            assert_eq!(premise["value"]["secret"], "set");
            return;
        }
        node.lab.clear_calls().unwrap();
        let before = node.conf();
        let line = format!("= help: {subject}: ");
        apply(&node, &file, live_args).stops(4, &["no longer hold", "nothing was done", &line]);
        assert_eq!(node.acts(), [""; 0]);
        assert_eq!(node.conf(), before);
        assert!(!node.lab.dir().join("var/ascript/runs").exists());
    });
}

/// Changes the state of a subject with the node's own programs. Returns whether it
/// could.
fn change_premise(node: &Node, platform: &str, subject: &str, is: &Value) -> bool {
    let (kind, name) = subject.split_once('/').unwrap_or((subject, ""));
    match kind {
        "license" => {
            std::fs::write(node.lab.dir().join("etc/aspera-license"), "expired\n").unwrap();
        }
        "conf" => return change_conf(node, name, is),
        "api_users" => add_api_user(node, "one-more"),
        "api_user" if is.is_null() => add_api_user(node, name),
        "api_user" => {
            node.does("asnodeadmin", &["-d", "-u", name]);
        }
        // A new account of Linux is locked.
        "account" => {
            let name = name.split('/').next().unwrap();
            change_account(node, platform, name, is);
        }
        "token_public_key" => {
            let file = node.lab.dir().join("var/aspera_tokenauth_id_rsa.pub");
            std::fs::write(file, "ssh-rsa AAAAB3NzaC1yc2EAAAABYQ== another\n").unwrap();
        }
        "authorized_key" => {
            let account = name.split('/').next().unwrap();
            change_authorized_keys(node, platform, account, is);
        }
        "root_user" => {
            let mut args = vec!["-u", "admin", "-p", "pw", "-r", "pw"];
            if is["enabled"] == true {
                args.insert(0, "-d");
            }
            node.does("dsenableroot", &args);
        }
        "dir" => {
            let mode = if is["mode"] == "711" { "755" } else { "711" };
            node.does("install", &["-d", "-o", "root", "-m", mode, name]);
        }
        "file" => change_file(node, name),
        "file_line" => change_line(node, name),
        "service" if platform == "macos" => {
            node.does("launchctl", &["stop", &format!("com.aspera.{name}")]);
        }
        "service" => {
            node.does("systemctl", &["stop", name]);
        }
        _ => panic!("no such subject: {subject}"),
    }
    true
}

/// Writes a file, or another content to it.
fn change_file(node: &Node, path: &str) {
    write_file(node, path, "other");
}

/// Sets the line that starts so.
fn change_line(node: &Node, name: &str) {
    let (start, path) = name.split_once("//").unwrap();
    write_file(node, &format!("/{path}"), &format!("{start}other\n"));
}

fn write_file(node: &Node, path: &str, content: &str) {
    let text = format!("file.ensure({path:?}, #{{ content: {content:?} }});");
    let script = node.script(&text);
    let place = node.lab.dir().join("var/ascript");
    node.live(&[&script]).json(0);
    std::fs::remove_dir_all(place).unwrap();
}

fn add_api_user(node: &Node, name: &str) {
    let args = ["-a", "-u", name, "-p", "pw", "-x", "somebody"];
    node.does("asnodeadmin", &args);
}

fn change_account(node: &Node, platform: &str, name: &str, is: &Value) {
    match (platform, is.is_null()) {
        ("macos", true) => {
            let args = ["-addUser", name, "-fullName", "X", "-password", "pw"];
            node.does("sysadminctl", &args)
        }
        ("macos", false) => {
            let path = format!("/Users/{name}");
            node.does("dscl", &[".", "-create", &path, "UserShell", "/bin/ksh"])
        }
        (_, true) => node.does("useradd", &["-m", name]),
        (_, false) => node.does("usermod", &["-s", "/bin/ksh", name]),
    };
}

/// Lets the key of the installation log in, or removes all keys.
fn change_authorized_keys(node: &Node, platform: &str, account: &str, is: &Value) {
    let accounts = node.state("accounts.json");
    if accounts["users"][account].is_null() {
        change_account(node, platform, account, &Value::Null);
    }
    let homes = if platform == "macos" {
        "/Users"
    } else {
        "/home"
    };
    let folder = node.lab.dir();
    let key = std::fs::read_to_string(folder.join("var/aspera_tokenauth_id_rsa.pub")).unwrap();
    let file = format!("{homes}/{account}/.ssh/authorized_keys");
    let keys = if is.is_null() {
        serde_json::json!({ file: [key.trim()] })
    } else {
        serde_json::json!({})
    };
    std::fs::write(
        folder.join("var/lab/authorized_keys.json"),
        keys.to_string(),
    )
    .unwrap();
}

fn change_conf(node: &Node, path: &str, is: &Value) -> bool {
    let set = |line: &str| {
        node.does("asconfigurator", &["-x", line]);
        true
    };
    let words: Vec<&str> = path.split('/').collect();
    let of = |section: &str, name: &str| match section {
        "user" | "group" => format!("set_{section}_data;{section}_name,{name}"),
        "trunk" => format!("set_trunk_data;id,{name}"),
        _ => format!("set_{section}_data"),
    };
    if path.contains("/WEB[") {
        add_web(node);
        return true;
    }
    match words[..] {
        ["users"] => set("set_user_data;user_name,one-more;absolute,/x"),
        ["trunk", id] | ["trunk", id, "*"] => set(&format!("set_trunk_data;id,{id};trunk_name,x")),
        [section @ ("user" | "group"), name] | [section @ ("user" | "group"), name, "*"] => {
            if *is == Value::Bool(true) {
                return set(&format!("delete_{section};{section}_name,{name}"));
            }
            set(&format!("{};absolute,/x", of(section, name)))
        }
        ["server", "*"] => set("set_server_data;ssh_port,4711"),
        [section, "*"] | [section] => set(&format!("{};absolute,/x", of(section, ""))),
        [section, setting] | [section, _, setting] => {
            let Some(value) = other_value(setting, is) else {
                return false;
            };
            let name = words.get(1).copied().unwrap_or_default();
            set(&format!("{};{setting},{value}", of(section, name)))
        }
        _ => panic!("no such subject: conf/{path}"),
    }
}

/// Adds the element with which old web pages switch fallback off.
fn add_web(node: &Node) {
    let text = String::from_utf8(node.conf()).unwrap();
    let web = "<WEB HttpFallback=\"no\" HttpFallbackPort=\"1\" HttpsFallbackPort=\"1\"/>";
    let changed = if let Some((before, after)) = text.rsplit_once("</CONF>") {
        format!("{before}{web}</CONF>{after}")
    } else {
        let (before, after) = text.rsplit_once("/>").unwrap();
        format!("{before}>{web}</CONF>{after}")
    };
    node.set_conf(changed);
}

/// Another value that a setting accepts; `None` for a secret.
fn other_value(setting: &str, is: &Value) -> Option<&'static str> {
    let choices = match setting {
        "http_port" | "https_port" => ["4711", "4712"],
        "enable_http" | "enable_https" => ["true", "false"],
        "authorization_transfer_in_value" | "authorization_transfer_out_value" => ["deny", "token"],
        "absolute" | "async_db_dir" => ["/one", "/other"],
        "server_name" => ["one.example.com", "other.example.com"],
        "token_encryption_key" if is.is_null() => ["a-key-of-their-own-making", ""],
        "token_encryption_key" => return None,
        _ => panic!("no other value for {setting}"),
    };
    choices.into_iter().find(|choice| is != choice)
}
