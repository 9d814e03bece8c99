//! What this process may do to itself: leave no core dump, which would contain
//! secrets, and survive a write that the system does not permit.

use std::sync::Arc;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::SIGXFSZ;

/// Turns core dumps off, and makes a write beyond the largest permitted file size
/// (`ulimit -f`) an error like that of a full disk, instead of the end of the process.
pub fn harden_process() {
    // Each of these is a precaution: where the system refuses it, the run goes on.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            ..getrlimit(Resource::Core)
        },
    );
    forbid_dumps();
}

/// Not inherited by the programs that it starts, unlike the limit above.
#[cfg(target_os = "linux")]
fn forbid_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn forbid_dumps() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    use super::*;

    /// Runs in the process that the next test spawns: it changes the whole process.
    #[test]
    fn nothing_is_dumped() {
        if std::env::var_os("ASCRIPT_TEST_HARDENING").is_some() {
            harden_process();
            assert_eq!(getrlimit(Resource::Core).current, Some(0));
            let behavior = dumpable_behavior().unwrap();
            assert_eq!(behavior, DumpableBehavior::NotDumpable);
        }
    }

    #[test]
    fn a_hardened_process_leaves_no_dump() {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "exec::process::hardening::tests::nothing_is_dumped",
            ])
            .env("ASCRIPT_TEST_HARDENING", "1")
            .stdout(std::process::Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }
}
