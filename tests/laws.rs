//! Laws for every bundled script on every kind of node: a preview only reads, a second run changes
//! nothing, the preview equals the record of the live run, and equal runs print equal bytes.

use std::path::Path;

use serde_json::Value;

use crate::support::{
    Done, EVERYTHING, LICENSE, Node, NodeVariant, ODD, PLAIN, each, patched, remove_live_notes,
};

/// A bundled script with its parameters, and where it is run.
pub(crate) struct Job {
    pub(crate) platform: &'static str,
    pub(crate) script: &'static [&'static str],
    /// Further arguments of the live run.
    pub(crate) live_args: &'static [&'static str],
    /// Runs on every `step`th kind of node.
    pub(crate) step: usize,
}

pub(crate) const JOBS: &[Job] = &[
    Job {
        step: 2,
        ..job("macos", &["faspex-node-macos"])
    },
    job("linux", &["faspex-node-linux"]),
    Job {
        step: 2,
        ..job("linux", &["sync-access-key", "--set", "role=server"])
    },
    Job {
        step: 3,
        ..job("macos", &["sync-access-key", "--set", "access_key=ak1"])
    },
    Job {
        live_args: &["--done", "3"],
        step: 3,
        ..job("linux", &["sync-access-key"])
    },
    Job {
        step: 2,
        ..job("linux", &[EVERYTHING])
    },
];

pub(crate) const fn job(platform: &'static str, script: &'static [&'static str]) -> Job {
    Job {
        platform,
        script,
        live_args: &[],
        step: 1,
    }
}

#[test]
fn a_faspex_node_on_macos_keeps_the_laws() {
    keeps_the_laws(&JOBS[0]);
}

#[test]
fn a_faspex_node_on_linux_keeps_the_laws() {
    keeps_the_laws(&JOBS[1]);
}

#[test]
fn a_sync_server_keeps_the_laws() {
    keeps_the_laws(&JOBS[2]);
}

#[test]
fn a_sync_client_keeps_the_laws() {
    keeps_the_laws(&JOBS[3]);
}

#[test]
fn a_sync_client_without_a_key_keeps_the_laws() {
    keeps_the_laws(&JOBS[4]);
}

#[test]
fn a_script_that_does_everything_keeps_the_laws() {
    keeps_the_laws(&JOBS[5]);
}

#[test]
fn a_license_that_is_installed_keeps_the_laws() {
    keeps_the_laws(&Job {
        step: 4,
        ..job("linux", &[LICENSE])
    });
}

fn keeps_the_laws(job: &Job) {
    let kinds: Vec<&NodeVariant> = std::iter::once(&PLAIN)
        .chain(ODD)
        .step_by(job.step)
        .collect();
    let named = |kind: &&NodeVariant| format!("{} on {}", job.script.join(" "), kind.name);
    each(&kinds, named, |kind| {
        keeps_them_on(&kind.node(job.platform), job);
    });
}

/// Checks the laws for a script on that node.
pub(crate) fn keeps_them_on(node: &Node, job: &Job) {
    let preview = silent_and_stable(node, job);
    faithful(node, job, &preview);
    convergent(node, job);
}

fn silent_and_stable(node: &Node, job: &Job) -> Value {
    let before = node.files();
    let preview = node.preview(job.script);
    let mut elsewhere = node.ascript(&[&["run"], job.script, &["--format", "json"]].concat());
    let again = Done::of(elsewhere.current_dir("/").output().unwrap());
    assert_eq!(preview.out, again.out);
    assert_eq!(node.acts(), [""; 0]);
    assert_eq!(node.files(), before);
    preview.json(0)
}

fn faithful(node: &Node, job: &Job, preview: &Value) {
    let before = node.conf();
    let copy = patched(&before, preview["conf_diff"].as_str().unwrap());
    let mut live = node.live(&[job.script, job.live_args].concat()).json(0);
    assert_eq!(live["kind"], "receipt");
    // The diff of a receipt is what happened to the file.
    let happened = patched(&before, live["conf_diff"].as_str().unwrap());
    assert_eq!(happened, String::from_utf8(node.conf()).unwrap());
    let has_layout = remove_live_notes(&mut live);
    for (key, value) in preview.as_object().unwrap() {
        let is_compared = !["kind", "digest"].contains(&key.as_str());
        if is_compared && (key != "conf_diff" || !has_layout) {
            assert_eq!(live[key], *value, "{key}");
        }
    }
    assert_eq!(live["plan"], preview["digest"]);
    // The diff of the preview means what the vendor's tool did.
    let after = node.does("asuserdata", &["-a"]);
    let done = node.conf();
    node.set_conf(copy);
    node.does("asuserdata", &["-v"]);
    let predicted = node.does("asuserdata", &["-a"]);
    node.set_conf(done);
    assert_eq!(predicted, after);
}

fn convergent(node: &Node, job: &Job) {
    let before = node.files();
    node.lab.clear_calls().unwrap();
    let second = node.live(&[job.script, job.live_args].concat()).json(0);
    assert_eq!(second["summary"]["change"], 0, "{second:#}");
    assert_eq!(second["conf_diff"], "");
    let mut acts = node.acts();
    // Each run starts a Sync session again.
    acts.retain(|act| !act.starts_with("async "));
    assert_eq!(acts, [""; 0]);
    let mut after = node.files();
    after.retain(|path, _| !path.ends_with("var/ascript/lock"));
    let changed = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes));
    // Such a session leaves its files and a receipt.
    let is_session = |path: &Path| {
        path.ends_with("sync/atcm_sync.json") || path.parent().unwrap().ends_with("ascript/runs")
    };
    let changed: Vec<_> = changed.map(|(path, _)| path).collect();
    let is_acting = second["summary"]["act"] != 0 || second["summary"]["manual"] != 0;
    assert!(
        changed.is_empty() || (is_acting && changed.iter().all(|path| is_session(path))),
        "{changed:?}"
    );
}
