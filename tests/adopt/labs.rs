//! The law on emulated nodes, each after a run of a script.

use std::collections::BTreeMap;
use std::process::Stdio;

use ascript::conf::Document;

use super::law::{Secrets, adopted, secrets, with_conf};
use crate::laws::{JOBS, Job};
use crate::support::{Done, Node, each};

/// The values of the secrets that an adopted script names: those that the node has in aspera.conf,
/// and invented ones for passwords.
fn environment(node: &Node, said: &str) -> BTreeMap<String, String> {
    let conf = String::from_utf8(node.conf()).unwrap();
    let adoption = adopted(&mut with_conf(&conf, Secrets::new()));
    let document = Document::parse(conf.into_bytes()).unwrap();
    let named = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("env:"));
    let named = named.filter_map(|line| line.split_whitespace().next());
    let mut environment: BTreeMap<_, _> = named
        .map(|name| (name.to_owned(), "Invented-1".to_owned()))
        .collect();
    for (secret, value) in secrets(&adoption, &document) {
        let name = secret.to_string().replacen("env:", "", 1);
        environment.insert(name, value.unwrap());
    }
    environment
}

fn run(node: &Node, args: &[&str], secrets: &BTreeMap<String, String>) -> Done {
    let mut command = node.ascript(args);
    Done::of(command.envs(secrets).stdin(Stdio::null()).output().unwrap())
}

/// What the vendor's tools print about a node.
fn printed(node: &Node) -> [String; 2] {
    [
        node.does("asuserdata", &["-a"]),
        node.does("asnodeadmin", &["-l"]),
    ]
}

fn is_adopted(job: &Job) {
    let node = Node::new(job.platform);
    node.live(&[job.script, job.live_args].concat()).json(0);
    let first = node.run(&["adopt"]);
    first.ends(0);
    let secrets = environment(&node, &first.err);
    let there = node.script(&first.out);
    let preview = run(&node, &["run", &there, "--format", "json"], &secrets).json(0);
    assert_eq!(preview["summary"]["change"], 0, "{preview:#}");
    assert_eq!(preview["summary"]["act"], 0, "{preview:#}");
    let live = ["run", &there, "--live", "--yes", "--format", "json"];
    run(&node, &live, &secrets).json(0);
    assert_eq!(node.run(&["adopt"]).out, first.out);
    let blank = Node::new(job.platform);
    let script = blank.script(&first.out);
    let live = ["run", &script, "--live", "--yes", "--format", "json"];
    let receipt = run(&blank, &live, &secrets).json(0);
    assert_ne!(receipt["summary"]["change"], 0);
    assert_eq!(printed(&blank), printed(&node));
    assert_eq!(blank.run(&["adopt"]).out, first.out);
}

#[test]
fn nodes_after_scripts_are_adopted() {
    each(JOBS, |job| job.script.join(" "), is_adopted);
}
