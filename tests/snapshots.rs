//! A snapshot stands for the node that it was taken of: what is previewed on
//! it is what is previewed there, it holds no secret, and it does not guess.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::secrecy::encodings;
use crate::support::{
    ASCRIPT, Done, EVERYTHING, Node, NodeVariant, ODD, OLD_KEY, PLAIN, SECRETS, each,
};

const LINUX: &[&str] = &["faspex-node-linux"];

/// The bundled scripts, and what else is asked of them, by their platforms.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("macos", &["faspex-node-macos", "--set", "admin=admin"]),
    ("macos", &["sync-access-key", "--set", "access_key=ak1"]),
    ("linux", LINUX),
    ("linux", &["sync-access-key"]),
    ("linux", &["sync-access-key", "--set", "role=server"]),
    ("linux", &[EVERYTHING]),
];

/// A site script whose docroot is that of `sync-access-key` on a server, which the default parameters
/// do not set.
const SYNC_SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/laws/sync_server.rhai");

/// Whether the secrets are in the environment of a preview.
#[derive(Clone, Copy, PartialEq)]
enum Secrets {
    There,
    Missing,
}

/// A snapshot of a node, in a folder of its own.
struct Snapshot {
    file: PathBuf,
    folder: tempfile::TempDir,
}

impl Snapshot {
    #[track_caller]
    fn of(node: &Node, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("node.json");
        let this = Self { file, folder };
        this.take(node, more);
        this
    }

    #[track_caller]
    fn take(&self, node: &Node, more: &[&str]) {
        let args = ["snapshot", "-q", "-o", self.file.to_str().unwrap()];
        let done = node.run(&[&args[..], more].concat());
        assert_eq!((done.code, done.err.as_str()), (0, ""));
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }

    /// Runs the program where there is nothing but the file.
    fn run(&self, args: &[&str], secrets: Secrets) -> Done {
        let mut command = Command::new(ASCRIPT);
        command.args(args).arg("--node").arg(&self.file);
        command.env_clear().env("SUDO_USER", "reviewer");
        command.current_dir(self.folder.path());
        if secrets == Secrets::There {
            command.envs(SECRETS);
        }
        Done::of(command.stdin(Stdio::null()).output().unwrap())
    }

    fn preview(&self, script: &[&str], secrets: Secrets) -> Done {
        self.run(&[&["run"], script, &["--format", "json"]].concat(), secrets)
    }
}

fn preview(node: &Node, script: &[&str], secrets: Secrets) -> Done {
    let mut command = node.ascript(&[&["run"], script, &["--format", "json"]].concat());
    if secrets == Secrets::Missing {
        for (name, _) in SECRETS {
            command.env_remove(name);
        }
    }
    Done::of(command.output().unwrap())
}

#[track_caller]
fn stands_for(snapshot: &Snapshot, node: &Node, platform: &str) {
    for (_, script) in SCRIPTS.iter().filter(|(wanted, _)| *wanted == platform) {
        for secrets in [Secrets::There, Secrets::Missing] {
            let there = preview(node, script, secrets);
            let here = snapshot.preview(script, secrets);
            let said =
                |text: &str| text.replace("\"source\": \"folder\"", "\"source\": \"snapshot\"");
            assert_eq!(said(&there.out), here.out, "{script:?}");
            assert_eq!((there.code, there.err), (here.code, here.err), "{script:?}");
        }
    }
}

/// A state of a node, and how it comes to it.
struct State {
    name: &'static str,
    node: fn(&str) -> Node,
}

const STATES: &[State] = &[
    State {
        name: "set up",
        node: set_up,
    },
    State {
        name: "changed and not restarted",
        node: |platform| {
            let node = Node::new(platform);
            let script = node.script(
                r#"conf.set_user("faspex", #{ token_encryption_key: secret("env:FASPEX_TOKEN_KEY") });
                   conf.set_fallback(#{ http: 8080 });"#,
            );
            node.live(&[&script]).json(0);
            node
        },
    },
    State {
        name: "secrets in odd places",
        node: |platform| {
            let node = set_up(platform);
            let text = String::from_utf8(node.conf()).unwrap();
            let inner = format!("<!-- {OLD_KEY} -->\n {OLD_KEY}\n\n <![CDATA[{OLD_KEY}]]>");
            let odd = format!(
                "<!-- <password>{OLD_KEY}</password> -->\n\
                 <database><password>{inner}</password></database>\n</CONF>"
            );
            node.set_conf(text.replace("</CONF>", &odd));
            node
        },
    },
    State {
        name: "no licence",
        node: |platform| {
            Node::with(platform, |options| {
                "none".clone_into(&mut options.license);
            })
        },
    },
];

fn set_up(platform: &str) -> Node {
    let node = Node::new(platform);
    node.live(&[&format!("faspex-node-{platform}")]).json(0);
    node
}

/// What is added to a snapshot besides what the bundled scripts ask.
fn added(platform: &str) -> &'static [&'static str] {
    if platform == "linux" {
        &["--for", EVERYTHING, "--for", SYNC_SERVER]
    } else {
        &[]
    }
}

#[test]
fn a_preview_on_a_snapshot_is_the_one_on_its_node() {
    let some = |platform: &'static str, first: usize| {
        let odd = ODD.iter().skip(first).step_by(2);
        let kinds = std::iter::once(&PLAIN).chain(odd);
        kinds.map(move |kind| (platform, kind))
    };
    let cases: Vec<_> = some("macos", 0).chain(some("linux", 1)).collect();
    let named = |case: &(&str, &NodeVariant)| format!("{} on {}", case.1.name, case.0);
    each(&cases, named, |(platform, kind)| {
        let node = kind.node(platform);
        let snapshot = Snapshot::of(&node, added(platform));
        stands_for(&snapshot, &node, platform);
        assert_eq!(node.acts(), [""; 0]);
    });
}

#[test]
fn so_it_is_in_whatever_state_the_node_is() {
    let on = |platform: &'static str| STATES.iter().map(move |state| (platform, state));
    let cases: Vec<_> = on("macos").chain(on("linux")).collect();
    let named = |case: &(&str, &State)| format!("{} on {}", case.1.name, case.0);
    each(&cases, named, |(platform, state)| {
        let node = (state.node)(platform);
        let snapshot = Snapshot::of(&node, added(platform));
        stands_for(&snapshot, &node, platform);
    });
}

#[test]
fn a_secret_is_compared_by_its_fingerprint() {
    let node = set_up("linux");
    let snapshot = Snapshot::of(&node, &[]);
    let change = |secrets, key: Option<&str>| {
        let script = r#"conf.set_user("faspex", #{ token_encryption_key: secret("file:key") });"#;
        std::fs::write(snapshot.folder.path().join("site.rhai"), script).unwrap();
        let path = snapshot.folder.path().join("key");
        let _ = std::fs::remove_file(&path);
        if let Some(key) = key {
            std::fs::write(&path, key).unwrap();
        }
        snapshot.preview(&["./site.rhai"], secrets).json(0)
    };
    let right = SECRETS.iter().find(|(name, _)| *name == "FASPEX_TOKEN_KEY");
    let settled = change(Secrets::Missing, right.map(|(_, key)| *key));
    assert_eq!(settled["summary"]["settled"], 1, "{settled:#}");
    let wrong = change(Secrets::Missing, Some(OLD_KEY));
    assert_eq!(wrong["summary"]["change"], 1);
    assert_eq!(wrong["steps"][0]["advisories"], Value::Array(Vec::new()));
    let unknown = change(Secrets::Missing, None);
    let advisory = &unknown["steps"][0]["advisories"][0];
    assert_eq!(advisory["id"], "secret-not-compared", "{unknown:#}");
}

#[test]
fn a_snapshot_holds_no_secret_no_clock_and_no_place() {
    for state in STATES {
        let node = (state.node)("linux");
        let snapshot = Snapshot::of(&node, added("linux"));
        let text = snapshot.text();
        let secrets = SECRETS.iter().map(|(_, secret)| *secret).chain([OLD_KEY]);
        for form in secrets.flat_map(encodings) {
            assert!(!text.contains(&form), "{}: {form}", state.name);
        }
        // The tool's own words for a missing licence say where it looked.
        let dir = node.lab.dir().to_str().unwrap();
        assert!(state.name == "no licence" || !text.contains(dir));
        let mode = std::fs::metadata(&snapshot.file)
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        // The same node, the same bytes; but for the key of another file.
        snapshot.take(&node, added("linux"));
        assert_eq!(snapshot.text(), text, "{}", state.name);
        let other = Snapshot::of(&node, added("linux")).text();
        let differ = text
            .lines()
            .zip(other.lines())
            .filter(|(one, other)| one != other);
        let differ: Vec<_> = differ.collect();
        assert!(!differ.is_empty() && text.lines().count() == other.lines().count());
        for (line, _) in differ {
            assert!(
                line.contains("\"key\": ") || line.contains("fingerprint:"),
                "{line}"
            );
        }
    }
}

#[test]
fn what_a_snapshot_does_not_say_is_not_guessed() {
    let node = Node::new("linux");
    let script = node.script(r#"dir.ensure("/srv/x"); account.ensure("anna", #{});"#);
    let snapshot = Snapshot::of(&node, &[]);
    snapshot.preview(&[&script], Secrets::There).stops(
        3,
        &["the snapshot does not contain dir//srv/x", "--for SCRIPT"],
    );
    snapshot.take(&node, &["--for", &script]);
    let done = snapshot.preview(&[&script], Secrets::There);
    assert_eq!(
        done.out.replace("snapshot", "folder"),
        node.preview(&[&script]).out
    );
    // Parameters decide what a script asks.
    let script = &["faspex-node-linux", "--set", "user=ben"];
    snapshot
        .preview(script, Secrets::There)
        .stops(3, &["the snapshot does not contain account/ben"]);
    snapshot.take(&node, &["--for", script[0], script[1], script[2]]);
    snapshot.preview(script, Secrets::There).json(0);
}

#[test]
fn what_a_node_does_not_tell_is_said() {
    let node = Node::new("linux");
    node.replace("asnodeadmin", "exit 1");
    let done = node.run(&["snapshot"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("api_users"), "{}", done.err);
    let snapshot = Snapshot::of(&node, &[]);
    assert_eq!(snapshot.text().lines().count(), done.out.lines().count());
    snapshot
        .preview(LINUX, Secrets::There)
        .stops(3, &["does not contain the users of the Node API"]);
    // A script that stops there is reported; all others are complete.
    let done = node.run(&["snapshot", "--for", "faspex-node-linux"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.err.contains("faspex-node-linux stops there"),
        "{}",
        done.err
    );
    snapshot
        .preview(&["sync-access-key"], Secrets::There)
        .json(0);
}

#[test]
fn only_a_snapshot_is_one() {
    let node = Node::new("linux");
    let snapshot = Snapshot::of(&node, &[]);
    let whole = snapshot.text();
    let plan = node.run(&["plan", "faspex-node-linux"]).out;
    for (text, words) in [
        (String::new(), &["not a snapshot of a node"][..]),
        (
            "not json".to_owned(),
            &["not a snapshot of a node", "ascript snapshot -o FILE"],
        ),
        ("[1, 2]".to_owned(), &["not a snapshot of a node"]),
        (plan, &["this is a plan, not a snapshot of a node"]),
        (
            whole.replacen("\"format\": 2", "\"format\": 3", 1),
            &["format 3", "take it again"],
        ),
        (
            whole.replacen("\"facts\"", "\"fatcs\"", 1),
            &["not a snapshot of a node", "fatcs"],
        ),
        (
            whole.replacen("service/", "sorvice/", 1),
            &["not a snapshot of a node", "sorvice/"],
        ),
        (whole.replacen("utf-8\"", "utf-7\"", 1), &["aspera.conf"]),
        (whole.replacen("</CONF>", "", 1), &["aspera.conf"]),
    ] {
        std::fs::write(&snapshot.file, &text).unwrap();
        let done = snapshot.preview(LINUX, Secrets::There);
        done.stops(2, words);
        assert_eq!(done.json(2)["fault"]["kind"], "usage");
    }
    std::fs::write(&snapshot.file, [0xff, 0xfe]).unwrap();
    snapshot
        .preview(LINUX, Secrets::There)
        .stops(2, &["is not UTF-8 text"]);
}

#[test]
fn nothing_is_done_to_a_snapshot() {
    let node = Node::new("linux");
    let snapshot = Snapshot::of(&node, &[]);
    let before = snapshot.text();
    for (args, words) in [
        (
            &["run", "faspex-node-linux", "--live", "--yes"][..],
            "a snapshot cannot be changed",
        ),
        (&["undo"], "a snapshot has no live runs"),
        (&["runs"], "a snapshot has no live runs"),
        (
            &["snapshot"],
            "a snapshot needs a real node or a lab, and this is a snapshot",
        ),
        (
            &["run", "faspex-node-linux", "--platform", "macos"],
            "a snapshot of a Linux node",
        ),
    ] {
        snapshot.run(args, Secrets::There).stops(2, &[words]);
    }
    snapshot
        .run(&["run", "faspex-node-macos"], Secrets::There)
        .stops(1, &["the script is for macos, the node is linux"]);
    assert_eq!(snapshot.text(), before);
    let blank = Command::new(ASCRIPT)
        .args(["snapshot", "--node", "blank:linux"])
        .output();
    Done::of(blank.unwrap()).stops(2, &["this is a blank node"]);
}

/// A plan that is made elsewhere must not depend on who makes it.
#[test]
fn a_snapshot_knows_nobody_who_enables_root() {
    let node = Node::new("macos");
    let snapshot = Snapshot::of(&node, &[]);
    snapshot
        .run(&["run", "faspex-node-macos"], Secrets::There)
        .stops(
            1,
            &[
                "enabling root takes the name of an administrator",
                "--set admin=NAME",
            ],
        );
}

/// A plan is made where no node is, and applied where it is.
#[test]
fn a_plan_made_on_a_snapshot_is_one_for_its_node() {
    let node = Node::new("linux");
    let snapshot = Snapshot::of(&node, &[]);
    let plan = snapshot.run(&["plan", "faspex-node-linux"], Secrets::Missing);
    assert_eq!(plan.code, 0, "{}", plan.err);
    let path = snapshot.folder.path().join("plan.json");
    std::fs::write(&path, &plan.out).unwrap();
    let path = path.to_str().unwrap();
    let here = node.run(&["plan", "faspex-node-linux"]).json(0);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["digest"], here["digest"]);
    let done = node
        .run(&["apply", path, "--yes", "--format", "json"])
        .json(0);
    assert_eq!(done["plan"], plan["digest"]);
    assert_eq!(node.preview(LINUX).json(0)["summary"]["change"], 0);
}
