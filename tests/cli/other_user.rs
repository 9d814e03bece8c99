//! A live run by a user who may not change the node.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::Done;

/// A user without rights on most systems: `nobody`.
const OTHER_USER: u32 = 65_534;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_live_run_by_another_user_names_sudo_before_anything_is_done() {
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name);
    // A copy that this process wrote could be busy in a child of another test.
    let copy = Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_ascript"))
        .arg(file("ascript"))
        .status();
    assert!(copy.unwrap().success());
    fs::create_dir_all(file("node/etc")).unwrap();
    fs::write(file("node/etc/aspera.conf"), "<CONF version=\"2\"/>\n").unwrap();
    fs::write(
        file("site.rhai"),
        "conf.set_server(#{ server_name: \"n1\" });",
    )
    .unwrap();
    allow(home.path(), 0o755);
    allow(&file("node/etc"), 0o555);

    let mut command = Command::new(file("ascript"));
    command.current_dir(home.path());
    command.args(["run", "./site.rhai", "--live", "--yes"]);
    command.args(["--node", "node", "--platform", "linux"]);
    if rustix::process::geteuid().is_root() {
        command.uid(OTHER_USER).gid(OTHER_USER);
    }
    let done = Done::of(command.output().unwrap());

    allow(&file("node/etc"), 0o755);
    done.stops(
        1,
        &["this user cannot change /", "/node/etc", "run it with sudo"],
    );
    assert!(!file("node/var").exists(), "nothing is created");
}
