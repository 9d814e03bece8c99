//! Sync sessions on an emulated node: the services that keep them running, and what is known of
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::crashes::{comes_to, emulated_files, kill};
use crate::plans::{apply, plan, read};
use crate::secrecy::encodings;
use crate::support::{Done, Node, SECRETS, each};

const PLATFORMS: [&str; 2] = ["linux", "macos"];

const STATUS: &str = "let images = sync.status(\"images\", #{ local: \"/images\" });
print(if images.session == () { \"unknown\" } else { images.session.condition });";

/// A session with those filters, whose token has that secret.
fn session(filter: &str, secret: &str) -> String {
    format!(
        "sync.service(\"images\", #{{ local: \"/my images\", remote: \"lion@10.0.0.1:/data\",
        token: token.basic(\"id\", secret(\"env:{secret}\")), filters: [\"{filter}\"] }});"
    )
}

const FIRST: (&str, &str) = ("- *.tmp", "FASPEX_TOKEN_KEY");
const SECOND: (&str, &str) = ("- 50%\\\\$x", "ASPERA_ACCESS_KEY_SECRET");

fn live(node: &Node, (filter, secret): (&str, &str)) -> Done {
    let script = node.script(&session(filter, secret));
    node.live(&[&script])
}

fn undo(node: &Node) -> Done {
    node.run(&["undo", "--live", "--yes"])
}

fn service(node: &Node) -> Value {
    node.state("services/aspera-sync-images.json")
}

fn definition(node: &Node) -> PathBuf {
    let linux = "root/etc/systemd/system/aspera-sync-images.service";
    let macos = "root/Library/LaunchDaemons/com.aspera.aspera-sync-images.plist";
    let is_macos = node.lab.dir().join("bin/launchctl").exists();
    node.lab.dir().join(if is_macos { macos } else { linux })
}

fn variables(node: &Node) -> PathBuf {
    node.lab.dir().join("root/etc/aspera-sync/images.env")
}

/// Whether the service runs with its files as they are, and starts with the machine.
#[track_caller]
fn runs_as_defined(node: &Node) {
    use sha2::Digest as _;
    let files = [definition(node), variables(node)].map(|file| fs::read(file).unwrap());
    let digest = sha2::Sha256::digest(files.concat());
    let service = service(node);
    assert_eq!(service["conf"], hex::encode(digest), "{service}");
    assert!(service["pid"].is_u64(), "{service}");
    assert_eq!(service["disabled"], false);
}

#[track_caller]
fn is_settled(node: &Node, wanted: (&str, &str)) {
    node.lab.clear_calls().unwrap();
    live(node, wanted).json(0);
    assert_eq!(node.acts(), [""; 0]);
}

#[test]
fn a_service_runs_the_session_until_the_undo() {
    for platform in PLATFORMS {
        let node = Node::new(platform);
        let is_file = |(_, bytes): &(PathBuf, Vec<u8>)| !bytes.is_empty();
        let files = || emulated_files(&node).into_iter().filter(is_file);
        let before: Vec<_> = files().collect();
        live(&node, FIRST).json(0);
        runs_as_defined(&node);
        let product = if platform == "macos" {
            "/Library/Aspera"
        } else {
            "/opt/aspera"
        };
        let arguments = format!(
            "{product}/bin/async|-q|-N|images|-d|/my images|-r|lion@10.0.0.1:/data|--exclude=*.tmp|-C"
        );
        let arguments: Vec<_> = arguments.split('|').collect();
        assert_eq!(service(&node)["arguments"], json!(arguments));
        is_settled(&node, FIRST);

        let status = node.script(
            "print(service.status(\"aspera-sync-images\").running);
            print(sync.status(\"images\").session.ldir);",
        );
        let shown = node.run(&["run", &status]);
        assert_eq!((shown.code, shown.err.as_str()), (0, "true\n/my images\n"));

        undo(&node).ends(0);
        assert_eq!(files().collect::<Vec<_>>(), before);
        let gone = service(&node);
        assert_eq!(gone["pid"], Value::Null);
        assert_eq!(
            (&gone["disabled"] == true, &gone["unloaded"] == true),
            (platform == "linux", platform == "macos")
        );

        // The undo can be undone, too.
        node.run(&["undo", "2", "--live", "--yes"]).ends(0);
        runs_as_defined(&node);
        is_settled(&node, FIRST);
    }
}

#[test]
fn a_service_restarts_where_its_definition_or_a_secret_changes() {
    for platform in PLATFORMS {
        for second in [SECOND, (FIRST.0, SECOND.1), (SECOND.0, FIRST.1)] {
            let node = Node::new(platform);
            live(&node, FIRST).json(0);
            let (files, starts) = (emulated_files(&node), service(&node)["starts"].clone());
            live(&node, second).json(0);
            runs_as_defined(&node);
            assert_ne!(service(&node)["starts"], starts);
            is_settled(&node, second);
            undo(&node).ends(0);
            assert_eq!(emulated_files(&node), files);
            runs_as_defined(&node);
            is_settled(&node, FIRST);
        }
    }
}

#[test]
fn a_stopped_service_is_started_and_stopped_again_by_the_undo() {
    for (platform, stop) in [
        ("linux", &["systemctl", "stop", "aspera-sync-images"]),
        (
            "macos",
            &[
                "launchctl",
                "unload",
                "/Library/LaunchDaemons/com.aspera.aspera-sync-images.plist",
            ],
        ),
    ] {
        let node = Node::new(platform);
        live(&node, FIRST).json(0);
        node.does(stop[0], &stop[1..]);
        live(&node, FIRST).json(0);
        runs_as_defined(&node);
        undo(&node).ends(0);
        assert_eq!(service(&node)["pid"], Value::Null);
        assert!(definition(&node).exists());
    }
}

#[test]
fn a_run_killed_at_any_call_recovers() {
    for platform in PLATFORMS {
        for prior in [None, Some(FIRST)] {
            let prepared = || {
                let node = Node::new(platform);
                prior.map(|prior| live(&node, prior).json(0));
                node.lab.clear_calls().unwrap();
                node
            };
            let node = prepared();
            live(&node, SECOND).json(0);
            let (files, count) = (emulated_files(&node), node.call_count());
            let moments: Vec<usize> = (1..=count).collect();
            let named = |moment: &usize| format!("{platform}, {prior:?}, killed at {moment}");
            each(&moments, named, |moment| {
                let node = prepared();
                let script = node.script(&session(SECOND.0, SECOND.1));
                let mut run = node.start(&[&script]);
                comes_to(&node, &mut run, *moment);
                kill(&node, run);
                live(&node, SECOND).json(0);
                assert_eq!(emulated_files(&node), files);
                runs_as_defined(&node);
                is_settled(&node, SECOND);
            });
        }
    }
}

#[test]
fn a_plan_makes_the_service_and_an_edited_one_is_refused() {
    for platform in PLATFORMS {
        let node = Node::new(platform);
        let script = node.script(&session(FIRST.0, FIRST.1));
        let file = plan(&node, &[&script]);
        let text = fs::read_to_string(&file).unwrap();
        for (from, to) in [
            (
                "service/aspera-sync-images",
                "service/aspera-sync-../images",
            ),
            ("/etc/aspera-sync/images.env", "/etc/../etc/images.env"),
        ] {
            assert!(text.contains(from));
            let edited = node.beside("edited.json");
            fs::write(&edited, text.replace(from, to)).unwrap();
            assert_ne!(apply(&node, &edited, &[]).code, 0, "{to}");
        }
        assert_eq!(node.acts(), [""; 0]);
        let applied = apply(&node, &file, &[]).json(0);
        assert_eq!(applied["steps"], read(&file)["steps"]);
        runs_as_defined(&node);
    }
}

#[test]
fn a_secret_is_in_the_file_of_the_service_only() {
    for platform in PLATFORMS {
        let node = Node::new(platform);
        let mut printed = String::new();
        let script = node.script(&session(FIRST.0, FIRST.1));
        let file = plan(&node, &[&script]);
        for done in [
            node.run(&["run", &script, "-v"]),
            node.run(&["show", &file, "--format", "html"]),
            live(&node, FIRST),
            live(&node, SECOND),
            node.run(&["runs"]),
            undo(&node),
        ] {
            printed.push_str(&done.out);
            printed.push_str(&done.err);
        }
        printed.push_str(&fs::read_to_string(&file).unwrap());
        let mut files = node.files();
        assert!(files.remove(&variables(&node)).is_some());
        files.retain(|path, _| !is_private_copy(path));
        let mut all = vec![printed.into_bytes()];
        all.push(fs::read(node.lab.dir().join("var/lab/calls.log")).unwrap());
        all.extend(files.into_values());
        let all = all.join(&0);
        for name in [FIRST.1, SECOND.1] {
            let value = SECRETS.iter().find(|secret| secret.0 == name).unwrap().1;
            for form in encodings(value)
                .into_iter()
                .chain(encodings(&format!("id:{value}")))
            {
                let found = memchr::memmem::find(&all, form.as_bytes());
                assert!(found.is_none(), "{name} appears as {form}");
            }
        }
    }
}

/// Whether it is what a run replaced, which only root can read.
fn is_private_copy(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let is_copy = path.to_str().unwrap().contains("/var/ascript/runs/")
        && path.extension().is_none_or(|extension| extension != "json");
    if is_copy {
        let rights = fs::metadata(path).unwrap().permissions();
        assert_eq!(rights.mode() & 0o077, 0, "{}", path.display());
    }
    is_copy
}

#[test]
fn a_secret_that_the_file_cannot_hold_is_refused() {
    let text = "sync.service(\"images\", #{ local: \"/images\", remote: \"lion@10.0.0.1:/data\",
        password: secret(\"env:FASPEX_ROOT_PASSWORD\") });";
    for platform in PLATFORMS {
        let node = Node::new(platform);
        let script = node.script(text);
        let words = "env:FASPEX_ROOT_PASSWORD contains a `'` or a line break";
        node.run(&["run", &script]).stops(1, &[words]);

        // The secret of a plan may be known only where it is applied.
        let file = node.beside("plan.json");
        let mut elsewhere = node.ascript(&["plan", &script, "-o", &file]);
        elsewhere.env_remove("FASPEX_ROOT_PASSWORD");
        Done::of(elsewhere.output().unwrap()).ends(0);
        let applied = apply(&node, &file, &[]);
        assert!(
            applied.code != 0 && applied.err.contains(words),
            "{}",
            applied.err
        );
        assert_eq!(node.acts(), [""; 0]);
    }
}

#[test]
fn asyncadmin_is_asked_where_the_node_has_it() {
    let node = Node::new("linux");
    let session = "-N images -d /images -r lion@10.0.0.1:/data";
    node.does("async", &session.split(' ').collect::<Vec<_>>());
    let script = node.script(STATUS);
    let asked = node.run(&["run", &script]);
    asked.ends(0);
    assert!(asked.err.contains("stopped"), "{}", asked.err);

    fs::remove_file(node.lab.program("asyncadmin")).unwrap();
    let without = node.run(&["run", &script]);
    without.ends(0);
    assert!(without.err.contains("unknown"), "{}", without.err);
}
