//! The CI recipes of `docs/ci.md`, run as printed: the two scripts, and the shell of both pipelines
//! with stand-ins for the hosts' programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{ASCRIPT, Done, Node, SECRETS};

const RECIPES: &str = include_str!("../docs/ci.md");

/// The script of the recipes, and one that changes more of a node.
const SCRIPTS: [&str; 2] = [
    "sync-access-key --set role=server",
    "faspex-node-macos --set admin=admin",
];

/// The block that follows a marker.
fn block(marker: &str) -> &'static str {
    let (_, rest) = RECIPES
        .split_once(&format!("<!-- {marker} -->\n```"))
        .unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split_once("\n```").unwrap().0
}

/// The multi-line shell block number `which` of a pipeline.
fn script(pipeline: &str, which: usize) -> String {
    let mut scripts = Vec::new();
    let mut lines = block(pipeline).lines().peekable();
    while let Some(line) = lines.next() {
        if !line.trim_end().ends_with("- |") && !line.trim_end().ends_with("- run: |") {
            continue;
        }
        let indent = |line: &str| line.len() - line.trim_start().len();
        let depth = indent(lines.peek().unwrap());
        let mut script = String::new();
        while let Some(line) = lines.next_if(|line| indent(line) >= depth) {
            script.push_str(&line[depth..]);
            script.push('\n');
        }
        scripts.push(script);
    }
    scripts.swap_remove(which)
}

/// A checkout in which the shell of a pipeline runs, with a lab as the node.
struct Checkout {
    node: Node,
    dir: tempfile::TempDir,
    snapshot: PathBuf,
}

impl Checkout {
    fn new() -> Self {
        Self::of(SCRIPTS[0])
    }

    fn of(script: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        for folder in ["ci", "bin"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
        }
        for name in ["ci/review", "ci/apply"] {
            assert!(block(name).contains(SCRIPTS[0]));
            write(name, &block(name).replace(SCRIPTS[0], script));
        }
        std::os::unix::fs::symlink(ASCRIPT, dir.path().join("bin/ascript")).unwrap();
        let node = Node::new("macos");
        let snapshot = node.lab.dir().to_owned();
        Self {
            node,
            dir,
            snapshot,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Adds a stand-in for a program of the host, which records its arguments and runs `shell`.
    fn stand_in(&self, program: &str, shell: &str) {
        let path = self.path("bin").join(program);
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> calls\n{shell}\n");
        std::fs::write(&path, text).unwrap();
        let rights = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, rights).unwrap();
    }

    fn calls(&self) -> String {
        std::fs::read_to_string(self.path("calls")).unwrap_or_default()
    }

    fn sh(&self, script: &str) -> Done {
        let bin = self.path("bin");
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", script])
            .current_dir(self.dir.path())
            .env_clear()
            .envs(SECRETS)
            .env("PATH", path)
            .env("NODE", self.node.lab.dir())
            .env("SNAPSHOT", &self.snapshot);
        for (name, value) in [
            ("REPO", "us/nodes"),
            ("PR", "7"),
            ("GITHUB_SHA", "c0ffee"),
            ("API_TOKEN", "t"),
            ("CI_API_V4_URL", "https://gitlab.test/api/v4"),
            ("CI_PROJECT_ID", "1"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_COMMIT_SHA", "c0ffee"),
        ] {
            shell.env(name, value);
        }
        Done::of(shell.output().unwrap())
    }

    /// Makes the comment available as the host returns it.
    fn posted(&self) {
        std::fs::rename(self.path("comment.md"), self.path("posted.md")).unwrap();
    }
}

#[test]
fn what_was_reviewed_is_applied_after_the_merge() {
    for script in SCRIPTS {
        let checkout = Checkout::of(script);
        checkout.sh("sh -eu ci/review").ends(0);
        let comment = std::fs::read_to_string(checkout.path("comment.md")).unwrap();
        let name = script.split(' ').next().unwrap();
        assert!(comment.starts_with(&format!("<!-- ascript: {name} on node1")));
        assert_eq!(checkout.node.acts(), [""; 0]);
        checkout.sh("sh -eu ci/apply").ends(0);
        assert!(!checkout.node.acts().is_empty());
        let args: Vec<&str> = script.split(' ').collect();
        let again = [&["run"], &args[..], &["--exit-code"]].concat();
        checkout.node.run(&again).ends(0);
    }
}

#[test]
fn what_was_reviewed_on_a_snapshot_is_applied_to_its_node() {
    for script in SCRIPTS {
        let mut checkout = Checkout::of(script);
        checkout.snapshot = checkout.path("node.json");
        let file = checkout.snapshot.to_str().unwrap().to_owned();
        checkout.node.run(&["snapshot", "-o", &file]).ends(0);
        checkout.sh("sh -eu ci/review").ends(0);
        checkout.sh("sh -eu ci/apply").ends(0);
        assert!(!checkout.node.acts().is_empty());
        // The node has changed since the snapshot.
        checkout.node.lab.clear_calls().unwrap();
        checkout
            .sh("sh -eu ci/apply")
            .stops(4, &["applied already"]);
        assert_eq!(checkout.node.acts(), [""; 0]);
    }
}

#[test]
fn what_was_not_reviewed_is_not_applied() {
    let checkout = Checkout::new();
    checkout.sh("sh -eu ci/review").ends(0);
    // First the node changes, then the script, then the comment is lost.
    let user = "set_user_data;user_name,lion;absolute,/theirs";
    checkout.node.does("asconfigurator", &["-x", user]);
    checkout.node.lab.clear_calls().unwrap();
    let refused = &["not the expected one"];
    checkout.sh("sh -eu ci/apply").stops(4, refused);
    checkout.sh("sh -eu ci/review").ends(0);
    let other =
        block("ci/apply").replace(SCRIPTS[0], &format!("{} --set docroot=/etc", SCRIPTS[0]));
    std::fs::write(checkout.path("ci/apply"), other).unwrap();
    checkout.sh("sh -eu ci/apply").stops(4, refused);
    std::fs::write(checkout.path("comment.md"), "").unwrap();
    assert_ne!(checkout.sh("sh -eu ci/apply").code, 0);
    assert_eq!(checkout.node.acts(), [""; 0]);
}

#[test]
fn the_shell_for_github_posts_one_comment_and_applies_it() {
    const PIPELINE: &str = ".github/workflows/node.yml";
    let checkout = Checkout::new();
    checkout.stand_in("gh", "case \"$*\" in *--paginate*) ;; esac");
    checkout.sh("sh -eu ci/review").ends(0);
    checkout.sh(&script(PIPELINE, 0)).ends(0);
    assert!(
        checkout
            .calls()
            .ends_with("api repos/us/nodes/issues/7/comments -F body=@comment.md\n")
    );
    checkout.stand_in("gh", "case \"$*\" in *--paginate*) echo 17 ;; esac");
    checkout.sh(&script(PIPELINE, 0)).ends(0);
    let update = "api repos/us/nodes/issues/comments/17 -X PATCH -F body=@comment.md\n";
    assert!(checkout.calls().ends_with(update), "{}", checkout.calls());
    checkout.posted();
    checkout.stand_in(
        "gh",
        "case \"$*\" in *--paginate*) cat posted.md ;; *) echo 7 ;; esac",
    );
    checkout.sh(&script(PIPELINE, 1)).ends(0);
    assert!(!checkout.node.acts().is_empty());
}

#[test]
fn the_shell_for_gitlab_posts_one_comment_and_applies_it() {
    const PIPELINE: &str = ".gitlab-ci.yml";
    let checkout = Checkout::new();
    checkout.stand_in("curl", "");
    checkout.stand_in("jq", "cat > /dev/null");
    checkout.sh("sh -eu ci/review").ends(0);
    checkout.sh(&script(PIPELINE, 0)).ends(0);
    assert!(
        checkout
            .calls()
            .contains("merge_requests/7/notes --data-urlencode body@comment.md\n")
    );
    checkout.stand_in("jq", "cat > /dev/null; echo 17");
    checkout.sh(&script(PIPELINE, 0)).ends(0);
    let update = "-X PUT https://gitlab.test/api/v4/projects/1/merge_requests/7/notes/17 --data-urlencode body@comment.md\n";
    assert!(checkout.calls().ends_with(update), "{}", checkout.calls());
    checkout.posted();
    let answer = "cat > /dev/null; case \"$*\" in *iid*) echo 7 ;; *) cat posted.md ;; esac";
    checkout.stand_in("jq", answer);
    checkout.sh(&script(PIPELINE, 1)).ends(0);
    assert!(!checkout.node.acts().is_empty());
}

#[test]
fn the_queries_find_the_comment() {
    let jq = Path::new("/usr/bin/jq");
    if !jq.exists() {
        return;
    }
    let notes =
        r#"[{"id": 1, "body": "hello"}, {"id": 17, "body": "<!-- ascript: x on y -->\nold"}]"#;
    let checkout = Checkout::new();
    checkout.stand_in("curl", &format!("printf '%s' '{notes}'"));
    std::fs::write(checkout.path("comment.md"), "<!-- ascript: x on y -->\nnew").unwrap();
    checkout.sh(&script(".gitlab-ci.yml", 0)).ends(0);
    assert!(
        checkout.calls().contains("notes/17 "),
        "{}",
        checkout.calls()
    );
    // The same condition as in the query for GitHub.
    assert!(script(".github/workflows/node.yml", 0).contains("startswith(env.marker)"));
}
