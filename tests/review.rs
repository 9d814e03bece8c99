//! `ascript review`: equal changes are one group whatever the nodes are called, one digest stands for
//! all plans, and each node's own `apply` checks its plan against it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::render::assert_page;
use crate::support::{Done, Node};
use crate::transcript::shell;

/// Names the server after its node, and adds a user.
const SCRIPT: &str = r#"
conf.set_server(#{ server_name: host.name });
conf.set_user("anna", #{ absolute: "/srv/anna" });
"#;

/// Nodes with names of their own, and a folder for their plans.
struct Fleet {
    nodes: Vec<Node>,
    dir: tempfile::TempDir,
}

impl Fleet {
    fn new(count: usize) -> Self {
        let named = |number| {
            let node = Node::new("linux");
            let name = format!("n{number}.example.com\n");
            fs::write(node.lab.dir().join("etc/hostname"), name).unwrap();
            node
        };
        Self {
            nodes: (0..count).map(named).collect(),
            dir: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        }
    }

    fn plan(&self, number: usize) -> PathBuf {
        let plan = self.dir.path().join(format!("n{number}.json"));
        let node = &self.nodes[number];
        let script = node.script(SCRIPT);
        node.run(&["plan", &script, "-o", plan.to_str().unwrap()])
            .ends(0);
        plan
    }

    fn review(&self, args: &str) -> Done {
        Done::of(shell(&format!("ascript review {args}"), self.dir.path()))
    }

    fn apply(&self, number: usize, plan: &Path, expect: &str) -> Done {
        let review = self.dir.path().join("fleet.json");
        let (plan, review) = (plan.to_str().unwrap(), review.to_str().unwrap());
        self.nodes[number].run(&[
            "apply", plan, "--yes", "--review", review, "--expect", expect,
        ])
    }
}

#[test]
fn equal_changes_of_many_nodes_are_approved_by_one_digest() {
    let fleet = Fleet::new(4);
    let by_hand = fleet.nodes[3].script(r#"conf.set_server(#{ server_name: "by-hand" });"#);
    fleet.nodes[3].live(&[&by_hand]).json(0);
    let plans: Vec<_> = (0..4).map(|number| fleet.plan(number)).collect();
    let failed = r#"{"format": 1, "kind": "fault", "tool": {"name": "ascript", "version": "1"},
        "fault": {"kind": "node", "message": "the <disk> is full", "hints": [], "at": null}}"#;
    fs::write(fleet.dir.path().join("n4.json"), failed).unwrap();
    fs::write(
        fleet.dir.path().join("hosts"),
        "# all\nn0\nn1\nn2\nn3\nn4\nn5\n",
    )
    .unwrap();
    let done = fleet.review("n*.json --hosts hosts -o fleet.json --format json");
    let review = done.json(3);
    let hosts = |group: usize| review["groups"][group]["hosts"].to_string();
    assert_eq!(hosts(0), r#"["n0","n1","n2"]"#);
    assert_eq!(hosts(1), r#"["n3"]"#);
    assert_eq!(review["failed"]["n4"]["message"], "the <disk> is full");
    assert_eq!(review["missing"].to_string(), r#"["n5"]"#);
    let digest = review["digest"].as_str().unwrap();
    assert!(done.err.contains(digest), "{}", done.err);
    let again = fleet.review("n4.json n3.json n2.json n1.json n0.json --hosts hosts --format json");
    assert_eq!(again.out, done.out, "the order of the plans does not count");

    fleet.apply(0, &plans[0], "sha256:0").stops(
        4,
        &["the review has the digest", "another review was approved"],
    );
    fleet.apply(0, &plans[0], digest).ends(0);
    let other = fleet.nodes[1].script("conf.set_user(\"eve\", #{ absolute: \"/\" });");
    fleet.nodes[1]
        .run(&["plan", &other, "-o", plans[1].to_str().unwrap()])
        .ends(0);
    fleet
        .apply(1, &plans[1], digest)
        .stops(4, &["the review has no plan with the digest"]);
    let file = fleet.dir.path().join("fleet.json");
    let edited = fs::read_to_string(&file)
        .unwrap()
        .replace("\"n2\"", "\"n9\"");
    fs::write(&file, edited).unwrap();
    fleet
        .apply(2, &plans[2], digest)
        .stops(4, &["the review was changed after it was made"]);
}

#[test]
fn a_thousand_hosts_are_one_page_and_each_change_is_shown_once() {
    let fleet = Fleet::new(1);
    fleet.plan(0);
    let names: Vec<_> = (0..1000)
        .map(|number| format!("host{number}.example.com=n0.json"))
        .collect();
    let names = names.join(" ");
    let page = fleet.review(&format!("{names} --format html"));
    page.ends(0);
    assert_page(&page.out);
    assert_eq!(page.out.matches("conf/user/anna/absolute").count(), {
        let single = fleet.review("n0.json --format html");
        single.out.matches("conf/user/anna/absolute").count()
    });
    assert!(page.out.contains("host999.example.com"));
    assert!(page.out.len() < 200_000, "{}", page.out.len());
    let comment = fleet.review(&format!("{names} --format markdown"));
    comment.ends(0);
    assert!(comment.out.len() < 60_000, "{}", comment.out.len());
    let text = fleet.review(&names).out;
    assert!(
        text.starts_with("1000 hosts · the same changes on all"),
        "{text}"
    );
}

#[test]
fn the_script_and_its_parameters_are_named() {
    let fleet = Fleet::new(1);
    let script = fleet.nodes[0].script(
        r#"
        const PARAMS = #{ name: #{ type: "name", default: "carl" }, key: #{ type: "secret", default: "env:KEY" } };
        conf.set_user(params.name, #{ absolute: "/srv" });
        "#,
    );
    let plan = fleet.dir.path().join("n0.json");
    let plan = plan.to_str().unwrap();
    fleet.nodes[0].run(&["plan", &script, "-o", plan]).ends(0);
    let name = Path::new(&script).file_name().unwrap().to_str().unwrap();
    let comment = fleet.review("n0.json --format markdown").out;
    let page = fleet.review("n0.json --format html").out;
    assert!(
        comment.contains(&format!("As <code>{name}</code> makes them on n0")),
        "{comment}"
    );
    for part in [name, "carl", "env:KEY"] {
        assert!(comment.contains(part), "{comment}");
        assert!(page.contains(part), "{page}");
    }
}

#[test]
fn what_is_no_plan_of_a_host_is_listed_as_failed() {
    let fleet = Fleet::new(1);
    let plan = fleet.plan(0);
    let dir = fleet.dir.path();
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(
        dir.join("edited.json"),
        text.replace("/srv/anna", "/srv/evil"),
    )
    .unwrap();
    fs::write(dir.join("empty.json"), "").unwrap();
    let preview = fleet.nodes[0]
        .preview(&[&fleet.nodes[0].script(SCRIPT)])
        .out;
    fs::write(dir.join("preview.json"), preview).unwrap();
    let review = fleet.review(". gone=gone.json --format json").json(3);
    let failed: Vec<_> = review["failed"].as_object().unwrap().keys().collect();
    assert_eq!(failed, ["edited", "empty", "gone", "preview"]);
    assert_eq!(review["hosts"].as_object().unwrap().len(), 1);
    let stale = |host: &str| review["failed"][host]["kind"] == "stale";
    assert!(
        stale("edited") && stale("empty") && stale("preview"),
        "{review}"
    );
    fleet
        .review("n0.json n0=edited.json")
        .stops(2, &["two plans are of the same host"]);
}
