//! The lock that allows one live run at a time on each node. The operating
//! system releases it when the process ends, in whatever way.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::{Folder, user_folder};
use crate::fault::{Fault, FaultKind, Result};

/// How long the lock may outlive a killed run: a child that is just being
/// spawned has a copy of the descriptor until it calls exec.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// Where root keeps the locks of nodes. On macOS group `daemon` can change `/var/run`; sudo has
/// its files in `/var/db` as well.
const ROOT_LOCKS: &str = if cfg!(target_os = "macos") {
    "/var/db"
} else {
    "/run"
};

/// The lock of a node, released when dropped.
#[derive(Debug)]
pub struct Lock {
    _files: Vec<LockFile>,
}

impl Lock {
    /// Acquires the lock of the node with this folder `etc` and this state folder.
    /// Fails with the PID of another holder.
    ///
    /// Whatever path leads to a node, its `etc` is the same folder: its device and its inode
    /// name a file in the folder `shared`. Folders that others cannot enter have the locked
    /// files, since whoever can open a file can lock it.
    pub fn take(etc: &Path, state: &Folder, shared: Option<&Folder>) -> Result<Self> {
        let mut files = vec![LockFile::take(state, "lock")?];
        if let Some(shared) = shared {
            let etc = fs::metadata(etc).map_err(|cause| unusable(&cause))?;
            let name = format!("node-{:x}-{:x}.lock", etc.dev(), etc.ino());
            files.push(LockFile::take(shared, &name)?);
        }
        Ok(Self { _files: files })
    }

    /// The folder with the locks of all nodes that this user changes; `None` where it cannot be
    /// created. Then the state folder excludes other runs.
    pub fn shared_folder() -> Result<Option<Folder>> {
        if !rustix::process::geteuid().is_root() {
            let folder = user_folder();
            return Ok(folder.and_then(|folder| Folder::create(&folder).ok()));
        }
        let parent = Folder::open(Path::new(ROOT_LOCKS))?;
        match parent.map(|parent| parent.create_subfolder("ascript")) {
            // Nothing can be written there, in some containers.
            Some(Err(fault)) if fault.kind() == FaultKind::Unknown => Ok(None),
            created => created.transpose(),
        }
    }
}

/// A file that this process has locked.
#[derive(Debug)]
struct LockFile {
    folder: Folder,
    name: String,
    file: File,
}

impl LockFile {
    /// Creates and locks a file, unless another process holds it.
    fn take(folder: &Folder, name: &str) -> Result<Self> {
        let started = Instant::now();
        loop {
            let file = folder.open_private(name)?;
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    if let Some(taken) = Self::locked(folder, name, file)? {
                        return Ok(taken);
                    }
                }
                Err(Errno::WOULDBLOCK) if started.elapsed() < LOCK_TIMEOUT => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(Errno::WOULDBLOCK) => return Err(held(file)),
                Err(cause) => return Err(unusable(&cause.into())),
            }
        }
    }

    /// The locked file with the PID of this process; `None` if its former holder removed it.
    fn locked(folder: &Folder, name: &str, mut file: File) -> Result<Option<Self>> {
        let links = file.metadata().map(|metadata| metadata.nlink());
        if links.map_err(|cause| unusable(&cause))? == 0 {
            return Ok(None);
        }
        write_pid(&mut file).map_err(|cause| unusable(&cause))?;
        Ok(Some(Self {
            folder: folder.clone(),
            name: name.to_owned(),
            file,
        }))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // A file that is left over hinders nobody.
        let _ = self.folder.remove(&self.name);
        // Closing the file is not enough: a child that is just being spawned has a copy of
        // the descriptor.
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn held(file: File) -> Fault {
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

fn unusable(cause: &io::Error) -> Fault {
    let message = format!("the node cannot be locked: {cause}");
    Fault::new(FaultKind::Refused, message)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn take(state: &Path) -> Result<Lock> {
        let etc = state.join("etc");
        fs::create_dir_all(&etc).unwrap();
        take_both(&etc, state)
    }

    fn take_both(etc: &Path, state: &Path) -> Result<Lock> {
        Lock::take(etc, &Folder::create(state)?, None)
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
        let shared = Folder::create(&dir.path().join("locks")).unwrap();
        let take = |etc: &Path, state: &Path| {
            Lock::take(&etc.join("etc"), &Folder::create(state)?, Some(&shared))
        };
        let lock = take(&a, &a).unwrap();
        for (etc, state) in [(&link, &b), (&b, &a)] {
            let fault = take(etc, state).unwrap_err();
            let own = format!("(process {})", std::process::id());
            assert!(fault.message().ends_with(&own), "{fault}");
        }
        let other = take(&b, &b).unwrap();
        drop((lock, other));
        assert!(take(&link, &b).is_ok());
        for folder in [shared.path(), &a, &b] {
            let left = fs::read_dir(folder).unwrap().filter_map(|entry| {
                let name = entry.unwrap().file_name();
                (name != "etc").then_some(name)
            });
            assert_eq!(left.count(), 0, "{}", folder.display());
        }
    }

    #[test]
    fn a_lock_that_anybody_can_take_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let etc = File::open(dir.path()).unwrap();
        rustix::fs::flock(&etc, FlockOperation::LockExclusive).unwrap();
        let shared = Folder::create(&dir.path().join("locks")).unwrap();
        let state = Folder::create(&dir.path().join("state")).unwrap();
        let _lock = Lock::take(dir.path(), &state, Some(&shared)).unwrap();
        for folder in [&shared, &state] {
            let folder = folder.path();
            assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700);
            for file in fs::read_dir(folder).unwrap() {
                let metadata = file.unwrap().metadata().unwrap();
                assert_eq!(metadata.mode() & 0o777, 0o600);
            }
        }
    }

    /// Many threads take and release the lock; a file that its holder removed locks nothing.
    #[test]
    fn one_holder_at_a_time_while_the_file_comes_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let holders = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let folder = Folder::create(dir.path()).unwrap();
                    for _ in 0..200 {
                        let Ok(_lock) = LockFile::take(&folder, "lock") else {
                            continue;
                        };
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                        holders.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
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
