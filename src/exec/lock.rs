//! One live run at a time on each node: a lock that the process holds and
//! that therefore never stays behind. It says nothing about what a run does.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

use crate::fault::{Fault, FaultKind, Result};

/// How long a lock may outlive a run that was killed: a tool that was just
/// being started has a copy of the descriptor until it is its own program.
const PATIENCE: Duration = Duration::from_millis(500);

/// The right to change a node, given back when dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the node whose state is kept in `state_dir`, or says
    /// who holds it. The folder is made if it is not there.
    pub fn take(state_dir: &Path) -> Result<Self> {
        safe_folder(state_dir)?;
        let path = state_dir.join("lock");
        let mut file = open(&path).map_err(|cause| broken(&path, cause))?;
        let started = Instant::now();
        loop {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if started.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(Errno::WOULDBLOCK) => return Err(taken(&mut file)),
                Err(cause) => return Err(broken(&path, cause.into())),
            }
        }
        sign(&mut file).map_err(|cause| broken(&path, cause))?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would leave the lock with a child that is just
        // being started and has its copy of the descriptor still.
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

/// Makes the folder for its owner alone, or refuses one that others could
/// put things into.
fn safe_folder(dir: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    let metadata = match made.and_then(|()| fs::symlink_metadata(dir)) {
        Ok(metadata) => metadata,
        Err(cause) => return Err(broken(dir, cause)),
    };
    let shown = dir.display();
    if !metadata.is_dir() {
        return Err(Fault::refused(format!("`{shown}` is a link, not a folder"))
            .hint("what is kept about a node lies in a folder of its own"));
    }
    if metadata.permissions().mode() & 0o022 != 0 {
        return Err(Fault::refused(format!("others may write to `{shown}`"))
            .hint(format!("keep it for its owner: `chmod 700 {shown}`")));
    }
    Ok(())
}

/// Opens the file without following a link and without emptying it: it may
/// name the one who holds the lock.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn taken(file: &mut File) -> Fault {
    let mut holder = String::new();
    // The holder may not have signed yet; then it stays unnamed.
    let _ = file.take(32).read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => String::new(),
        pid => format!(" (process {pid})"),
    };
    Fault::refused(format!("another run is at work on this node{holder}"))
        .hint("wait until it has ended; previews need no lock")
}

fn broken(path: &Path, cause: io::Error) -> Fault {
    Fault::new(
        FaultKind::Refused,
        format!(
            "`{}` cannot be used to lock the node: {cause}",
            path.display()
        ),
    )
    .caused_by(cause)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn the_second_waits_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("node/state");
        let first = Lock::take(&state).unwrap();
        let mode = fs::metadata(&state).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let fault = Lock::take(&state).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Refused);
        let own = format!("(process {})", std::process::id());
        assert!(fault.message().ends_with(&own), "{fault}");
        drop(first);
        assert!(Lock::take(&state).is_ok());
    }

    /// Not a test by itself: what the next test runs in another process.
    #[test]
    fn another_process_is_refused() {
        if let Some(dir) = std::env::var_os("ASCRIPT_TEST_LOCK") {
            assert!(Lock::take(Path::new(&dir)).is_err());
        }
    }

    #[test]
    fn processes_exclude_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let _lock = Lock::take(dir.path()).unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "exec::lock::tests::another_process_is_refused"])
            .env("ASCRIPT_TEST_LOCK", dir.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }

    #[test]
    fn unsafe_places_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        let link = dir.path().join("link");
        symlink(&real, &link).unwrap();
        assert!(Lock::take(&link).is_err());
        fs::set_permissions(&real, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Lock::take(&real).is_err());
        fs::set_permissions(&real, fs::Permissions::from_mode(0o700)).unwrap();
        symlink("/dev/null", real.join("lock")).unwrap();
        assert!(Lock::take(&real).is_err());
    }
}
