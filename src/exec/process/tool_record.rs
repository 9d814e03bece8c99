//! The record of the tool that a live run has started. If the run is killed, its
//! tool goes on, and the next run waits for it.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::stop::StopFlag;
use crate::exec::Folder;
use crate::fault::{Fault, Result, reason};

/// The name of the record in the state folder.
const FILE: &str = "tool";

/// The length of a record: one write replaces it.
const LENGTH: usize = 96;

/// How often a tool is looked at that a killed run left.
const INTERVAL: Duration = Duration::from_millis(20);

/// Where the tool at work is recorded.
pub(super) struct ToolRecord {
    file: File,
}

impl ToolRecord {
    /// Waits for the tool that a killed run left, as long as `limit` allows, and
    /// records tools from now on. The caller holds the lock of the node. `say` takes
    /// what is waited for.
    pub(super) fn take(
        state: &Folder,
        limit: Duration,
        stop: &StopFlag,
        say: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let record = state.read_start(FILE, LENGTH)?.unwrap_or_default();
        if let Some(tool) = RecordedTool::parse(&String::from_utf8_lossy(&record)) {
            tool.wait(limit, stop, say)?;
        }
        let record = Self {
            file: state.open_private(FILE)?,
        };
        record.write("").map_err(|cause| {
            let path = state.path().join(FILE);
            Fault::refused(format!(
                "cannot write {}: {}",
                path.display(),
                reason(&cause)
            ))
        })?;
        Ok(record)
    }

    /// Records a tool that was just started.
    pub(super) fn started(&self, pid: Pid, program: &str) {
        if let Some(start) = process_start(pid) {
            // The space is there since `take`, so that this does not fail.
            let _ = self.write(&format!("{} {start} {program}", pid.as_raw_nonzero()));
        }
    }

    /// Records that the tool has ended.
    pub(super) fn ended(&self) {
        let _ = self.write("");
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let record = format!("{text:<LENGTH$}");
        rustix::io::pwrite(&self.file, record.as_bytes(), 0)?;
        Ok(())
    }
}

/// A tool that was at work when its record was written.
struct RecordedTool {
    pid: Pid,
    start: String,
    program: String,
}

impl RecordedTool {
    fn parse(record: &str) -> Option<Self> {
        let mut words = record.split_whitespace();
        let (pid, start, program) = (words.next()?, words.next()?, words.next()?);
        let pid = i32::try_from(pid.parse::<u32>().ok()?).ok()?;
        Some(Self {
            pid: Pid::from_raw(pid)?,
            start: start.to_owned(),
            program: program.escape_debug().to_string(),
        })
    }

    fn is_at_work(&self) -> bool {
        process_start(self.pid).is_some_and(|start| start == self.start)
    }

    fn wait(&self, limit: Duration, stop: &StopFlag, say: &mut dyn FnMut(&str)) -> Result<()> {
        let started = Instant::now();
        let pid = self.pid.as_raw_nonzero();
        let tool = format!(
            "`{}` (process {pid}), which a killed run started",
            self.program
        );
        if self.is_at_work() {
            say(&format!("waiting for {tool}"));
        }
        while self.is_at_work() {
            stop.check()?;
            if started.elapsed() >= limit {
                return Err(Fault::refused(format!("{tool}, is still running"))
                    .hint(format!("wait until it ends, or end it with `kill {pid}`")));
            }
            std::thread::sleep(INTERVAL);
        }
        Ok(())
    }
}

/// What tells a process from a later one with the same PID: the time of its start.
/// `None` if it has ended.
#[cfg(target_os = "linux")]
fn process_start(pid: Pid) -> Option<String> {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let line = std::fs::read_to_string(path).ok()?;
    // The fields after the name in brackets: the state is the 3rd of all, the time of
    // the start the 22nd (proc_pid_stat(5)).
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let start = fields.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| start.to_owned())
}

/// Elsewhere, a process counts as the tool if it leads its process group.
#[cfg(not(target_os = "linux"))]
fn process_start(pid: Pid) -> Option<String> {
    let group = rustix::process::getpgid(Some(pid)).ok()?;
    (group == pid).then(|| "leader".to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::*;

    fn take(state: &Folder, limit: Duration, said: &mut Vec<String>) -> Result<ToolRecord> {
        let mut say = |text: &str| said.push(text.to_owned());
        ToolRecord::take(state, limit, &StopFlag::new(), &mut say)
    }

    #[test]
    fn a_tool_that_is_left_is_waited_for_and_no_other_process() {
        let dir = tempfile::tempdir().unwrap();
        let state = Folder::create(dir.path()).unwrap();
        let (limit, mut said) = (Duration::from_millis(50), Vec::new());
        let record = take(&state, limit, &mut said).unwrap();
        let mut child = Command::new("sleep")
            .arg("600")
            .process_group(0)
            .spawn()
            .unwrap();
        record.started(Pid::from_child(&child), "sleep");
        let fault = take(&state, limit, &mut said).err().unwrap();
        assert!(fault.message().ends_with("is still running"), "{fault}");
        assert!(
            said[0].starts_with("waiting for `sleep` (process"),
            "{said:?}"
        );

        // The record of an earlier process with the same PID.
        let text = state.read_start(FILE, LENGTH).unwrap().unwrap();
        let words = String::from_utf8(text).unwrap();
        let other = words.split_whitespace().next().unwrap().to_owned() + " 1 sleep";
        state.write(FILE, other.as_bytes()).unwrap();
        assert!(take(&state, limit, &mut said).is_ok());

        take(&state, limit, &mut said)
            .unwrap()
            .started(Pid::from_child(&child), "sleep");
        child.kill().unwrap();
        // It is a zombie until it is reaped.
        assert!(take(&state, Duration::from_mins(1), &mut said).is_ok());
        child.wait().unwrap();
        for odd in ["", "x", "0 1 a", "-1 1 a", "99999999999 1 a", "1"] {
            state.write(FILE, odd.as_bytes()).unwrap();
            assert!(take(&state, limit, &mut said).is_ok(), "{odd}");
        }
    }
}
