//! Files that scripts write: what `ascript file` does on this machine, and what users see of it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ascript::run::FileDiff;

use crate::crashes::emulated_files;
use crate::plans::{apply, plan, read};
use crate::secrecy::encodings;
use crate::support::{ASCRIPT, Done, Node, SECRETS};

/// A content with its length, as `ascript file` reads it.
fn framed(content: &[u8]) -> Vec<u8> {
    [format!("{}\n", content.len()).as_bytes(), content].concat()
}

/// The name of whoever runs the tests.
fn user() -> String {
    let id = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

fn file(args: &[&str], path: &Path, input: &[u8]) -> Done {
    let mut command = Command::new(ASCRIPT);
    command.arg("file").args(args).arg(path);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that is refused may end before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    Done::of(child.wait_with_output().unwrap())
}

fn write(mode: &str, path: &Path, content: &[u8]) -> Done {
    let args = ["write", "--owner", &user(), "--mode", mode];
    file(&args, path, &framed(content))
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_file_is_written_beside_the_old_one_and_renamed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a/b/file");
    write("640", &path, b"\0\xff").ends(0);
    assert_eq!(
        (fs::read(&path).unwrap(), mode(&path)),
        (b"\0\xff".to_vec(), 0o640)
    );
    assert_eq!(mode(&dir.path().join("a")), 0o755);
    let other_name = dir.path().join("a/b/other");
    fs::hard_link(&path, &other_name).unwrap();
    write("604", &path, b"").ends(0);
    assert_eq!((fs::read(&path).unwrap(), mode(&path)), (Vec::new(), 0o604));
    assert_eq!(fs::read(&other_name).unwrap(), b"\0\xff");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
    file(&["remove"], &path, b"").ends(0);
    file(&["remove"], &path, b"").ends(0);
    assert!(!path.exists());
}

#[test]
fn a_content_that_is_cut_off_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let args = ["write", "--owner", &user(), "--mode", "644"];
    // No content can look like the end of another one.
    for end in ["", "\n-- end of content --\n", "3\nabc", "\n3\n"] {
        let whole = framed(format!("a{end}b{end}c").as_bytes());
        for length in 0..whole.len() {
            file(&args, &path, &whole[..length]).stops(2, &["is cut off"]);
        }
    }
    for input in [&b"half"[..], b"3\nabcd", b"+3\nabc", b"03\nabc", b"3 \nabc"] {
        file(&args, &path, input).stops(2, &["the content on standard input is cut off"]);
    }
    let long = vec![b'a'; (1 << 20) + 1];
    write("644", &path, &long).stops(2, &["larger than 1 MiB"]);
    assert!(!path.exists());
}

#[test]
fn a_link_is_neither_followed_nor_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (theirs, link) = (dir.path().join("theirs"), dir.path().join("link"));
    fs::write(&theirs, "theirs").unwrap();
    symlink(&theirs, &link).unwrap();
    for done in [write("644", &link, b"mine"), file(&["remove"], &link, b"")] {
        assert_ne!(done.code, 0);
        assert!(done.err.contains("is a link"), "{}", done.err);
    }
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
    let folder = write("644", dir.path(), b"");
    assert!(
        folder.code != 0 && folder.err.contains("is a folder"),
        "{}",
        folder.err
    );
}

#[test]
fn a_folder_that_another_user_can_change_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, path) = (dir.path().join("open"), dir.path().join("open/file"));
    fs::create_dir(&folder).unwrap();
    let refused = |words: &str| {
        let done = write("644", &path, b"a");
        assert!(done.code != 0 && done.err.contains(words), "{}", done.err);
        assert!(!path.exists());
    };
    set_mode(&folder, 0o777);
    refused("can be changed by every user");
    set_mode(&folder, 0o755);
    // Only root can give a folder away.
    if std::os::unix::fs::chown(&folder, Some(12_345), None).is_ok() {
        refused("belongs to user 12345");
    }
}

#[test]
fn unknown_accounts_and_modes_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    for (args, words) in [
        (
            &["write", "--owner", "no-such-account"][..],
            "there is no account `no-such-account`",
        ),
        (
            &["write", "--group", "no-such-group"],
            "there is no group `no-such-group`",
        ),
        (&["write", "--mode", "888"], "`888` is not a mode in octal"),
    ] {
        let done = file(args, &path, &framed(b""));
        assert!(done.code != 0 && done.err.contains(words), "{}", done.err);
    }
    assert!(!path.exists());
}

/// The file of a lab that a script calls `/etc/x`.
fn emulated(node: &Node) -> PathBuf {
    node.lab.dir().join("root/etc/x")
}

fn live(node: &Node, text: &str) -> Done {
    let script = node.script(text);
    node.live(&[&script])
}

fn undo(node: &Node) {
    node.run(&["undo", "--live", "--yes"]).ends(0);
}

#[test]
fn a_plan_refuses_a_source_that_changed() {
    let node = Node::new("linux");
    let source = PathBuf::from(node.beside("a.lic"));
    fs::write(&source, b"\0one\xff").unwrap();
    let script = node.script(r#"file.ensure("/etc/x", #{ source: "a.lic" });"#);
    let file = plan(&node, &[&script]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        !text.contains(source.parent().unwrap().to_str().unwrap()),
        "{text}"
    );
    node.lab.clear_calls().unwrap();
    fs::write(&source, b"two").unwrap();
    apply(&node, &file, &[]).stops(4, &["the content of a.lic is another one now"]);
    fs::remove_file(&source).unwrap();
    apply(&node, &file, &[]).stops(4, &["there is no file `a.lic`"]);
    assert_eq!(node.acts(), [""; 0]);
    fs::write(&source, b"\0one\xff").unwrap();
    apply(&node, &file, &[]).ends(0);
    assert_eq!(fs::read(emulated(&node)).unwrap(), b"\0one\xff");
}

#[test]
fn a_source_is_below_the_folder_of_the_script() {
    let node = Node::new("linux");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("key"), "hunter2").unwrap();
    symlink(elsewhere.path().join("key"), node.beside("link")).unwrap();
    for (name, words) in [
        ("link", "`link` is outside of the script's folder"),
        ("../key", "`../key` is not a path below the script's folder"),
        (
            "/etc/passwd",
            "`/etc/passwd` is not a path below the script's folder",
        ),
        ("none", "there is no file `none`"),
        (".", "`.` is not a path below the script's folder"),
    ] {
        let text = format!("file.ensure(\"/etc/x\", #{{ source: {name:?} }});");
        let script = node.script(&text);
        node.run(&["run", &script]).stops(1, &[words]);
    }
}

#[test]
fn an_undo_restores_every_byte_owner_and_mode() {
    let node = Node::new("linux");
    fs::write(node.beside("old"), b"\0\xffold").unwrap();
    live(
        &node,
        r#"file.ensure("/etc/x", #{ source: "old", mode: "640", group: "aspadmins" });"#,
    )
    .ends(0);
    let before = (emulated_files(&node), node.state("places.json"));
    live(
        &node,
        r#"file.ensure("/etc/x", #{ content: "new", owner: "admin", mode: "600" });
           file.ensure("/etc/x", #{ content: `key=${secret("env:FASPEX_TOKEN_KEY")}` });
           file.ensure("/etc/x", #{ content: "newest" });
           file.remove("/etc/x");
           file.ensure("/etc/new", #{ content: "" });"#,
    )
    .ends(0);
    assert!(!emulated(&node).exists());
    undo(&node);
    assert_eq!((emulated_files(&node), node.state("places.json")), before);
    node.run(&["undo", "3", "--live", "--yes"]).ends(0);
    assert!(!emulated(&node).exists() && node.lab.dir().join("root/etc/new").exists());
}

#[test]
fn an_undo_leaves_what_another_program_wrote() {
    let node = Node::new("linux");
    live(&node, r#"file.ensure("/etc/x", #{ content: "ours" });"#).ends(0);
    fs::write(emulated(&node), "theirs").unwrap();
    node.run(&["undo", "--live", "--yes"])
        .stops(1, &["was changed since that run"]);
    node.run(&["undo", "--live", "--yes", "--partial"])
        .stops(1, &["nothing more of run 1 can be undone"]);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "theirs");
}

#[test]
fn a_file_that_changes_between_plan_and_apply_is_not_written_over() {
    let node = Node::new("linux");
    live(&node, r#"file.ensure("/etc/x", #{ content: "one" });"#).ends(0);
    let script = node.script(r#"file.ensure("/etc/x", #{ content: "two" });"#);
    let file = plan(&node, &[&script]);
    fs::write(emulated(&node), "three").unwrap();
    apply(&node, &file, &[]).stops(4, &["file//etc/x: digest was sha256:", "nothing was done"]);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "three");
}

#[test]
fn a_program_that_does_not_write_is_contradicted() {
    let node = Node::faulty("linux", "ascript=lie");
    for content in ["\"a\"", "secret(\"env:FASPEX_TOKEN_KEY\")"] {
        let text = format!("file.ensure(\"/etc/x\", #{{ content: {content} }});");
        live(&node, &text).stops(3, &["file//etc/x is absent, expected"]);
    }
}

#[test]
fn the_lines_that_change_are_in_every_format() {
    let node = Node::new("linux");
    let text = "file.ensure(\"/etc/x\", #{ content: \"a\\nweekly\\nb\\n\" });";
    live(&node, text).ends(0);
    let script = node.script(&text.replace("weekly", "daily <&>"));
    for (format, lines) in [
        ("text", &["--- a/etc/x\n", "\n-weekly\n+daily <&>\n"][..]),
        (
            "markdown",
            &["Changes to <code>/etc/x</code>", "\n-weekly\n+daily <&>\n"],
        ),
        (
            "html",
            &[
                "Changes to <code>/etc/x</code>",
                "<del>weekly</del>",
                "daily &lt;&amp;&gt;",
            ],
        ),
        (
            "json",
            &["\"path\": \"/etc/x\"", "\\n-weekly\\n+daily <&>\\n"],
        ),
    ] {
        let done = node.run(&["run", &script, "--format", format]);
        for line in lines {
            assert!(done.out.contains(line), "{format}: {line}\n{}", done.out);
        }
    }
}

/// A file that was put into a lab by hand is one of its files.
#[test]
fn a_line_is_shown_before_and_after_without_its_digest() {
    let node = Node::new("linux");
    let script = node.script("file.line(\"/etc/x\", #{ match: \"Port\", line: \"Port 33001\" });");
    let shows = |words: &str| {
        let shown = node.run(&["run", &script]).out;
        assert!(
            shown.contains(words) && !shown.contains("sha256"),
            "{shown}"
        );
    };
    shows("line: — → Port 33001");
    fs::create_dir_all(emulated(&node).parent().unwrap()).unwrap();
    fs::write(emulated(&node), "Port 22\n").unwrap();
    shows("line: Port 22 → Port 33001");
    fs::set_permissions(emulated(&node), fs::Permissions::from_mode(0o600)).unwrap();
    shows("line: a line that not every user may read → Port 33001");
    node.live(&[&script]).ends(0);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "Port 33001\n");
}

/// What a script writes is shown, and what is on the node only where all may read it.
#[test]
fn no_output_has_a_secret_of_a_file() {
    let node = Node::new("linux");
    let (_, key) = SECRETS
        .iter()
        .find(|(name, _)| *name == "FASPEX_TOKEN_KEY")
        .unwrap();
    let canary = "canary-of-a-private-file";
    // Files of an administrator: one that all may read has a secret of this run, another is private.
    live(
        &node,
        r#"file.ensure("/etc/x", #{ content: "", mode: "644" });
           file.ensure("/etc/private", #{ content: "", mode: "640" });"#,
    )
    .ends(0);
    fs::write(emulated(&node), format!("old={key}\n")).unwrap();
    fs::write(
        node.lab.dir().join("root/etc/private"),
        format!("{canary}\n"),
    )
    .unwrap();
    let script = node.script(
        r#"file.ensure("/etc/x", #{ content: "new\n" });
           file.ensure("/etc/private", #{ content: `key=${secret("env:FASPEX_TOKEN_KEY")}\n` });
           file.ensure("/etc/copy", #{ content: secret("env:FASPEX_TOKEN_KEY") });"#,
    );
    let file = plan(&node, &[&script]);
    let mut outputs = vec![fs::read_to_string(&file).unwrap()];
    for format in ["text", "json", "markdown", "html"] {
        outputs.push(node.run(&["run", &script, "--format", format]).out);
    }
    outputs.push(apply(&node, &file, &[]).out);
    outputs.push(node.run(&["undo", "--format", "json"]).out);
    outputs.push(node.run(&["undo", "--live", "--yes"]).out);
    let calls = node.lab.calls().unwrap();
    outputs.push(serde_json::to_string(&calls).unwrap());
    for output in &outputs {
        for secret in encodings(key).into_iter().chain([canary.to_owned()]) {
            assert!(!output.contains(&secret), "{secret}: {output}");
        }
    }
    assert!(outputs[0].contains("‹env:FASPEX_TOKEN_KEY›"));
    assert!(outputs[0].contains("the content before is not shown"));
    assert_eq!(read(&file)["file_diffs"].as_array().unwrap().len(), 3);
}

#[test]
fn what_a_run_keeps_of_a_file_is_for_its_owner_alone() {
    let node = Node::new("linux");
    for content in ["one", "two"] {
        let text = format!("file.ensure(\"/etc/x\", #{{ content: {content:?} }});");
        live(&node, &text).ends(0);
    }
    let kept = node.lab.dir().join("var/ascript/runs/2.files");
    assert_eq!(mode(&kept), 0o700);
    let files: Vec<_> = fs::read_dir(&kept).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0].path()), 0o600);
    assert_eq!(fs::read_to_string(files[0].path()).unwrap(), "one");
}

#[test]
fn a_plan_whose_content_was_edited_is_refused() {
    let node = Node::new("linux");
    let script = node.script(r#"file.ensure("/etc/x", #{ content: "reviewed" });"#);
    let file = plan(&node, &[&script]);
    let mut run = ascript::plan::load(&fs::read_to_string(&file).unwrap()).unwrap();
    let mut json = serde_json::to_value(&run).unwrap();
    json["steps"][0]["moves"][0]["after"]["content"] = "other".into();
    let change = json["steps"][0]["moves"][0].take();
    let edited = serde_json::from_value::<ascript::step::Change>(change);
    assert!(
        edited
            .unwrap_err()
            .to_string()
            .contains("not that of its content")
    );
    run.steps[0].commands.clear();
    fs::write(&file, ascript::plan::render(&run)).unwrap();
    apply(&node, &file, &[]).stops(4, &["has other commands than its changes take"]);
    assert!(!emulated(&node).exists());
}

/// A reader sees what a step writes to a file in the diff alone.
#[test]
fn a_plan_that_shows_another_content_than_it_writes_is_refused() {
    let node = Node::new("linux");
    let text =
        |line: &str| format!("file.ensure(\"/etc/x\", #{{ content: \"a\\n{line}\\nc\\n\" }});");
    live(&node, &text("b")).ends(0);
    let file = plan(&node, &[&node.script(&text("B"))]);
    let run = ascript::plan::load(&fs::read_to_string(&file).unwrap()).unwrap();
    let diff = &run.file_diffs[0].diff;
    let names = "--- a/etc/x\n+++ b/etc/x\n";
    // As on a snapshot, which has no contents of files.
    let whole = format!("{names}@@ -0,0 +1,3 @@\n\\ the content before is not shown\n+a\n+B\n+c\n");
    let is_applied = |path: &str, diffs: &[&str]| {
        let mut run = run.clone();
        run.file_diffs = diffs.iter().map(|diff| file_diff(path, diff)).collect();
        fs::write(&file, ascript::plan::render(&run)).unwrap();
        let done = node.run(&["apply", &file, "--rehearse"]);
        if done.code != 0 {
            done.stops(4, &["the plan shows another content of `/etc/"]);
        }
        done.code == 0
    };
    for right in [diff, &diff.replace("-b", "-‹secret›"), &whole] {
        assert!(is_applied("/etc/x", &[right]), "{right}");
    }
    for (from, to) in [
        ("+B", "+b"),
        ("+B", "+‹secret›"),
        (" c\n", ""),
        (" c", " C"),
        (names, "--- ‹secret›\n+++ b/etc/x\n"),
    ] {
        assert!(!is_applied("/etc/x", &[&diff.replace(from, to)]), "{to}");
    }
    assert!(!is_applied("/etc/x", &[&whole.replace("+c", "+C")]));
    assert!(!is_applied("/etc/x", &[diff, diff]));
    assert!(!is_applied("/etc/y", &[diff]));
    assert!(!is_applied("/etc/x", &[]));
    apply(&node, &file, &[]).stops(4, &["the plan shows another content of `/etc/x`"]);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "a\nb\nc\n");
}

fn file_diff(path: &str, diff: &str) -> FileDiff {
    FileDiff {
        path: path.to_owned(),
        diff: diff.to_owned(),
    }
}

#[test]
fn a_license_is_installed_and_checked_as_the_transfer_user() {
    let node = Node::with("linux", |options| options.license = "none".to_owned());
    fs::write(node.beside("a.lic"), "server\n").unwrap();
    let install = r#"license.install("a.lic", #{ user: "admin" });"#;
    live(&node, install).ends(0);
    let license = node.lab.dir().join("etc/aspera-license");
    assert_eq!(fs::read_to_string(&license).unwrap(), "server\n");
    assert!(node.has_started("sudo -n -H -u admin -- "));
    live(&node, r#"ensure(license.check().valid, "no license");"#).ends(0);
    node.lab.clear_calls().unwrap();
    // A license that is there already is only checked.
    live(&node, install).ends(0);
    assert!(node.has_started("sudo -n -H -u admin -- "));
    assert_eq!(node.acts(), [""; 0]);
    undo(&node);
    assert!(!license.exists());
}

#[test]
fn a_license_that_is_none_fails_the_run_and_is_taken_back() {
    let node = Node::new("macos");
    fs::write(node.beside("a.lic"), "<license").unwrap();
    live(&node, r#"license.install("a.lic");"#)
        .stops(3, &["the license that is installed is not usable: "]);
    undo(&node);
    let license = node.lab.dir().join("etc/aspera-license");
    assert_eq!(fs::read_to_string(license).unwrap(), "server\n");
    live(&node, r#"license.install("a.lic", #{ user: "admin" });"#)
        .stops(3, &["it was checked as `admin`"]);
    // Nor is one that is there already.
    fs::write(node.lab.dir().join("etc/aspera-license"), "<license").unwrap();
    let checked = live(&node, r#"license.install("a.lic", #{ user: "admin" });"#);
    checked.stops(3, &["it was checked as `admin`"]);
    assert!(!checked.err.contains("takes"), "{}", checked.err);
}

#[test]
fn one_line_is_set_and_all_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "# a\r\nPort 22\nX\tY").unwrap();
    set_mode(&path, 0o640);
    let input = framed(b"Port 33001");
    file(&["set-line", "--start=Port "], &path, &input).ends(0);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "# a\r\nPort 33001\nX\tY"
    );
    assert_eq!(mode(&path), 0o640);
    file(&["remove-line", "--start=Port "], &path, b"").ends(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "# a\r\nX\tY");
    file(&["set-line", "--start=X"], &path, b"X").stops(2, &["is cut off"]);
    fs::write(&path, b"\xff").unwrap();
    file(&["set-line", "--start=Port "], &path, &input).stops(1, &["is not UTF-8 text"]);
    assert_eq!(fs::read(&path).unwrap(), b"\xff");
}

#[test]
fn an_undo_restores_a_line_and_nothing_else() {
    let node = Node::new("linux");
    let before = "# mine\nPort 22\nMaxAuthTries 6\n";
    live(
        &node,
        "file.ensure(\"/etc/x\", #{ content: \"\", mode: \"640\" });",
    )
    .ends(0);
    fs::write(emulated(&node), before).unwrap();
    let script = r#"file.line("/etc/x", #{ "match": "Port ", line: "Port 33001" });
        file.line("/etc/x", #{ "match": "Token ", line: `Token ${secret("env:FASPEX_TOKEN_KEY")}` });"#;
    let file = plan(&node, &[&node.script(script)]);
    let text = fs::read_to_string(&file).unwrap();
    for line in ["Port 22", "MaxAuthTries", "# mine"] {
        assert!(
            !text.contains(line),
            "a line of a private file is in the plan: {line}"
        );
    }
    apply(&node, &file, &[]).ends(0);
    let after = fs::read_to_string(emulated(&node)).unwrap();
    let key = SECRETS
        .iter()
        .find(|(name, _)| *name == "FASPEX_TOKEN_KEY")
        .unwrap()
        .1;
    assert_eq!(
        after,
        format!("# mine\nPort 33001\nMaxAuthTries 6\nToken {key}\n")
    );
    assert_eq!(live(&node, script).json(0)["summary"]["change"], 0);
    fs::write(emulated(&node), format!("{after}Later 1\n")).unwrap();
    undo(&node);
    assert_eq!(
        fs::read_to_string(emulated(&node)).unwrap(),
        format!("{before}Later 1\n")
    );
}

#[test]
fn an_owner_that_does_not_exist_is_refused_before_anything_runs() {
    let node = Node::new("linux");
    for (call, argument, words) in [
        (
            r#"file.ensure("/etc/x", #{ content: "a","#,
            "owner",
            "there is no account `nobody-here`",
        ),
        (
            r#"file.ensure("/etc/x", #{ content: "a","#,
            "group",
            "there is no group `nobody-here`",
        ),
        (
            r#"dir.ensure("/srv/x", #{"#,
            "owner",
            "there is no account `nobody-here`",
        ),
        (
            r#"dir.ensure("/srv/x", #{"#,
            "group",
            "there is no group `nobody-here`",
        ),
    ] {
        let text = format!("{call} {argument}: \"nobody-here\" }});");
        node.run(&["run", &node.script(&text)])
            .stops(1, &[words, "create it first"]);
    }
    live(
        &node,
        r#"account.ensure("ann");
           group.ensure("people");
           file.ensure("/etc/x", #{ content: "a", owner: "ann", group: "people" });
           file.ensure("/etc/y", #{ content: "a", owner: "ann", group: "ann" });"#,
    )
    .ends(0);
}

#[test]
fn a_new_folder_is_named_before_and_after() {
    let node = Node::new("linux");
    let script = node.script(r#"file.ensure("/etc/site/a/b", #{ content: "b" });"#);
    let preview = node.run(&["run", &script]);
    preview.ends(0);
    let words = "the folder /etc/site/a is created for the file, and an undo leaves it";
    assert!(preview.out.contains(words), "{}", preview.out);
    node.run(&["run", "--live", "--yes", &script]).ends(0);
    let undone = node.run(&["undo"]);
    undone.ends(0);
    let words = "the folder /etc/site/a stays, since it may hold files";
    assert!(undone.out.contains(words), "{}", undone.out);
}

#[test]
fn an_undo_removes_the_file_that_was_made_for_a_line() {
    let node = Node::new("linux");
    let script = node.script(
        r#"file.line("/etc/x", #{ "match": "Port ", line: "Port 33001" });
        file.line("/etc/x", #{ "match": "Max ", line: "Max 6" });"#,
    );
    for is_planned in [false, true] {
        if is_planned {
            apply(&node, &plan(&node, &[&script]), &[]).ends(0);
        } else {
            node.run(&["run", "--live", "--yes", &script]).ends(0);
        }
        let made = fs::read_to_string(emulated(&node)).unwrap();
        assert_eq!(made, "Port 33001\nMax 6\n");
        undo(&node);
        assert!(!emulated(&node).exists());
    }
    apply(&node, &plan(&node, &[&script]), &[]).ends(0);
    fs::write(emulated(&node), "Port 33001\nMax 6\nLater 1\n").unwrap();
    undo(&node);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "Later 1\n");
    fs::write(emulated(&node), "").unwrap();
    apply(&node, &plan(&node, &[&script]), &[]).ends(0);
    undo(&node);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "");
}

#[test]
fn a_file_that_was_made_for_a_line_is_removed_only_when_it_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    for (text, rest) in [("a\nPort 22\n", Some("a\n")), ("Port 22\n", None)] {
        fs::write(&path, text).unwrap();
        file(&["remove-line", "--new-file", "--start=Port "], &path, b"").ends(0);
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), rest);
    }
    fs::write(&path, "Port 22\n").unwrap();
    file(&["remove-line", "--start=Port "], &path, b"").ends(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn a_line_that_changed_since_the_plan_is_not_written_over() {
    let node = Node::new("linux");
    live(
        &node,
        "file.ensure(\"/etc/x\", #{ content: \"Port 22\\n\" });",
    )
    .ends(0);
    let script = node.script(r#"file.line("/etc/x", #{ "match": "Port ", line: "Port 33001" });"#);
    let file = plan(&node, &[&script]);
    fs::write(emulated(&node), "Port 23\n").unwrap();
    apply(&node, &file, &[]).stops(4, &["file_line/Port //etc/x: ", "nothing was done"]);
    assert_eq!(fs::read_to_string(emulated(&node)).unwrap(), "Port 23\n");
}
