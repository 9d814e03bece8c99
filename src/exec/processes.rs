//! The processes of this machine: what the command `ascript processes` lists.

use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

use crate::fault::{Fault, FaultKind, Result};

const PROC: &str = "/proc";

/// A process of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its PID.
    pub pid: u32,
    /// The PID of its parent.
    parent: u32,
    /// When it started, in microseconds of Unix time.
    pub started: u64,
}

/// The processes of a program that no other process of it started, oldest first.
pub fn processes(program: &str) -> Result<Vec<Process>> {
    let boot = boot_time();
    let mut all = Vec::new();
    let unreadable = |cause: std::io::Error| {
        Fault::new(FaultKind::Unknown, format!("cannot read {PROC}")).caused_by(cause)
    };
    for entry in fs_err::read_dir(PROC).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?.path();
        // A process may have ended meanwhile.
        if is_of(&folder, program)
            && let Some(process) = process(&folder, boot)
        {
            all.push(process);
        }
    }
    let pids: Vec<_> = all.iter().map(|process| process.pid).collect();
    all.retain(|process| !pids.contains(&process.parent));
    all.sort_by_key(|process| (process.started, process.pid));
    Ok(all)
}

/// Whether a process of that program runs.
pub(super) fn runs(program: &str) -> bool {
    processes(program).is_ok_and(|found| !found.is_empty())
}

/// The name is cut off after 15 bytes in other files than the command line. A process that
/// has ended and was not waited for has none.
fn is_of(folder: &Path, program: &str) -> bool {
    let Ok(command) = fs_err::read(folder.join("cmdline")) else {
        return false;
    };
    let first = command.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = first.rsplit(|byte| *byte == b'/').next();
    name == Some(program.as_bytes())
}

fn process(folder: &Path, boot: u64) -> Option<Process> {
    let pid = folder.file_name()?.to_str()?.parse().ok()?;
    let stat = fs_err::read_to_string(folder.join("stat")).ok()?;
    let (parent, ticks) = parent_and_start(&stat)?;
    let started = ticks.saturating_mul(1_000_000) / rustix::param::clock_ticks_per_second();
    Some(Process {
        pid,
        parent,
        started: boot.saturating_add(started),
    })
}

/// The PID of the parent, and the start in ticks since the machine started: `proc_pid_stat(5)`.
/// The second field is the name, which may contain anything.
fn parent_and_start(stat: &str) -> Option<(u32, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    Some((fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?))
}

/// When the machine started, in microseconds of Unix time.
fn boot_time() -> u64 {
    let micros = |clock| {
        let time = clock_gettime(clock);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        seconds * 1_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default() / 1_000
    };
    micros(ClockId::Realtime).saturating_sub(micros(UPTIME))
}

#[cfg(target_os = "linux")]
const UPTIME: ClockId = ClockId::Boottime;

/// Elsewhere there is no `/proc`.
#[cfg(not(target_os = "linux"))]
const UPTIME: ClockId = ClockId::Monotonic;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_may_contain_anything() {
        let stat = "7 (a) S 1 (b) S 3 4 0 -1 4 0 0 0 0 1 2 3 4 20 0 1 0 8123 99 0";
        let stat = stat.replace("S 3 4", "S 3 4 5");
        assert_eq!(parent_and_start(&stat), Some((3, 8123)));
        assert_eq!(parent_and_start("7 (a"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_found_by_its_program() {
        let own = std::env::current_exe().unwrap();
        let own = own.file_name().unwrap().to_str().unwrap();
        let found = processes(own).unwrap();
        let now = u64::try_from(jiff::Timestamp::now().as_microsecond()).unwrap();
        let is_own = |process: &&Process| process.pid == std::process::id();
        if let Some(process) = found.iter().find(is_own) {
            assert!(process.started <= now && process.started + 3_600_000_000 > now);
        }
        assert!(!found.is_empty());
        assert_eq!(processes("no-such-program").unwrap(), []);
    }
}
