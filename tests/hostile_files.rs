//! Files that somebody else made or left: what they contain and where they lead is checked before
//! they are used.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ascript::plan;
use ascript::state::Subject;

use crate::plans::read;
use crate::support::{ASCRIPT, Done, Node, is_alive, until};

/// A script that changes an account with a password, and refreshes a service.
const SITE: &str = r#"
    account.ensure("anna", #{ password: secret("env:FASPEX_NODE_PASSWORD") });
    conf.set_fallback(#{ http: 8080 });
    service.refresh("asperahttpd");
"#;

/// A sealed plan of [`SITE`] that changes another subject than that one.
fn hand_made(node: &Node, subject: &Subject, named: Subject) -> String {
    let file = node.beside("plan.json");
    node.run(&["plan", &node.script(SITE), "-o", &file]).ends(0);
    let mut run = plan::load(&fs::read_to_string(&file).unwrap()).unwrap();
    let changes = run.steps.iter_mut().flat_map(|step| &mut step.changes);
    let change = changes
        .into_iter()
        .find(|change| change.subject == *subject);
    change.unwrap().subject = named;
    fs::write(&file, plan::render(&run)).unwrap();
    file
}

#[test]
fn a_name_in_a_plan_leads_to_no_other_file() {
    let node = Node::new("linux");
    let state = node.lab.dir().join("var/ascript");
    fs::create_dir_all(state.join("unfinished")).unwrap();
    let victim = node.lab.dir().join("var/victim");
    fs::write(&victim, "precious").unwrap();
    let kinds: [(fn(_) -> _, _); 2] = [
        (Subject::Account, "anna"),
        (Subject::Service, "asperahttpd"),
    ];
    for (subject, name) in kinds {
        let other = subject("../../victim".into());
        let words = format!("`{other}` is not a subject");
        let file = hand_made(&node, &subject(name.into()), other);
        let applied = node.run(&["apply", &file, "--yes", "--allow-argv-secrets"]);
        applied.stops(4, &[&words]);
    }
    assert_eq!(fs::read_to_string(victim).unwrap(), "precious");
}

#[test]
fn names_in_a_snapshot_are_checked() {
    let node = Node::new("linux");
    let file = node.beside("node.json");
    node.run(&["snapshot", "-o", &file]).ends(0);
    let text = fs::read_to_string(&file).unwrap();
    let name = read(&file)["node"]["name"].to_string();
    for (from, to) in [
        (name.as_str(), "\"a\\u001b[2Jb\""),
        ("\"service/asperahttpd\"", "\"service/../asperahttpd\""),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let mut run = Command::new(ASCRIPT);
        run.args(["run", &node.script("node.api_users();"), "--node", &file]);
        let shown = Done::of(run.output().unwrap());
        shown.stops(2, &["is not"]);
        assert!(!shown.err.contains('\u{1b}'), "{}", shown.err);
    }
}

/// The folder of the receipts of a node after one live run.
fn receipts(node: &Node) -> PathBuf {
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    node.live(&[&script]).json(0);
    node.lab.dir().join("var/ascript/runs")
}

#[test]
fn the_number_of_a_receipt_is_that_of_its_file() {
    let node = Node::new("linux");
    let runs = receipts(&node);
    for name in ["+3.json", "02.json", "0.json", "-1.json"] {
        fs::copy(runs.join("1.json"), runs.join(name)).unwrap();
    }
    let listed = node.run(&["runs", "--format", "json"]).json(0);
    assert_eq!(listed["runs"].as_array().unwrap().len(), 1, "{listed}");
    fs::copy(runs.join("1.json"), runs.join("2.json")).unwrap();
    node.run(&["undo", "2"])
        .stops(4, &["the receipt of another run"]);
}

/// Gives an entry to `nobody`. Only root can do that.
fn give_away(path: &Path) -> bool {
    std::os::unix::fs::lchown(path, Some(65_534), Some(65_534)).is_ok()
}

#[test]
fn a_state_folder_that_others_can_change_stops_a_live_run() {
    let node = Node::new("linux");
    let runs = receipts(&node);
    let state = runs.parent().unwrap();
    let acts = node.acts();
    let script = node.script("conf.set_server(#{ server_name: \"n2\" });");
    let refused = |words: &str| {
        node.run(&["run", &script, "--live", "--yes"])
            .stops(1, &[words]);
        assert_eq!(node.acts(), acts, "nothing is done");
    };
    for folder in [&runs, state] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
        refused("can be changed by every user");
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        if give_away(folder) {
            refused("belongs to user 65534");
            node.run(&["undo"]).stops(1, &["belongs to user 65534"]);
            std::os::unix::fs::chown(folder, Some(0), Some(0)).unwrap();
        }
    }
    fs::rename(&runs, node.lab.dir().join("elsewhere")).unwrap();
    symlink("../../elsewhere", &runs).unwrap();
    refused("is a link, not a folder");
}

#[test]
fn a_node_is_the_same_whatever_path_leads_to_it() {
    let node = Node::faulty("linux", "asconfigurator=slow:3s");
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let link = PathBuf::from(node.beside("link"));
    symlink(node.lab.dir(), &link).unwrap();
    let other = PathBuf::from(node.beside("other"));
    fs::create_dir_all(other.join("bin")).unwrap();
    for shared in ["bin/systemctl", "etc"] {
        symlink(node.lab.dir().join(shared), other.join(shared)).unwrap();
    }
    let ascript = |args: &[&str], at: &Path| {
        let mut command = Command::new(ASCRIPT);
        let folder = node.lab.dir().parent().unwrap();
        command.args(args).arg("--node").arg(at).current_dir(folder);
        Done::of(command.output().unwrap())
    };
    let mut first = node.start(&[&script]);
    until(|| node.has_started("asconfigurator"));
    let relative = Path::new("lab");
    for way in [relative, &link, &other] {
        let done = ascript(&["run", &script, "--live", "--yes"], way);
        done.stops(1, &["another run is in progress on this node"]);
    }
    assert!(first.wait().unwrap().success());
    for way in [relative, &link] {
        let receipt = ascript(&["runs"], way).out;
        assert!(
            receipt.contains(node.lab.dir().to_str().unwrap()),
            "{receipt}"
        );
    }
}

/// Every local user can lock a folder that they can open.
#[test]
fn a_lock_of_another_program_on_the_node_stops_no_run() {
    let node = Node::new("linux");
    for folder in ["", "etc", "etc/aspera.conf"] {
        let file = fs::File::open(node.lab.dir().join(folder)).unwrap();
        rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
        let text = format!(
            "conf.set_server(#{{ server_name: \"n{}\" }});",
            folder.len()
        );
        node.live(&[&node.script(&text)]).ends(0);
    }
}

/// Runs a script live on a folder that is no lab: its folders are those of this machine.
fn live_on_this_machine(home: &Path, script: &str) -> Done {
    let node = home.join("node");
    fs::create_dir_all(node.join("etc")).unwrap();
    fs::write(node.join("etc/aspera.conf"), "<CONF version=\"2\"/>\n").unwrap();
    fs::write(home.join("site.rhai"), script).unwrap();
    let mut command = Command::new(ASCRIPT);
    command.current_dir(home);
    command.args(["run", "./site.rhai", "--live", "--yes", "--node", "node"]);
    Done::of(command.args(["--platform", "linux"]).output().unwrap())
}

#[test]
fn the_owner_of_a_folder_leads_root_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let owner = if rustix::process::geteuid().is_root() {
        "nobody".to_owned()
    } else {
        Done::of(Command::new("id").arg("-un").output().unwrap())
            .out
            .trim()
            .to_owned()
    };
    let ensure = |folder: &str| {
        let path = path(folder);
        let script = format!("dir.ensure(\"{path}\", #{{ owner: \"{owner}\", mode: \"710\" }});");
        live_on_this_machine(home.path(), &script)
    };
    ensure("a//b/./c/").ends(0);
    let made = fs::metadata(path("a/b/c")).unwrap();
    assert_eq!(made.permissions().mode() & 0o777, 0o710);
    let above = fs::metadata(path("a/b")).unwrap();
    assert_eq!(above.permissions().mode() & 0o777, 0o755);

    fs::create_dir_all(path("victim")).unwrap();
    fs::create_dir_all(path("theirs")).unwrap();
    symlink("../victim", path("theirs/link")).unwrap();
    if give_away(Path::new(&path("theirs/link"))) {
        give_away(Path::new(&path("theirs")));
        let done = ensure("theirs/link/docs");
        done.stops(1, &["is a link that belongs to user 65534"]);
        assert_eq!(fs::read_dir(path("victim")).unwrap().count(), 0);
        ensure("theirs/docs").ends(0);
    }
    symlink("/", path("top")).unwrap();
    ensure("top").stops(1, &["is not a folder"]);
    ensure("top/.").stops(1, &["is not a folder"]);
}

/// A `stat` that finds the folder `mine` at `place`, where everything else finds `theirs`: what the
/// owner of the folder above can do, in time.
const SWAPPING_STAT: &str = r#"#!/bin/sh
cd HOME; mv place theirs; mv mine place
stat "$@"; code=$?
mv place mine; mv theirs place; exit $code
"#;

#[test]
fn what_took_the_place_of_a_folder_after_it_was_read_is_left_alone() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (mine, call) in [
        (Some(0o745), "dir.ensure(`HOME/place`, #{ mode: \"755\" })"),
        (None, "dir.ensure(`HOME/place`, #{ mode: \"755\" })"),
        (
            Some(0o745),
            "file.ensure(`HOME/place/file`, #{ content: \"new\" })",
        ),
        (Some(0o745), "file.remove(`HOME/place/file`)"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let filled = |text: &str| text.replace("HOME", home.path().to_str().unwrap());
        let allow = |name: &str, mode| {
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        fs::create_dir_all(at("node/bin")).unwrap();
        fs::write(at("node/bin/stat"), filled(SWAPPING_STAT)).unwrap();
        allow("node/bin/stat", 0o755);
        for (folder, mode) in [("mine", mine), ("place", Some(0o700))] {
            let Some(mode) = mode else { continue };
            fs::create_dir(at(folder)).unwrap();
            fs::write(at(folder).join("file"), "old").unwrap();
            allow(&format!("{folder}/file"), mode & 0o666);
            allow(folder, mode);
        }
        let done = live_on_this_machine(home.path(), &filled(call));
        assert_ne!(done.code, 0, "{call}");
        assert!(
            done.err.contains("since it was read"),
            "{call}: {}",
            done.err
        );
        assert_eq!(mode(&at("place")), 0o700, "{call}");
        assert_eq!(
            fs::read_to_string(at("place/file")).unwrap(),
            "old",
            "{call}"
        );
        assert_eq!(mode(&at("place/file")), 0o600, "{call}");
    }
}

#[test]
fn root_does_not_act_on_files_that_others_can_change() {
    let node = Node::new("linux");
    let is_root = rustix::process::geteuid().is_root();
    let script = node.script("import \"parts\" as parts; parts::call_it(params.name);");
    let parts = "fn call_it(name) { conf.set_server(#{ server_name: name }); }";
    let declared = "const PARAMS = #{ name: #{ type: \"string\" } };\n";
    let text = format!("{declared}{}", fs::read_to_string(&script).unwrap());
    fs::write(&script, text).unwrap();
    fs::write(node.beside("parts.rhai"), parts).unwrap();
    let [params, plan] = ["params.toml", "plan.json"].map(|name| node.beside(name));
    let shares = |path: &str, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let run = |name: &str| {
        fs::write(&params, format!("name = \"{name}\"\n")).unwrap();
        node.run(&["run", &script, "--params", &params, "--live", "--yes"])
    };
    run("n0").ends(0);
    for (number, file) in [&script, &node.beside("parts.rhai"), &params]
        .into_iter()
        .enumerate()
    {
        shares(file, 0o666);
        let done = run(&format!("n{}", number + 1));
        if is_root {
            done.stops(1, &["can be changed by every user"]);
        }
        node.run(&["run", &script, "--params", &params]).ends(0);
        shares(file, 0o644);
    }
    node.run(&["plan", &script, "--set", "name=last", "-o", &plan])
        .ends(0);
    shares(&plan, 0o666);
    let done = node.run(&["apply", &plan, "--yes"]);
    if is_root {
        done.stops(1, &["can be changed by every user"]);
        shares(&plan, 0o644);
        node.run(&["apply", &plan, "--yes"]).ends(0);
    }
}

#[test]
fn a_tool_that_is_not_fit_keeps_a_run_from_starting() {
    let is_root = rustix::process::geteuid().is_root();
    let modes = [
        (Some(0o644), "is not a program"),
        (None, "this node has no program"),
        (Some(0o777), "can be changed by every user"),
    ];
    for (mode, words) in modes.into_iter().take(if is_root { 3 } else { 2 }) {
        let node = Node::new("linux");
        let plan = node.beside("plan.json");
        let script = node.script(SITE);
        node.run(&["plan", &script, "-o", &plan]).ends(0);
        node.replace("asconfigurator", "exit 1");
        let tool = node.lab.program("asconfigurator");
        match mode {
            Some(mode) => fs::set_permissions(&tool, fs::Permissions::from_mode(mode)).unwrap(),
            None => fs::remove_file(&tool).unwrap(),
        }
        let code = if words.starts_with("can") { 1 } else { 3 };
        for args in [
            &["run", &script, "--live", "--yes"][..],
            &["apply", &plan, "--yes"],
            &["apply", &plan, "--rehearse"],
        ] {
            let done = node.run(args);
            done.stops(code, &["asconfigurator", words, "nothing was changed"]);
            assert_eq!(node.acts(), Vec::<String>::new(), "{args:?}");
        }
        let runs = node.run(&["runs", "--format", "json"]).json(0);
        assert_eq!(runs["runs"], serde_json::json!([]), "nothing is recorded");
    }
}

#[test]
fn root_acts_on_no_standard_input_that_others_can_change() {
    let node = Node::new("linux");
    let is_root = rustix::process::geteuid().is_root();
    let script = node.script("conf.set_server(#{ server_name: params.name });");
    let declared = "const PARAMS = #{ name: #{ type: \"string\", default: \"n1\" } };\n";
    let text = format!("{declared}{}", fs::read_to_string(&script).unwrap());
    fs::write(&script, text).unwrap();
    let [params, plan, lines] = ["params.toml", "plan.json", "lines"].map(|name| node.beside(name));
    fs::write(&params, "name = \"n2\"\n").unwrap();
    fs::write(
        &lines,
        "conf.set_server(#{ server_name: \"n4\" })\n:apply --yes\n",
    )
    .unwrap();
    node.run(&["plan", &script, "--set", "name=n3", "-o", &plan])
        .ends(0);
    let run = ["run", &script, "--params", "/dev/stdin", "--live", "--yes"];
    let cases: [(&str, &[&str]); 4] = [
        (&plan, &["apply", "-", "--yes"]),
        (&script, &["run", "-", "--live", "--yes"]),
        (&params, &run),
        (&lines, &["repl"]),
    ];
    for (file, args) in cases {
        let started = |mode: u32| {
            fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
            let input = fs::File::open(file).unwrap();
            Done::of(node.ascript(args).stdin(input).output().unwrap())
        };
        if is_root {
            let acts = node.acts();
            started(0o666).stops(1, &["can be changed by every user"]);
            assert_eq!(node.acts(), acts, "{args:?}");
        }
        started(0o644).ends(0);
    }
}

/// The owner of a file in `/tmp` can remove it as soon as it was read.
#[test]
fn root_performs_no_script_that_was_removed_after_it_was_read() {
    for removed in ["site.rhai", "parts.rhai"] {
        let node = Node::new("linux");
        let text = "import \"parts\" as parts; node.api_users(); parts::call_it();";
        let script = node.script(text);
        let parts = "fn call_it() { conf.set_server(#{ server_name: \"n1\" }); }";
        fs::write(node.beside("parts.rhai"), parts).unwrap();
        node.keep_real("asnodeadmin");
        let removes = format!("rm -f '{}'", node.beside(removed));
        let real = "exec \"${0%/*}/real/asnodeadmin\" \"$@\"";
        node.replace("asnodeadmin", &format!("{removes}\n{real}"));
        let done = node.live(&[&script]);
        if rustix::process::geteuid().is_root() {
            done.stops(1, &[removed, "was removed after it was read"]);
            assert_eq!(node.acts(), Vec::<String>::new());
        } else {
            done.ends(0);
        }
    }
}

#[test]
fn root_does_not_perform_what_such_a_file_staged_in_a_session() {
    use std::io::Write as _;
    let node = Node::new("linux");
    let is_root = rustix::process::geteuid().is_root();
    let script = node.script("import \"parts\" as parts; parts::call_it();");
    let parts = node.beside("parts.rhai");
    fs::write(
        &parts,
        "fn call_it() { conf.set_server(#{ server_name: \"n1\" }); }",
    )
    .unwrap();
    let session = |mode: u32, acts: usize| {
        fs::set_permissions(&parts, fs::Permissions::from_mode(mode)).unwrap();
        let mut repl = node.ascript(&["repl"]);
        let repl = repl
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut repl = repl.spawn().unwrap();
        let lines = format!(":run {script}\n:apply --yes\n");
        repl.stdin
            .take()
            .unwrap()
            .write_all(lines.as_bytes())
            .unwrap();
        let done = Done::of(repl.wait_with_output().unwrap());
        assert_eq!(node.acts().len(), acts, "{}", done.err);
        done
    };
    if is_root {
        session(0o666, 0).stops(1, &["parts.rhai` can be changed by every user"]);
    }
    session(0o644, 1).ends(0);
}

#[test]
fn a_lab_has_a_copy_of_the_program() {
    use std::os::unix::fs::MetadataExt as _;
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let made = Command::new(ASCRIPT)
        .args(["lab", "lab"])
        .current_dir(home.path())
        .output();
    Done::of(made.unwrap()).ends(0);
    let inside = fs::metadata(home.path().join("lab/libexec/ascript-lab")).unwrap();
    assert_ne!(inside.ino(), fs::metadata(ASCRIPT).unwrap().ino());
}

#[test]
fn the_next_run_removes_what_a_killed_one_was_writing() {
    let node = Node::new("linux");
    let runs = receipts(&node);
    fs::write(runs.join(".tmpAbCdEf"), "half a receipt").unwrap();
    fs::write(runs.join(".ascript-7-0"), "half a receipt").unwrap();
    let script = node.script("conf.set_server(#{ server_name: \"n2\" });");
    node.live(&[&script]).json(0);
    let hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
    assert_eq!(node.files().into_keys().find(hidden), None);
}

#[test]
fn the_last_number_of_a_run_is_not_followed_by_the_first() {
    let node = Node::new("linux");
    let runs = receipts(&node);
    fs::rename(runs.join("1.json"), runs.join("4294967295.json")).unwrap();
    let acts = node.acts();
    let script = node.script("conf.set_server(#{ server_name: \"n2\" });");
    let done = node.run(&["run", &script, "--live", "--yes"]);
    done.stops(1, &["no number left for another run", "4294967295.json"]);
    assert_eq!(node.acts(), acts, "nothing is done");
}

/// Each is longer than this machine has memory.
#[test]
fn a_file_of_the_state_folder_that_is_too_large_costs_nothing() {
    let node = Node::new("linux");
    let runs = receipts(&node);
    let refresh =
        node.script("conf.set_server(#{ server_name: \"n3\" }); service.refresh(\"asperanoded\");");
    node.live(&[&refresh]).ends(0);
    let large = |path: &Path| {
        let file = fs::File::options().create(true).append(true).open(path);
        file.unwrap().set_len(1 << 40).unwrap();
    };
    let state = node.lab.dir().join("var/ascript");
    for record in [
        "tool",
        "services/asperanoded",
        "runs/1.undone",
        "runs/2.undoes",
    ] {
        large(&state.join(record));
    }
    let rename = node.script("conf.set_server(#{ server_name: \"n4\" });");
    node.live(&[&rename]).ends(0);
    node.run(&["runs"]).ends(0);
    large(&runs.join("3.conf"));
    large(&runs.join("3.json"));
    let words = ["3.json is larger than 1024 MiB", "move it away"];
    node.run(&["undo", "3"]).stops(3, &words);
    node.run(&["runs"]).ends(0);
}

#[test]
fn a_write_beyond_the_largest_file_size_is_an_error_in_words() {
    let node = Node::new("linux");
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let limited = |args: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\"", ASCRIPT]);
        command.args(args).arg("--node").arg(node.lab.dir());
        Done::of(command.output().unwrap())
    };
    let plan = node.beside("plan.json");
    limited(&["plan", &script, "-o", &plan]).stops(2, &["plan.json: File too large"]);
    assert!(!Path::new(&plan).exists());
    limited(&["run", &script, "--live", "--yes"]).stops(1, &["File too large"]);
    assert!(node.acts().is_empty());
}

/// The disk is full when a tool has failed: neither the note of an edit that the tool wrote over nor
/// the receipt can be written. The run says both, and first what the tool did.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_recorded_of_a_failed_step_is_said() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let node = Node::new("linux");
    node.keep_real("asconfigurator");
    let edit = "asconfigurator=edit-during:set_user_data;user_name,zoe;absolute,/srv/zoe";
    node.lab.set_faults(&[edit]).unwrap();
    let [done, go] = ["done", "go"].map(|name| node.beside(name));
    let dir = node.lab.dir().display();
    node.replace(
        "asconfigurator",
        &format!(
            "{dir}/bin/real/asconfigurator \"$@\"; : > '{done}'
until [ -e '{go}' ]; do sleep 0.01; done; exit 1"
        ),
    );
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let mut run = node.ascript(&["run", &script, "--live", "--yes"]);
    let run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let run = run.unwrap();
    until(|| Path::new(&done).exists());
    let full = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    prlimit(Some(Pid::from_child(&run)), Resource::Fsize, full).unwrap();
    fs::write(&go, "").unwrap();
    let done = Done::of(run.wait_with_output().unwrap());
    done.stops(
        3,
        &[
            "error: `asconfigurator` failed with exit code 1",
            "1.journal: File too large",
            "1.json: File too large",
            "failed: 1 failed, run 1",
        ],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn core_dumps_are_off() {
    let node = Node::faulty("linux", "asconfigurator=slow:2s");
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let mut run = node.start(&[&script]);
    until(|| node.has_started("asconfigurator"));
    let limits = fs::read_to_string(format!("/proc/{}/limits", run.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let soft = core.unwrap().split_whitespace().nth(4);
    assert_eq!(soft, Some("0"), "{limits}");
    assert!(run.wait().unwrap().success());
}

#[test]
fn the_next_run_waits_for_the_tool_of_a_killed_one() {
    let node = Node::faulty("linux", "asconfigurator@1=slow:2s");
    let script = node.script("conf.set_server(#{ server_name: \"n1\" });");
    let mut first = node.start(&[&script]);
    until(|| node.has_started("asconfigurator"));
    let tool = node.last_pid();
    first.kill().unwrap();
    first.wait().unwrap();
    let impatient = ["run", &script, "--live", "--yes", "--timeout", "200ms"];
    let left = format!("`asconfigurator` (process {tool}), which a killed run started");
    let calls = node.call_count();
    node.run(&impatient)
        .stops(1, &[&left, "is still running", "kill"]);
    assert_eq!(node.call_count(), calls, "nothing is started meanwhile");
    let second = node.run(&["run", &script, "--live", "--yes"]);
    second.ends(0);
    assert!(
        second.err.contains(&format!("waiting for {left}")),
        "{}",
        second.err
    );
    assert!(!is_alive(tool));
    // What the tool did is seen: only what is left is done.
    assert_eq!(node.acts().len(), 1, "{:?}", node.acts());
    node.run(&["run", &script, "--live", "--yes"]).ends(0);
}
