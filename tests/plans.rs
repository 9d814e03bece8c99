//! Plans as files and as promises: what was reviewed is what is done, on the
//! node it was made for and nowhere else, and what was done can be taken back.

use std::path::Path;

use ascript::plan;
use ascript::run::RunRecord;
use ascript::step::{Act, Command, Piece, StepKind};
use serde_json::Value;

use crate::crashes::{running, services_are_current};
use crate::laws::{JOBS, Job};
use crate::support::{Done, Node, NodeVariant, ODD, PLAIN, each, remove_live_notes};

/// A plan of a script, as a file beside the lab.
pub(crate) fn plan(node: &Node, script: &[&str]) -> String {
    let file = node.beside("plan.json");
    node.run(&[&["plan"], script, &["-o", &file]].concat())
        .ends(0);
    file
}

/// Applies a plan.
pub(crate) fn apply(node: &Node, file: &str, more: &[&str]) -> Done {
    node.run(&[&["apply", file, "--yes", "--format", "json"], more].concat())
}

pub(crate) fn read(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// What a node is set to: all settings as the vendor's reading has them, and
/// the users of the Node API.
#[derive(Debug, PartialEq)]
pub(crate) struct Set(String, Value);

impl Set {
    pub(crate) fn on(node: &Node) -> Self {
        node.does("asuserdata", &["-v"]);
        Self(
            node.does("asuserdata", &["-a"]),
            node.state("api_users.json"),
        )
    }
}

#[test]
fn a_faspex_node_on_macos_is_applied_and_taken_back() {
    is_applied_and_taken_back(&JOBS[0]);
}

#[test]
fn a_faspex_node_on_linux_is_applied_and_taken_back() {
    is_applied_and_taken_back(&JOBS[1]);
}

#[test]
fn a_sync_server_is_applied_and_taken_back() {
    is_applied_and_taken_back(&JOBS[2]);
}

#[test]
fn a_sync_client_is_applied_and_taken_back() {
    is_applied_and_taken_back(&JOBS[3]);
}

#[test]
fn a_sync_client_without_a_key_is_applied_and_taken_back() {
    is_applied_and_taken_back(&JOBS[4]);
}

fn is_applied_and_taken_back(job: &Job) {
    let kinds: Vec<&NodeVariant> = std::iter::once(&PLAIN).chain(ODD).collect();
    let named = |kind: &&NodeVariant| format!("{} on {}", job.script.join(" "), kind.name);
    each(&kinds, named, |kind| {
        let node = kind.node(job.platform);
        let before = (Set::on(&node), running(&node));
        let file = plan(&node, job.script);
        let applied = exact(&node, &file, job.live_args);
        taken_back(&node, &applied, &before);
    });
}

/// What was done is what was planned, word for word.
fn exact(node: &Node, file: &str, live_args: &[&str]) -> Value {
    let planned = read(file);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.contains(node.lab.dir().to_str().unwrap()));
    let former = last_run(node);
    let receipt = apply(node, file, live_args).json(0);
    assert_eq!(receipt["kind"], "receipt");
    assert_eq!(planned["kind"], "plan");
    let mut compared = receipt.clone();
    let has_layout = remove_live_notes(&mut compared);
    for (key, value) in planned.as_object().unwrap() {
        let is_compared = key != "conf_diff" || !has_layout;
        if !["kind", "seal", "digest"].contains(&key.as_str()) && is_compared {
            assert_eq!(compared[key], *value, "{key}");
        }
    }
    let is_pending = ["change", "act", "manual"]
        .iter()
        .any(|kind| planned["summary"][kind] != 0);
    assert_eq!(last_run(node) - former, u32::from(is_pending));
    if is_pending {
        assert_eq!(receipt["plan"], planned["digest"]);
        let number = last_run(node);
        let kept = node
            .lab
            .dir()
            .join(format!("var/ascript/runs/{number}.json"));
        assert!(read(kept.to_str().unwrap()) == receipt);
        let words = format!("applied already, as run {number}");
        apply(node, file, live_args).stops(4, &[&words]);
    }
    receipt
}

/// The number of the last run that left a receipt.
pub(crate) fn last_run(node: &Node) -> u32 {
    let Ok(files) = std::fs::read_dir(node.lab.dir().join("var/ascript/runs")) else {
        return 0;
    };
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let numbers = names.filter_map(|name| name.strip_suffix(".json")?.parse().ok());
    numbers.max().unwrap_or_default()
}

fn taken_back(node: &Node, receipt: &Value, (before, ran): &(Set, Vec<&str>)) {
    if receipt["summary"]["change"] == 0 && receipt["summary"]["act"] == 0 {
        return;
    }
    node.lab.clear_calls().unwrap();
    let preview = node.run(&["undo", "--format", "json"]).json(0);
    assert_eq!(node.acts(), [""; 0]);
    let mut done = node
        .run(&["undo", "--live", "--yes", "--format", "json"])
        .json(0);
    let has_layout = remove_live_notes(&mut done);
    assert_eq!(done["plan"], preview["digest"]);
    for key in ["observations", "steps", "advisories", "conf_diff"] {
        if key != "conf_diff" || !has_layout {
            assert_eq!(done[key], preview[key], "{key}");
        }
    }
    assert_eq!(Set::on(node), *before);
    let restarts = |run: &Value| {
        let steps = run["steps"].as_array().unwrap().iter();
        let mut moves = steps.flat_map(|step| step["moves"].as_array().unwrap());
        moves.any(|change| change["subject"] == "service/asperahttpd")
    };
    if restarts(receipt) {
        assert!(restarts(&done) || done["conf_diff"] == "");
        services_are_current(node, ran);
        assert_eq!(running(node), *ran);
    }
    let number = (last_run(node) - 1).to_string();
    node.run(&["undo", &number])
        .stops(1, &["taken back already"]);
}

/// A script of few words, which can be applied again and again.
const SITE: &str = r#"conf.set_user("u", #{ absolute: "/data/u" });"#;

#[test]
fn a_plan_is_the_same_bytes_wherever_it_is_made() {
    let (one, other) = (Node::new("linux"), Node::new("linux"));
    let plans = [&one, &other].map(|node| {
        let script = node.script(SITE);
        let args = ["plan", &script, "--set", "x=1"];
        let mut from = node.ascript(&args[..2]);
        let out = Done::of(from.current_dir("/").output().unwrap());
        out.ends(0);
        assert_eq!(
            std::fs::read_to_string(plan(node, &[&script])).unwrap(),
            out.out
        );
        out.out
    });
    assert_eq!(plans[0], plans[1]);
}

#[test]
fn the_digest_is_over_all_that_a_reader_sees() {
    let node = Node::new("linux");
    let digest = |text: &str| {
        let script = node.script(text);
        node.run(&["plan", &script]).json(0)["digest"].clone()
    };
    let of_site = digest(SITE);
    assert_eq!(digest(SITE), of_site);
    assert_ne!(digest(&format!("// why\n\n  {SITE}")), of_site);
    let advised = format!("{SITE} advise(\"other words\");");
    assert_ne!(digest(&advised), of_site);
    assert_ne!(digest(&SITE.replace("/data/u", "/data/v")), of_site);
    assert_ne!(digest(&format!("license.check(); {SITE}")), of_site);
    let secret = |name: &str| {
        digest(&format!(
            "conf.set_user(\"u\", #{{ token_encryption_key: secret(\"env:{name}\") }});"
        ))
    };
    assert_ne!(secret("FASPEX_TOKEN_KEY"), secret("NOT_SET_HERE"));
}

#[test]
fn a_changed_byte_is_noticed() {
    let node = Node::new("linux");
    let script = node.script(SITE);
    let text = std::fs::read_to_string(plan(&node, &[&script])).unwrap();
    plan::load(&text).unwrap();
    let refused = |bytes: Vec<u8>, at: usize| {
        if let Ok(text) = String::from_utf8(bytes) {
            let fault = plan::load(&text).map(drop).unwrap_err();
            assert_eq!(fault.kind().exit_code(), 4, "byte {at}: {fault}");
        }
    };
    for at in 0..text.len() {
        let bytes = text.as_bytes();
        for bit in [0x01, 0x10, 0x20] {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= bit;
            refused(flipped, at);
        }
        refused([&bytes[..at], &bytes[at + 1..]].concat(), at);
        refused([&bytes[..at], b" ", &bytes[at..]].concat(), at);
        refused(bytes[..at].to_vec(), at);
    }
    refused([text.as_bytes(), b"\n"].concat(), text.len());
}

/// Files that are no plan for this node, and what is said of each.
#[test]
fn what_is_no_plan_for_this_node_is_refused() {
    let node = Node::new("linux");
    let script = node.script(SITE);
    let text = std::fs::read_to_string(plan(&node, &[&script])).unwrap();
    let out = |args: &[&str]| node.run(args).out;
    let blank = std::process::Command::new(crate::support::ASCRIPT)
        .args(["plan", &script, "--node", "blank:linux"])
        .output()
        .unwrap();
    let preview = out(&["run", &script, "--format", "json"]);
    let file = node.beside("other.json");
    let cases: &[(Vec<u8>, &[&str])] = &[
        (
            text.replacen("\"format\": 2", "\"format\": 3", 1)
                .into_bytes(),
            &["format 3", "only formats up to 2"],
        ),
        (
            b"{\"format\": 7}".to_vec(),
            &["not a plan or receipt", "`kind`"],
        ),
        (b"steps = 1".to_vec(), &["not a plan or receipt"]),
        (
            b"{\"format\": 1, \"kind\": \"snapshot\"}".to_vec(),
            &["this is a snapshot"],
        ),
        (vec![0xff, 0xfe, 0], &["not text"]),
        (
            text.replace('\n', "\r\n").into_bytes(),
            &["changed after it was made", "line ends", ".gitattributes"],
        ),
        (
            text.replace("/data/u", "/data/v").into_bytes(),
            &["changed after it was made"],
        ),
        (
            preview.into_bytes(),
            &["a preview, which has no integrity seal"],
        ),
        (blank.stdout, &["the plan is for blank (linux)", "node1"]),
    ];
    for (bytes, words) in cases {
        std::fs::write(&file, bytes).unwrap();
        node.lab.clear_calls().unwrap();
        for more in [&[][..], &["--rehearse"]] {
            apply(&node, &file, more).stops(4, words);
        }
        assert_eq!(node.acts(), [""; 0]);
    }
    apply(&node, "nowhere.json", &[]).stops(2, &["failed to open file `nowhere.json`"]);
    // A receipt is what was done, and shows; it is not done again.
    node.live(&[&script]).json(0);
    let receipt = node.lab.dir().join("var/ascript/runs/1.json");
    let receipt = receipt.to_str().unwrap();
    apply(&node, receipt, &[]).stops(4, &["a receipt of what was done"]);
    show(&[receipt]).ends(0);
}

type PlanEdit = fn(&mut RunRecord);

/// Edits of a plan that somebody sealed anew. `apply` performs what the changes and acts
/// say, or nothing.
#[test]
fn a_plan_with_other_commands_than_its_changes_take_is_refused() {
    let node = Node::new("linux");
    node.live(&[&node.script(
        "node.add_api_user(\"api\", #{ transfer_user: \"u\", password: secret(\"env:FASPEX_NODE_PASSWORD\") });",
    )])
    .ends(0);
    let script = node.script(
        "service.restart(\"asperanoded\"); conf.set_user(\"u\", #{ absolute: \"/data/u\" });
node.set_api_password(\"api\", secret(\"env:FASPEX_NODE_PASSWORD\"));
manual.step(\"Look.\");",
    );
    let text = std::fs::read_to_string(plan(&node, &[&script])).unwrap();
    let edits: &[(&str, PlanEdit)] = &[
        ("another value", |plan| {
            let argument = Piece::from("set_user_data;user_name,u;absolute,/");
            plan.steps[1].commands[0].args[1] = argument;
        }),
        ("another program", |plan| {
            plan.steps[1].commands[0].program = "chown".into();
        }),
        ("one command more", |plan| {
            let more = Command::new("chown").args(["root", "/etc"]);
            plan.steps[1].commands.push(more);
        }),
        ("a variable", |plan| {
            let command = plan.steps[0].commands[1].clone();
            plan.steps[0].commands[1] = command.env("LD_PRELOAD", "/tmp/x.so");
        }),
        ("a command without an act", |plan| plan.steps[0].act = None),
        ("another service", |plan| {
            let service = "asperacentral".to_owned();
            plan.steps[0].act = Some(Act::Restart { service }.into());
        }),
        ("a service that is an option", |plan| {
            let service = "--force".to_owned();
            plan.steps[0].act = Some(Act::Restart { service }.into());
        }),
        ("no command", |plan| plan.steps[2].commands.clear()),
        ("a command by hand", |plan| {
            plan.steps[3].commands.push(Command::new("ascp"));
        }),
        ("a change called settled", |plan| {
            plan.steps[1].kind = StepKind::Settled;
        }),
    ];
    let file = node.beside("edited.json");
    for (name, edit) in edits {
        let mut edited = plan::load(&text).unwrap();
        edit(&mut edited);
        std::fs::write(&file, plan::render(&edited)).unwrap();
        node.lab.clear_calls().unwrap();
        for more in [&["--done", "4"][..], &["--done", "4", "--rehearse"]] {
            let done = apply(&node, &file, more);
            done.stops(4, &["has other commands than its changes take"]);
        }
        assert_eq!(node.acts(), [""; 0], "{name}");
    }
}

#[test]
fn only_the_expected_plan_is_applied() {
    let node = Node::new("linux");
    let file = plan(&node, &[&node.script(SITE)]);
    let digest = read(&file)["digest"].as_str().unwrap().to_owned();
    apply(&node, &file, &["--expect", "sha256:00"]).stops(4, &["not the expected one", &digest]);
    let run = |args: &[&str]| node.run(&[&["apply", &file], args].concat());
    run(&[]).stops(2, &["asks for confirmation", "--yes"]);
    assert_eq!(node.acts(), [""; 0]);
    let before = node.files();
    let rehearsed = run(&["--rehearse", "--expect", &digest, "--format", "json"]).json(0);
    assert_eq!(rehearsed["digest"], *digest);
    assert_eq!(node.files(), before);
    apply(&node, &file, &["--expect", &digest]).json(0);
    // A wrapper finds the run by the digest of the plan.
    let listed = node.run(&["runs", "--format", "json"]).json(0);
    assert_eq!(listed["runs"][0]["plan"], *digest);
}

#[test]
fn a_plan_whose_name_ends_in_gz_is_packed() {
    let node = Node::new("linux");
    let script = node.script(SITE);
    let plain = plan(&node, &[&script]);
    let file = node.beside("plan.json.gz");
    let written = || {
        node.run(&["plan", &script, "-o", &file]).ends(0);
        std::fs::read(&file).unwrap()
    };
    let packed = written();
    assert_eq!(packed[..2], [0x1f, 0x8b]);
    assert_eq!(written(), packed, "the same plan is the same file");
    let shown = |file: &str| show(&[file, "--format", "json"]).json(0);
    assert_eq!(shown(&file), shown(&plain));
    apply(&node, &file, &[]).json(0);
}

#[test]
fn a_plan_taken_back_is_good_again() {
    let node = Node::new("linux");
    let file = plan(&node, &[&node.script(SITE)]);
    for run in ["1", "3", "5"] {
        apply(&node, &file, &[]).json(0);
        let again = format!("applied already, as run {run}");
        let undo = format!("`ascript undo {run} --node {}`", node.lab.dir().display());
        apply(&node, &file, &[]).stops(4, &[&again, &undo]);
        node.run(&["undo", "--live", "--yes"]).ends(0);
    }
    // So is one whose work another hand took back.
    apply(&node, &file, &[]).json(0);
    node.does("asconfigurator", &["-x", "delete_user;user_name,u"]);
    apply(&node, &file, &[]).json(0);
}

#[test]
fn what_no_reading_shows_is_not_done_twice() {
    let node = Node::new("linux");
    let file = plan(&node, &[&node.script("service.restart(\"asperanoded\");")]);
    apply(&node, &file, &[]).json(0);
    node.lab.clear_calls().unwrap();
    apply(&node, &file, &[]).stops(4, &["applied already, as run 1", "--live"]);
    assert_eq!(node.acts(), [""; 0]);
}

#[test]
fn a_step_for_a_person_is_answered_before_the_first_step() {
    let node = Node::new("linux");
    let script = node.script(&format!("{SITE} manual.step(\"turn the key\");"));
    let file = plan(&node, &[&script]);
    for more in [&[][..], &["--rehearse"]] {
        apply(&node, &file, more).stops(2, &["turn the key", "--done 2"]);
    }
    apply(&node, &file, &["--done", "1"]).stops(2, &["step 1 is not a manual step"]);
    assert_eq!(node.acts(), [""; 0]);
    assert!(!node.lab.dir().join("var/ascript/runs").exists());
    apply(&node, &file, &["--done", "2"]).json(0);
    let undo = node.run(&["undo"]);
    assert!(undo.out.contains("by hand"), "{}", undo.out);
}

#[test]
fn a_plan_wants_the_secrets_where_it_is_applied() {
    let node = Node::new("linux");
    let file = plan(&node, &["faspex-node-linux"]);
    for more in [&["--yes"][..], &["--rehearse"]] {
        let mut run = node.ascript(&[&["apply", &file], more].concat());
        let run = run.env_remove("FASPEX_TOKEN_KEY").output().unwrap();
        Done::of(run).stops(2, &["FASPEX_TOKEN_KEY"]);
    }
    assert_eq!(node.acts(), [""; 0]);
}

#[test]
fn what_is_new_in_a_plan_is_shown() {
    let node = Node::new("linux");
    let old = plan(&node, &["faspex-node-linux"]);
    let new = node.beside("new.json");
    let set = ["--set", "http_port=9090", "--set", "impersonation=false"];
    node.run(&[&["plan", "faspex-node-linux", "-o", &new], &set[..]].concat())
        .ends(0);
    let show = |more: &[&str]| show(&[&[old.as_str(), new.as_str()], more].concat());
    for format in [&[][..], &["--format", "markdown"]] {
        let shown = show(format);
        shown.ends(0);
        for word in ["parameter http_port: 8080 → 9090", "conf/http_server"] {
            assert!(shown.out.contains(word), "{}", shown.out);
        }
    }
    show(&["--format", "html"]).stops(2, &["text, json or markdown"]);
    // The same run against itself has nothing new to say.
    let same = crate::plans::show(&[&old, &old]);
    assert!(same.out.contains("takes the same steps"), "{}", same.out);
}

pub(crate) fn show(args: &[&str]) -> Done {
    let mut command = std::process::Command::new(crate::support::ASCRIPT);
    Done::of(command.arg("show").args(args).output().unwrap())
}

#[test]
fn a_plan_is_written_where_it_is_asked_for() {
    let node = Node::new("linux");
    let script = node.script(SITE);
    let file = node.beside("plan.json");
    let kept = node.run(&["plan", &script, "-o", &file, "--format", "markdown"]);
    kept.ends(0);
    assert!(kept.out.contains("conf/user/u"), "{}", kept.out);
    let rights = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(Path::new(&file)).unwrap().permissions(),
    );
    assert_eq!(rights & 0o777, 0o600);
    let piped = node.run(&["plan", &script, "-o", "/dev/stdout", "-q"]);
    assert_eq!(piped.out, std::fs::read_to_string(&file).unwrap());
    node.run(&["plan", &script, "--exit-code"]).ends(10);
    node.run(&["plan", &node.script("throw \"no\";"), "-o", &file])
        .stops(1, &["no"]);
    assert_eq!(piped.out, std::fs::read_to_string(&file).unwrap());
}

/// A document as the present version writes it: a fault kind of earlier versions has
/// its new name, and the seal, which covers every byte, is another one.
fn modernized(text: &str) -> String {
    let text = text.replace("\"kind\": \"command\"", "\"kind\": \"node\"");
    let lines = text.lines().filter(|line| !line.starts_with("  \"seal\""));
    lines.collect::<Vec<_>>().join("\n")
}

/// Documents that earlier versions wrote. None is ever taken out: each must
/// be read, and say the same, for as long as its format is known.
const FORMAT_1: &[(&str, &str)] = &[
    ("by-hand", "1 by hand"),
    ("everything", "Turn the key."),
    ("faspex-macos", "faspex-node-macos"),
    ("preview", "preview"),
    ("stopped", "stopped"),
    ("undo", "undo of run 2"),
];

#[test]
fn documents_of_earlier_versions_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans/format-1");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), FORMAT_1.len());
    for (name, words) in FORMAT_1 {
        let path = folder.join(name).with_extension("json");
        let text = std::fs::read_to_string(&path).unwrap();
        let rendered = ascript::plan::render(&plan::load(&text).unwrap());
        crate::schema::keeps_the_schema(&rendered);
        assert_eq!(modernized(&rendered), modernized(&text), "{name}");
        let path = path.to_str().unwrap();
        assert!(show(&[path, "--format", "json"]).out == rendered, "{name}");
        for format in ["text", "markdown", "html"] {
            show(&[path, "--format", format]).ends(0);
        }
        let shown = show(&[path]);
        assert!(shown.out.contains(words), "{name}: {}", shown.out);
    }
}
