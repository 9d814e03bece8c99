//! `ascript authorized-keys` on the files of this machine: what it changes, and what an account
//! cannot make it change.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ascript::plan;
use ascript::state::State;

use crate::support::{ASCRIPT, Done};

const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAABYQ==";
const OTHER: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAABYg==";

/// A home folder of whoever runs the tests.
struct Home {
    folder: tempfile::TempDir,
    user: String,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let id = Command::new("id").arg("-un").output().unwrap();
        let user = String::from_utf8(id.stdout).unwrap().trim().to_owned();
        Self { folder, user }
    }

    fn ssh(&self) -> PathBuf {
        self.folder.path().join(".ssh")
    }

    fn file(&self) -> PathBuf {
        self.ssh().join("authorized_keys")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    /// A folder and a file, as an account makes them.
    fn with(text: &str, folder_mode: u32, mode: u32) -> Self {
        let home = Self::new();
        fs::create_dir(home.ssh()).unwrap();
        fs::write(home.file(), text).unwrap();
        set_mode(&home.file(), mode);
        set_mode(&home.ssh(), folder_mode);
        home
    }

    fn run(&self, verb: &str, input: &str) -> Done {
        self.run_with(verb, &format!("{}\n{input}", input.len()))
    }

    fn run_with(&self, verb: &str, input: &str) -> Done {
        let mut command = Command::new(ASCRIPT);
        command.args(["authorized-keys", verb, "--user", &self.user]);
        command.arg(self.file());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // One that is refused may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Done::of(child.wait_with_output().unwrap())
    }

    #[track_caller]
    fn does(&self, verb: &str, input: &str) -> String {
        let done = self.run(verb, input);
        assert_eq!((done.code, &*done.err), (0, ""), "{verb} {input}");
        done.out
    }

    #[track_caller]
    fn refuses(&self, words: &str) {
        for verb in ["list", "add"] {
            let done = self.run(verb, KEY);
            assert_ne!(done.code, 0, "{verb}");
            assert!(done.err.contains(words), "{verb}: {}", done.err);
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_key_is_added_to_a_file_of_its_own_and_removed() {
    let home = Home::new();
    assert_eq!(home.does("list", ""), "");
    home.does("add", KEY);
    assert_eq!(home.text(), format!("{KEY}\n"));
    assert_eq!((mode(&home.ssh()), mode(&home.file())), (0o700, 0o600));
    assert_eq!(home.does("list", ""), format!("key: {KEY}\n"));
    home.does("remove", KEY);
    assert_eq!(home.does("list", ""), "");
}

#[test]
fn other_lines_stay_and_permissions_are_taken_back() {
    let text = format!("# mine\n\nrestrict {OTHER} me\n");
    let home = Home::with(&text, 0o755, 0o644);
    assert!(
        home.does("list", "")
            .starts_with("exposed: the folder belongs to user")
    );
    fs::write(
        home.ssh().join(".ascript-1-0"),
        "left by a run that was killed",
    )
    .unwrap();
    home.does("add", KEY);
    assert_eq!(home.text(), format!("{text}{KEY}\n"));
    assert_eq!((mode(&home.ssh()), mode(&home.file())), (0o700, 0o600));
    assert_eq!(fs::read_dir(home.ssh()).unwrap().count(), 1);
    assert_eq!(
        home.does("list", ""),
        format!("key: restrict {OTHER} me\nkey: {KEY}\n")
    );
    home.does("remove", OTHER);
    assert_eq!(home.text(), format!("# mine\n\n{KEY}\n"));
}

#[test]
fn a_link_leads_to_no_other_file() {
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = elsewhere.path().join("authorized_keys");
    fs::write(&theirs, "theirs").unwrap();
    let linked_folder = Home::new();
    symlink(elsewhere.path(), linked_folder.ssh()).unwrap();
    linked_folder.refuses("is a link");
    let linked_file = Home::with("", 0o700, 0o600);
    fs::remove_file(linked_file.file()).unwrap();
    symlink(&theirs, linked_file.file()).unwrap();
    linked_file.refuses("authorized_keys");
    let hard_link = Home::with("", 0o700, 0o600);
    fs::remove_file(hard_link.file()).unwrap();
    fs::hard_link(&theirs, hard_link.file()).unwrap();
    hard_link.refuses("has several names");
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    let home = Home::with(KEY, 0o700, 0o600);
    let theirs = Some(12_345);
    // Only root can give a file away.
    if std::os::unix::fs::chown(home.file(), theirs, theirs).is_err() {
        return;
    }
    home.refuses("belongs to user 12345");
    std::os::unix::fs::chown(home.file(), Some(0), None).unwrap();
    std::os::unix::fs::chown(home.ssh(), theirs, theirs).unwrap();
    home.refuses("belongs to user 12345");
}

#[test]
fn the_file_is_that_of_the_account() {
    // Not even an empty folder of root, which a new account may have as its home.
    let home = Home {
        user: if rustix::process::geteuid().is_root() {
            "nobody".to_owned()
        } else {
            "root".to_owned()
        },
        ..Home::new()
    };
    home.refuses("is not the file of keys of");
    assert!(!home.ssh().exists());
}

/// A plan that adds a key for one account, edited to add it to the keys of another and sealed
/// again. All its parts fit together, so the tool must refuse it.
#[cfg(target_os = "linux")]
#[test]
fn an_edited_plan_leads_to_the_keys_of_no_other_account() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(path("node/etc")).unwrap();
    fs::write(path("node/etc/aspera.conf"), "<CONF version=\"2\"/>\n").unwrap();
    let script = format!("ssh.authorize(\"daemon\", \"{KEY}\");");
    fs::write(path("site.rhai"), script).unwrap();
    let ascript = |args: &[&str]| {
        let mut command = Command::new(ASCRIPT);
        command.args(args).current_dir(home.path());
        command.args(["--node", "node", "--platform", "linux"]);
        Done::of(command.output().unwrap())
    };
    ascript(&["plan", "./site.rhai", "-o", "plan.json"]).ends(0);
    let mut plan = plan::load(&fs::read_to_string(path("plan.json")).unwrap()).unwrap();
    let theirs = path("root/.ssh/authorized_keys");
    fs::create_dir(path("root")).unwrap();
    let step = &mut plan.steps[0];
    let State::AuthorizedKey(key) = &mut step.changes[0].after.state else {
        panic!("{:?}", step.changes);
    };
    key.file.clone_from(&theirs);
    *step.commands[0].args.last_mut().unwrap() = theirs.into();
    fs::write(path("plan.json"), plan::render(&plan)).unwrap();
    let applied = ascript(&["apply", "plan.json", "--yes"]);
    applied.stops(3, &["is not the file of keys of `daemon`"]);
    assert_eq!(fs::read_dir(path("root")).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_file_and_input_that_is_no_key_are_refused() {
    let home = Home::with("", 0o700, 0o600);
    fs::remove_file(home.file()).unwrap();
    fs::create_dir(home.file()).unwrap();
    home.refuses("authorized_keys");
    let home = Home::with(OTHER, 0o700, 0o600);
    for input in [
        "",
        "x",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        &format!("{KEY}\n{OTHER}"),
    ] {
        let done = home.run("add", input);
        done.stops(2, &["standard input is not a public key"]);
    }
    assert_eq!(home.text(), OTHER);
}

/// A shortened key may still be a key.
#[test]
fn a_key_that_is_cut_off_changes_nothing() {
    let home = Home::with(OTHER, 0o700, 0o600);
    for verb in ["add", "remove"] {
        for input in [KEY, OTHER, &format!("{OTHER}\n-- end of")] {
            let done = home.run_with(verb, input);
            done.stops(2, &["the content on standard input is cut off"]);
        }
    }
    assert_eq!(home.text(), OTHER);
}

#[test]
fn an_unknown_account_and_a_home_that_is_missing_are_refused() {
    let home = Home {
        user: "no-such-account".to_owned(),
        ..Home::new()
    };
    home.refuses("there is no account `no-such-account`");
    let home = Home::new();
    fs::remove_dir(home.folder.path()).unwrap();
    home.refuses("does not exist");
}
