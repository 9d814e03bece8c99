//! The published schema of documents, and that everything written keeps it.

mod valid;

use std::path::Path;

use serde_json::Value;

use crate::laws::{JOBS, Job};
use crate::plans::{apply, plan};
use crate::support::{Node, NodeVariant, ODD, PLAIN, each};

/// Checks the document of a run against the committed schema.
#[track_caller]
pub(crate) fn keeps_the_schema(text: &str) -> Value {
    keeps("plan.schema.json", text)
}

/// Checks a document against a committed schema.
#[track_caller]
pub(crate) fn keeps(schema: &str, text: &str) -> Value {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(schema);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    if let Err(why) = valid::check(&schema, &document) {
        panic!("{why}");
    }
    document
}

#[test]
fn every_document_keeps_the_schema() {
    let cases: Vec<_> = JOBS
        .iter()
        .flat_map(|job| [&PLAIN, &ODD[7], &ODD[17]].map(|kind| (job, kind)))
        .collect();
    let named =
        |(job, kind): &(&Job, &NodeVariant)| format!("{} on {}", job.script.join(" "), kind.name);
    each(&cases, named, |(job, kind)| {
        let node = kind.node(job.platform);
        assert_eq!(
            keeps_the_schema(&node.preview(job.script).out)["kind"],
            "preview"
        );
        let file = plan(&node, job.script);
        keeps_the_schema(&std::fs::read_to_string(&file).unwrap());
        let receipt = keeps_the_schema(&apply(&node, &file, job.live_args).out);
        assert_eq!(receipt["kind"], "receipt");
        keeps_the_schema(&node.run(&["undo", "--format", "json"]).out);
    });
}

#[test]
fn a_document_with_a_fault_keeps_the_schema() {
    let node = Node::with("linux", |options| {
        options.faults.push("asnodeadmin=fail".to_owned());
    });
    let stopped = keeps_the_schema(&node.live(&["faspex-node-linux"]).out);
    assert_eq!(stopped["fault"]["kind"], "node");
    let script = node.script("license.check();\nconf.set_user(\"u\", #{ absolut: \"/x\" });");
    let stopped = keeps_the_schema(&node.preview(&[&script]).out);
    assert_eq!(stopped["fault"]["at"]["line"], 2);
}

/// A place in a document, and what makes it wrong there.
type Wrong = (&'static str, fn(&mut Value));

/// What is not as the schema says, each made from a whole document.
#[test]
fn what_is_wrong_does_not_keep_the_schema() {
    let schema = include_str!("../../docs/plan.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let node = Node::new("linux");
    let file = plan(&node, &["faspex-node-linux"]);
    let whole = crate::plans::read(&file);
    valid::check(&schema, &whole).unwrap();
    let wrong: &[Wrong] = &[
        ("/", |document| document["more"] = 1.into()),
        ("/format", |document| document["format"] = 3.into()),
        ("/kind", |document| document["kind"] = "draft".into()),
        ("/seal", |document| document["seal"] = "sha256:0".into()),
        ("/", |document| {
            document.as_object_mut().unwrap().remove("seal");
        }),
        ("/seal", |document| document["kind"] = "preview".into()),
        ("/steps/1/", |document| {
            document["steps"][1]["more"] = 1.into();
        }),
        ("/steps/1/moves/0/subject", |document| {
            document["steps"][1]["moves"][0]["subject"] = "nonsense".into();
        }),
        ("/observations/0/value", |document| {
            document["observations"][0]["value"]["more"] = 1.into();
        }),
        ("/steps/1/commands/0/args/0", |document| {
            document["steps"][1]["commands"][0]["args"][0] =
                serde_json::json!({ "secret": "hunter2" });
        }),
    ];
    for (place, spoil) in wrong {
        let mut document = whole.clone();
        spoil(&mut document);
        let why = valid::check(&schema, &document).unwrap_err();
        assert!(why.starts_with(place), "{why}, not {place}");
    }
}
