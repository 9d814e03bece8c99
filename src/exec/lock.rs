//! The lock that allows one live run at a time on each node. The operating
//! system releases it when the process ends, in whatever way.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::Folder;
use crate::fault::{Fault, FaultKind, Result};

/// How long the lock may outlive a killed run: a child that is just being
/// spawned has a copy of the descriptor until it calls exec.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// The lock of a node, released when dropped.
#[derive(Debug)]
pub struct Lock {
    files: [File; 2],
}

impl Lock {
    /// Acquires the lock of the node with this folder `etc` and this state folder.
    /// Fails with the PID of another holder.
    ///
    /// Whatever path leads to a node, its `etc` is the same folder: that is locked.
    /// A file system that cannot lock a folder, such as NFS, leaves the lock file.
    pub fn take(etc: &Path, state: &Folder) -> Result<Self> {
        let etc = File::open(etc).map_err(|cause| unusable(&cause))?;
        let mut file = state.open_private("lock")?;
        if !is_free(&file).map_err(|cause| unusable(&cause))? {
            return Err(held(&mut file));
        }
        if !is_free(&etc).unwrap_or(true) {
            return Err(locked_otherwise());
        }
        write_pid(&mut file).map_err(|cause| unusable(&cause))?;
        Ok(Self { files: [etc, file] })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the files is not enough: a child that is just being spawned has
        // copies of the descriptors.
        for file in &self.files {
            let _ = rustix::fs::flock(file, FlockOperation::Unlock);
        }
    }
}

/// Locks a file or folder, unless another process holds it.
fn is_free(file: &File) -> io::Result<bool> {
    let started = Instant::now();
    loop {
        match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK) if started.elapsed() < LOCK_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(Errno::WOULDBLOCK) => return Ok(false),
            Err(cause) => return Err(cause.into()),
        }
    }
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn held(file: &mut File) -> Fault {
    let mut holder = String::new();
    // The holder may not have written its PID yet.
    let _ = file.take(32).read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => String::new(),
        pid => format!(" (process {pid})"),
    };
    Fault::refused(format!("another run is in progress on this node{holder}"))
        .hint("wait until it ends; previews need no lock")
}

/// Only a run that keeps its state elsewhere, or another program, locks `etc` alone.
fn locked_otherwise() -> Fault {
    let message =
        "another run is in progress on this node, or another program has locked its `etc`";
    Fault::refused(message).hint("wait until it ends; `lsof` names it")
}

fn unusable(cause: &io::Error) -> Fault {
    let message = format!("the node cannot be locked: {cause}");
    Fault::new(FaultKind::Refused, message)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    use super::*;

    fn take(state: &Path) -> Result<Lock> {
        let etc = state.join("etc");
        fs::create_dir_all(&etc).unwrap();
        take_both(&etc, state)
    }

    fn take_both(etc: &Path, state: &Path) -> Result<Lock> {
        Lock::take(etc, &Folder::create(state)?)
    }

    #[test]
    fn a_held_lock_is_refused_until_it_is_released() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("node/state");
        let first = take_both(dir.path(), &state).unwrap();
        let mode = fs::metadata(&state).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let fault = take_both(dir.path(), &state).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Refused);
        let own = format!("(process {})", std::process::id());
        assert!(fault.message().ends_with(&own), "{fault}");
        drop(first);
        assert!(take_both(dir.path(), &state).is_ok());
    }

    #[test]
    fn a_node_is_locked_by_its_etc_and_by_its_state_folder() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, link] = ["a", "b", "link"].map(|name| dir.path().join(name));
        fs::create_dir_all(a.join("etc")).unwrap();
        fs::create_dir_all(b.join("etc")).unwrap();
        symlink("a", &link).unwrap();
        let _lock = take_both(&a.join("etc"), &a).unwrap();
        let fault = take_both(&link.join("etc"), &b).unwrap_err();
        assert!(
            fault.message().contains("or another program has locked"),
            "{fault}"
        );
        assert!(take_both(&b.join("etc"), &a).is_err());
        assert!(take_both(&b.join("etc"), &b).is_ok());
    }

    /// Runs in the process that the next test spawns.
    #[test]
    fn another_process_is_refused() {
        if let Some(dir) = std::env::var_os("ASCRIPT_TEST_LOCK") {
            assert!(take(Path::new(&dir)).is_err());
        }
    }

    #[test]
    fn processes_exclude_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let _lock = take(dir.path()).unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "exec::lock::tests::another_process_is_refused"])
            .env("ASCRIPT_TEST_LOCK", dir.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }

    #[test]
    fn unsafe_folders_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        let link = dir.path().join("link");
        symlink(&real, &link).unwrap();
        assert!(take(&link).is_err());
        fs::set_permissions(&real, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(take(&real).is_err());
        fs::set_permissions(&real, fs::Permissions::from_mode(0o700)).unwrap();
        symlink("/dev/null", real.join("lock")).unwrap();
        assert!(take(&real).is_err());
    }
}
