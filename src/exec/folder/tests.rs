use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use rustix::fs::{FileType, Gid, Uid};

use super::*;
use crate::exec::InputKind;

/// A user without rights on most systems: `nobody`.
const OTHER: u32 = 65_534;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives an entry to another user. Only root can do that.
fn give(path: &Path) -> bool {
    let (owner, group) = (Some(Uid::from_raw(OTHER)), Some(Gid::from_raw(OTHER)));
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    rustix::fs::chownat(rustix::fs::CWD, path, owner, group, flags).is_ok()
}

#[track_caller]
fn refused<T>(result: Result<T>, words: &str) {
    let fault = result.err().expect("it is refused");
    assert_eq!(fault.kind(), FaultKind::Refused, "{fault:?}");
    assert!(fault.message().contains(words), "{fault:?}");
}

#[test]
fn a_folder_that_others_can_change_is_refused_wherever_it_is_in_the_path() {
    let dir = tempfile::tempdir().unwrap();
    let (middle, last) = (dir.path().join("a"), dir.path().join("a/b"));
    fs::create_dir_all(&last).unwrap();
    allow(&middle, 0o755);
    allow(&last, 0o700);
    assert!(Folder::create(&last).is_ok());
    for path in [&middle, &last] {
        allow(path, 0o777);
        refused(Folder::create(&last), "can be changed by every user");
        allow(path, 0o700);
        if give(path) {
            refused(Folder::create(&last), "belongs to user 65534");
            refused(Folder::open(&last), "belongs to user 65534");
            rustix::fs::chown(path, Some(Uid::ROOT), Some(Gid::from_raw(OTHER))).unwrap();
            allow(path, 0o770);
            refused(Folder::create(&last), "can be changed by group 65534");
            allow(path, 0o700);
        }
    }
    allow(&middle, 0o1777);
    assert!(Folder::create(&last).is_ok(), "nobody can rename it there");
    allow(&last, 0o1777);
    refused(Folder::create(&last), "can be changed by every user");
}

#[test]
fn what_is_created_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(&dir.path().join("a/b")).unwrap();
    folder.write("file", b"text").unwrap();
    folder.open_private("other").unwrap();
    for (name, mode) in [
        ("", 0o700),
        ("..", 0o700),
        ("file", 0o600),
        ("other", 0o600),
    ] {
        let metadata = fs::metadata(folder.path().join(name)).unwrap();
        assert_eq!(metadata.mode() & 0o777, mode, "{name}");
    }
    assert_eq!(
        folder.read("file", InputKind::KEPT).unwrap().unwrap(),
        b"text"
    );
    assert_eq!(folder.read("none", InputKind::KEPT).unwrap(), None);
    assert!(Folder::open(&dir.path().join("none/b")).unwrap().is_none());
}

#[test]
fn a_link_in_place_of_a_folder_or_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(&dir.path().join("real")).unwrap();
    let victim = dir.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink("../victim", folder.path().join("file")).unwrap();
    symlink("real", dir.path().join("link")).unwrap();
    symlink("..", folder.path().join("sub")).unwrap();
    refused(Folder::create(&dir.path().join("link")), "is a link");
    refused(folder.create_subfolder("sub"), "is a link");
    assert!(folder.read("file", InputKind::KEPT).is_err());
    assert!(folder.open_private("file").is_err());
    for name in ["", ".", "..", "../victim", "/etc/hosts"] {
        assert!(folder.read(name, InputKind::KEPT).is_err(), "{name}");
        assert!(folder.open_private(name).is_err(), "{name}");
    }
    // A replaced link no longer leads anywhere.
    folder.write("file", b"own").unwrap();
    assert_eq!(fs::read_to_string(victim).unwrap(), "precious");
}

#[test]
fn a_pipe_in_place_of_a_file_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(dir.path()).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(dir.path().join("file"))
        .status();
    assert!(made.unwrap().success());
    assert!(folder.read("file", InputKind::KEPT).is_err());
    assert!(folder.open_private("file").is_err());
}

#[test]
fn links_of_this_user_lead_to_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let real = Folder::create(&dir.path().join("real/a")).unwrap();
    symlink("../real", dir.path().join("real/link")).unwrap();
    symlink(dir.path().join("real/link"), dir.path().join("absolute")).unwrap();
    for way in ["real/link/a", "absolute/a", "real/../absolute/./a"] {
        let found = Folder::open(&dir.path().join(way)).unwrap().unwrap();
        assert_eq!(found.path(), real.path(), "{way}");
    }
    // A link that another user can give a name of its own may be meant for another place.
    let link = dir.path().join("real/link");
    if fs::hard_link(&link, dir.path().join("other")).is_ok() {
        assert!(Folder::create_shared(&dir.path().join("absolute/a/b")).is_err());
        refused(
            Folder::create_shared(&link.join("a/b")),
            "is a link with several names",
        );
    }
    symlink("loop", dir.path().join("loop")).unwrap();
    assert!(Folder::open(&dir.path().join("loop/a")).is_err());
}

#[test]
fn a_replaced_file_keeps_its_mode_and_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("file"), dir.path().join("link"));
    replace_file(&file, b"1").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o600);
    allow(&file, 0o664);
    let is_given = give(&file);
    symlink("file", &link).unwrap();
    replace_file(&link, b"2").unwrap();
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "2");
    assert_eq!(metadata.mode() & 0o7777, 0o664);
    assert!(link.is_symlink());
    if is_given {
        assert_eq!((metadata.uid(), metadata.gid()), (OTHER, OTHER));
        give(&link);
        refused(
            replace_file(&link, b"3"),
            "is a link that belongs to user 65534",
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), "2");
    }
}

#[test]
fn temporary_files_of_killed_runs_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(dir.path()).unwrap();
    for name in [".ascript-7-0", ".tmpAbCdEf", "1.json"] {
        fs::write(dir.path().join(name), "half").unwrap();
    }
    folder.remove_temporary_files().unwrap();
    assert_eq!(names(&folder), ["1.json"]);

    // Beside a file that a user named, others may write one now.
    let old = fs::File::create(dir.path().join(".ascript-7-0")).unwrap();
    old.set_modified(std::time::UNIX_EPOCH).unwrap();
    fs::write(dir.path().join(".ascript-8-0"), "half").unwrap();
    fs::write(dir.path().join(".tmpAbCdEf"), "not ours").unwrap();
    replace_file(&dir.path().join("plan"), b"whole").unwrap();
    assert_eq!(
        names(&folder),
        [".ascript-8-0", ".tmpAbCdEf", "1.json", "plan"]
    );
}

fn names(folder: &Folder) -> Vec<String> {
    let mut names = folder.names().unwrap();
    names.retain(|name| !matches!(name.as_str(), "." | ".."));
    names.sort();
    names
}

#[test]
fn a_pipe_that_nobody_reads_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    let mode = Mode::RUSR | Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
    assert!(replace_file(&pipe, b"x").is_err());
    let reader = rustix::fs::open(&pipe, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).unwrap();
    replace_file(&pipe, b"x").unwrap();
    let mut text = [0; 4];
    assert_eq!(rustix::io::read(&reader, &mut text), Ok(1));
}

#[test]
fn a_file_that_takes_the_place_of_another_gives_away_no_content() {
    let dir = tempfile::tempdir().unwrap();
    let [file, other] = ["file", "other"].map(|name| dir.path().join(name));
    for (path, mode) in [(&file, 0o644), (&other, 0o600)] {
        fs::write(path, path.to_str().unwrap()).unwrap();
        allow(path, mode);
    }
    let mut opened = MachineFile::create(&file).unwrap();
    fs::rename(&other, &file).unwrap();
    let content = opened.read().unwrap().unwrap();
    opened.edit(&content).unwrap();
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!(metadata.mode() & 0o7777, 0o600);
    assert_eq!(content, other.to_str().unwrap().as_bytes());
}
