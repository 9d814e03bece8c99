//! Spawns the program of a command with its input, and returns its output
//! without secrets. It does not interpret the output.

mod node_requests;
mod program_check;

use std::cell::RefCell;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command as Process, ExitStatus, Stdio};
use std::rc::Rc;
use std::time::Duration;

use super::child::{ChildFailure, RunningChild};
use super::pipes::Pipes;
use super::programs::Programs;
use super::progress::{self, ProgressCallback};
use super::stop::StopFlag;
use super::terminal::Terminal;
use super::tool_record::ToolRecord;
use crate::exec::{Folder, NodeApiClient, SecretBytes, SecretValue, Vault};
use crate::fault::{Fault, FaultKind};
use crate::state::FileReference;
use crate::step::{Command, Piece, Stdin};
use crate::tools::{self, Output};

/// The `PATH` of every program.
const PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

/// The variables of our environment that programs get.
const PASSED_VARIABLES: [&str; 5] = ["TZ", "HOME", "USER", "LOGNAME", "TERM"];

/// The longest line that a terminal accepts on macOS, which accepts the least.
const MAX_ANSWER: usize = 1023;

/// Returns the fixed paths of a program of the operating system.
pub(super) type SystemPaths<'a> = &'a dyn Fn(&str) -> &'static [&'static str];

/// How long programs may run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Any program.
    pub usual: Duration,
    /// One that transfers the content of folders.
    pub lengthy: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            usual: Duration::from_mins(1),
            lengthy: Duration::from_hours(24),
        }
    }
}

/// Spawns programs, one after the other.
pub struct Spawner {
    programs: Programs,
    vault: Rc<RefCell<Vault>>,
    limits: Limits,
    stop: StopFlag,
    environment: Vec<(&'static str, OsString)>,
    spawned: u64,
    progress: Option<Box<ProgressCallback>>,
    record: Option<ToolRecord>,
    node_api: Option<NodeApiClient>,
}

impl Spawner {
    /// A spawner that finds programs in `programs` and secrets in `vault`.
    pub fn new(
        programs: Programs,
        vault: Rc<RefCell<Vault>>,
        limits: Limits,
        stop: StopFlag,
    ) -> Self {
        let fixed = [("PATH", PATH), ("LC_ALL", "C"), ("LANG", "C")];
        let fixed = fixed.map(|(name, value)| (name, value.into())).into_iter();
        let passed = PASSED_VARIABLES
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let environment = fixed.chain(passed).collect();
        Self {
            programs,
            vault,
            limits,
            stop,
            environment,
            spawned: 0,
            progress: None,
            record: None,
            node_api: None,
        }
    }

    /// Reports the progress of programs to `callback` from now on.
    pub fn on_progress(&mut self, callback: Box<ProgressCallback>) {
        self.progress = Some(callback);
    }

    /// Waits for the tool that a killed run left at work, as long as a tool may run,
    /// and records in the state folder those that it spawns from now on.
    pub fn record_tools(&mut self, state: &Folder, say: &mut dyn FnMut(&str)) -> Result<(), Fault> {
        let record = ToolRecord::take(state, self.limits.usual, &self.stop, say)?;
        self.record = Some(record);
        Ok(())
    }

    /// Runs a command to its end. `system` returns the paths of a program that the
    /// node's folder does not have.
    pub fn run(&mut self, command: &Command, system: SystemPaths<'_>) -> Result<Output, Fault> {
        self.stop.check()?;
        if command.program == tools::NODE_API {
            return self.ask_node_api(command);
        }
        let resolved = self.resolve(command, system)?;
        self.run_resolved(command, &resolved)
    }

    /// The same in that folder, where every other program runs in `/`.
    pub fn run_in(
        &mut self,
        folder: &Folder,
        command: &Command,
        system: SystemPaths<'_>,
    ) -> Result<Output, Fault> {
        self.stop.check()?;
        let mut resolved = self.resolve(command, system)?;
        let _entered = folder.enter()?;
        resolved.runs_here = true;
        self.run_resolved(command, &resolved)
    }

    fn run_resolved(
        &mut self,
        command: &Command,
        resolved: &ResolvedCommand,
    ) -> Result<Output, Fault> {
        let limit = if command.is_lengthy() {
            self.limits.lengthy
        } else {
            self.limits.usual
        };
        let finished = match &command.stdin {
            Stdin::Empty => self.run_with_pipes(command, resolved, None, limit),
            Stdin::Pipe(pieces) => {
                let input = self.vault.borrow_mut().input(command, pieces)?;
                self.run_with_pipes(command, resolved, Some(&input), limit)
            }
            Stdin::Terminal(pieces) => {
                let answers = self.answers(pieces)?;
                self.run_with_terminal(command, resolved, &answers, limit)
            }
        };
        if let Some(record) = &self.record {
            record.ended();
        }
        let finished = finished.map_err(|failure| fault(&failure, &command.program, ""))?;
        let (stdout, stderr) = {
            let vault = self.vault.borrow();
            (vault.scrub(finished.stdout), vault.scrub(finished.stderr))
        };
        match finished.status {
            Ok(status) => Ok(Output {
                code: status.code(),
                stdout,
                stderr,
            }),
            Err(failure) => {
                let printed = if stderr.trim().is_empty() {
                    stdout
                } else {
                    stderr
                };
                let printed = self.vault.borrow_mut().scrub_shown(printed);
                Err(fault(&failure, &command.program, &printed))
            }
        }
    }

    /// Hides the secrets of this aspera.conf in what is shown of the output of programs.
    pub fn hide_secrets_of(&self, conf: PathBuf) {
        self.vault.borrow_mut().hide_secrets_of(conf);
    }

    /// The output of a program as it may be shown.
    pub fn shown(&self, output: Output) -> Output {
        let mut vault = self.vault.borrow_mut();
        Output {
            stdout: vault.scrub_shown(output.stdout),
            stderr: vault.scrub_shown(output.stderr),
            ..output
        }
    }

    /// A fault that may quote a program's output, as it may be shown.
    pub fn shown_fault(&self, fault: Fault) -> Fault {
        let mut vault = self.vault.borrow_mut();
        fault.map_texts(&mut |text| vault.scrub_shown(text))
    }

    /// The programs it finds.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// How long a program that is not lengthy may run.
    pub fn limit(&self) -> Duration {
        self.limits.usual
    }

    /// The stop flag that it checks.
    pub fn stop(&self) -> &StopFlag {
        &self.stop
    }

    /// How many programs it has spawned.
    pub fn spawned(&self) -> u64 {
        self.spawned
    }

    /// Finds the program and the secrets of a command. A prompt for a secret
    /// happens here, before a time limit runs.
    fn resolve(
        &mut self,
        command: &Command,
        system: SystemPaths<'_>,
    ) -> Result<ResolvedCommand, Fault> {
        let find = |program: &str| self.programs.find(program, system(program));
        let mut path = find(&command.program)?;
        let mut args = Vec::with_capacity(command.args.len());
        if let Some(sudo_args) = command.sudo_args() {
            args.extend(sudo_args.into_iter().map(OsString::from));
            // sudo searches its own path, which does not lead to the product.
            args.push(path.into());
            path = find("sudo")?;
        }
        for arg in &command.args {
            args.push(self.text(arg)?.into());
        }
        let mut environment = Vec::with_capacity(self.environment.len() + command.env.len());
        for (name, value) in &self.environment {
            environment.push((OsString::from(name), value.clone()));
        }
        for (name, value) in &command.env {
            environment.push((OsString::from(&**name), self.text(value)?.into()));
        }
        Ok(ResolvedCommand {
            path,
            args,
            environment,
            runs_here: false,
        })
    }

    fn text(&mut self, piece: &Piece) -> Result<String, Fault> {
        match piece {
            Piece::Text(text) => Ok(text.clone().into_owned()),
            Piece::Secret(secret) => {
                Ok(self.vault.borrow_mut().resolve(secret)?.expose().to_owned())
            }
            Piece::File(file) => Err(not_text(file)),
        }
    }

    fn answers(&mut self, pieces: &[Piece]) -> Result<Vec<Rc<SecretValue>>, Fault> {
        let mut answers = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let answer = match piece {
                Piece::Text(text) => Rc::new(SecretValue::new(text.clone().into_owned())),
                Piece::Secret(secret) => self.vault.borrow_mut().resolve(secret)?,
                Piece::File(file) => return Err(not_text(file)),
            };
            let text = answer.expose();
            if text.len() > MAX_ANSWER || text.contains(char::is_control) {
                return Err(Fault::new(
                    FaultKind::Secret,
                    format!("{piece} cannot be typed at a prompt"),
                )
                .hint("an answer is one line of at most 1023 bytes"));
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    fn note_spawned(&mut self, child: &RunningChild, command: &Command) {
        self.spawned += 1;
        if let Some(record) = &self.record {
            record.started(child.pid(), &command.program);
        }
    }

    fn run_with_pipes(
        &mut self,
        command: &Command,
        resolved: &ResolvedCommand,
        input: Option<&SecretBytes>,
        limit: Duration,
    ) -> Result<FinishedChild, ChildFailure> {
        let mut process = resolved.process();
        process
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        process.stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut running = RunningChild::new(spawn_when_written(|| process.spawn())?);
        self.note_spawned(&running, command);
        let input = input.map_or(&[][..], SecretBytes::expose);
        let mut pipes = Pipes::new(running.child(), input)?;
        let mut report = reporter(self.progress.as_deref_mut(), command, &self.vault);
        let status = running.wait(&mut pipes, limit, &self.stop, &mut report);
        let (stdout, stderr) = pipes.into_texts();
        Ok(FinishedChild {
            status,
            stdout,
            stderr,
        })
    }

    fn run_with_terminal(
        &mut self,
        command: &Command,
        resolved: &ResolvedCommand,
        answers: &[Rc<SecretValue>],
        limit: Duration,
    ) -> Result<FinishedChild, ChildFailure> {
        let (mut terminal, child) = spawn_when_written(|| {
            let (terminal, pts) = Terminal::open(answers.to_vec())?;
            let process = pty_process::blocking::Command::from(resolved.process());
            let child = process.spawn(pts).map_err(|cause| match cause {
                pty_process::Error::Io(cause) => cause,
                pty_process::Error::Rustix(cause) => cause.into(),
            })?;
            Ok((terminal, child))
        })?;
        let running = RunningChild::new(child);
        self.note_spawned(&running, command);
        let mut report = reporter(self.progress.as_deref_mut(), command, &self.vault);
        let status = running.wait(&mut terminal, limit, &self.stop, &mut report);
        Ok(FinishedChild {
            status,
            stdout: terminal.into_text(),
            stderr: String::new(),
        })
    }
}

/// The fault of a file in place of a text, which no table of tools asks for.
fn not_text(file: &FileReference) -> Fault {
    Fault::new(FaultKind::Internal, format!("{file} cannot be an argument"))
}

/// A command with its secrets, and the file of its program.
struct ResolvedCommand {
    path: PathBuf,
    args: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    /// Whether it runs in the working directory of this process.
    runs_here: bool,
}

impl ResolvedCommand {
    fn process(&self) -> Process {
        let mut process = Process::new(&self.path);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        process.args(&self.args).env_clear().envs(environment);
        if !self.runs_here {
            process.current_dir("/");
        }
        process
    }
}

/// How a program ended, and what it printed.
struct FinishedChild {
    status: Result<ExitStatus, ChildFailure>,
    stdout: String,
    stderr: String,
}

/// Passes the output of a command to the progress callback, if there is one.
fn reporter<'a>(
    mut callback: Option<&'a mut ProgressCallback>,
    command: &'a Command,
    vault: &'a RefCell<Vault>,
) -> impl FnMut(&[u8]) + 'a {
    move |output| {
        if let Some(callback) = &mut callback {
            progress::report(*callback, command, output, vault);
        }
    }
}

/// Spawns a program. Waits up to 100 ms if its file is still being written, as
/// happens for a moment when software is upgraded.
fn spawn_when_written<T>(mut spawn: impl FnMut() -> io::Result<T>) -> Result<T, ChildFailure> {
    let mut retries = 20;
    loop {
        match spawn() {
            Err(cause) if cause.kind() == io::ErrorKind::ExecutableFileBusy && retries > 0 => {
                retries -= 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result.map_err(ChildFailure::Spawn),
        }
    }
}

fn fault(failure: &ChildFailure, program: &str, printed: &str) -> Fault {
    let fault = match failure {
        ChildFailure::Spawn(cause) => Fault::new(
            FaultKind::Node,
            format!("`{program}` cannot be run: {cause}"),
        ),
        ChildFailure::TimedOut(limit) => Fault::new(
            FaultKind::Node,
            format!("`{program}` timed out after {limit:?} and was ended"),
        )
        .hint("allow more time with `--timeout`"),
        ChildFailure::Stopped => Fault::new(
            FaultKind::Stopped,
            format!("`{program}` was ended on request"),
        ),
        ChildFailure::TooManyPrompts => Fault::new(
            FaultKind::Node,
            format!("`{program}` prompted more often than expected"),
        ),
        ChildFailure::Io(cause) => Fault::new(
            FaultKind::Node,
            format!("communication with `{program}` failed: {cause}"),
        ),
    };
    match printed.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => fault.hint(format!("its last line of output: {}", line.trim())),
        None => fault,
    }
}

#[cfg(test)]
mod tests;
