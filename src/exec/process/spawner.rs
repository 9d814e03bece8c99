//! Starts the program of a command, tells it what it is to be told, and
//! brings back what it printed, without secrets. Whether that is good news
//! is for others to say.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command as Process, ExitStatus, Stdio};
use std::rc::Rc;
use std::time::Duration;

use super::child::{Failure, Running};
use super::pipes::Pipes;
use super::programs::Programs;
use super::progress::{self, Watch};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::exec::{Exposed, Vault};
use crate::fault::{Fault, FaultKind};
use crate::step::{Command, Piece, Stdin};
use crate::tools::Output;

/// Where tools look for programs of their own.
const PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

/// What of our environment tools may know.
const KEPT: [&str; 5] = ["TZ", "HOME", "USER", "LOGNAME", "TERM"];

/// The longest line that a terminal takes everywhere; macOS has the least.
const LONGEST_ANSWER: usize = 1023;

/// How long programs may run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Any program.
    pub usual: Duration,
    /// One that moves the content of folders.
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

/// Starts programs, one after the other.
pub struct Spawner {
    programs: Programs,
    vault: Rc<RefCell<Vault>>,
    limits: Limits,
    stop: Stop,
    environment: Vec<(&'static str, OsString)>,
    spawned: u64,
    watch: Option<Box<Watch>>,
}

impl Spawner {
    /// One that finds programs and secrets there.
    pub fn new(programs: Programs, vault: Rc<RefCell<Vault>>, limits: Limits, stop: Stop) -> Self {
        let fixed = [("PATH", PATH), ("LC_ALL", "C"), ("LANG", "C")];
        let fixed = fixed.map(|(name, value)| (name, value.into())).into_iter();
        let kept = KEPT
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let environment = fixed.chain(kept).collect();
        Self {
            programs,
            vault,
            limits,
            stop,
            environment,
            spawned: 0,
            watch: None,
        }
    }

    /// Lets somebody look on while programs run, from now on.
    pub fn watch(&mut self, watch: Box<Watch>) {
        self.watch = Some(watch);
    }

    /// Runs a command to its end. `system` says where its program is if the
    /// node's folder does not have it.
    pub fn run(&mut self, command: &Command, system: &[&str]) -> Result<Output, Fault> {
        self.stop.check()?;
        let launch = self.launch(command, system)?;
        let limit = if command.is_lengthy() {
            self.limits.lengthy
        } else {
            self.limits.usual
        };
        let run = match &command.stdin {
            Stdin::Empty => self.through_pipes(command, &launch, None, limit),
            Stdin::Pipe(pieces) => {
                let input = self.joined(pieces)?;
                self.through_pipes(command, &launch, Some(&input), limit)
            }
            Stdin::Terminal(pieces) => {
                let answers = self.answers(pieces)?;
                self.through_terminal(command, &launch, &answers, limit)
            }
        };
        let run = run.map_err(|failure| fault(&failure, &command.program, ""))?;
        let (stdout, stderr) = {
            let vault = self.vault.borrow();
            (vault.scrub(run.stdout), vault.scrub(run.stderr))
        };
        match run.end {
            Ok(status) => Ok(Output {
                code: status.code(),
                stdout,
                stderr,
            }),
            Err(failure) => {
                let said = if stderr.trim().is_empty() {
                    stdout
                } else {
                    stderr
                };
                Err(fault(&failure, &command.program, &said))
            }
        }
    }

    /// The programs it finds.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The wish to stop that it heeds.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// How many programs it has started.
    pub fn spawned(&self) -> u64 {
        self.spawned
    }

    /// Looks up all that a command names. Secrets are asked for here, before
    /// any program runs against the clock.
    fn launch(&mut self, command: &Command, system: &[&str]) -> Result<Launch, Fault> {
        let path = self.programs.find(&command.program, system)?;
        let args = command
            .args
            .iter()
            .map(|arg| self.text(arg).map(OsString::from));
        let args = args.collect::<Result<_, Fault>>()?;
        let mut environment = Vec::with_capacity(self.environment.len() + command.env.len());
        for (name, value) in &self.environment {
            environment.push((OsString::from(name), value.clone()));
        }
        for (name, value) in &command.env {
            environment.push((OsString::from(&**name), self.text(value)?.into()));
        }
        Ok(Launch {
            path,
            args,
            environment,
        })
    }

    fn text(&mut self, piece: &Piece) -> Result<String, Fault> {
        match piece {
            Piece::Text(text) => Ok(text.clone().into_owned()),
            Piece::Secret(secret) => {
                Ok(self.vault.borrow_mut().resolve(secret)?.expose().to_owned())
            }
        }
    }

    fn joined(&mut self, pieces: &[Piece]) -> Result<Exposed, Fault> {
        let texts = pieces.iter().map(|piece| self.text(piece));
        texts.collect::<Result<String, Fault>>().map(Exposed::new)
    }

    fn answers(&mut self, pieces: &[Piece]) -> Result<Vec<Rc<Exposed>>, Fault> {
        let mut answers = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let answer = match piece {
                Piece::Text(text) => Rc::new(Exposed::new(text.clone().into_owned())),
                Piece::Secret(secret) => self.vault.borrow_mut().resolve(secret)?,
            };
            let text = answer.expose();
            if text.len() > LONGEST_ANSWER || text.contains(char::is_control) {
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

    fn through_pipes(
        &mut self,
        command: &Command,
        launch: &Launch,
        input: Option<&Exposed>,
        limit: Duration,
    ) -> Result<Run, Failure> {
        let mut process = launch.process();
        process
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        process.stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut running = Running::new(patiently(|| process.spawn())?);
        self.spawned += 1;
        let input = input.map_or(&[][..], |input| input.expose().as_bytes());
        let mut pipes = Pipes::new(running.child(), input)?;
        let mut tell = telling(self.watch.as_deref_mut(), command, &self.vault);
        let end = running.attend(&mut pipes, limit, &self.stop, &mut tell);
        let (stdout, stderr) = pipes.into_texts();
        Ok(Run {
            end,
            stdout,
            stderr,
        })
    }

    fn through_terminal(
        &mut self,
        command: &Command,
        launch: &Launch,
        answers: &[Rc<Exposed>],
        limit: Duration,
    ) -> Result<Run, Failure> {
        let (mut terminal, child) = patiently(|| {
            let (terminal, pts) = Terminal::open(answers.to_vec())?;
            let process = pty_process::blocking::Command::from(launch.process());
            let child = process.spawn(pts).map_err(|cause| match cause {
                pty_process::Error::Io(cause) => cause,
                pty_process::Error::Rustix(cause) => cause.into(),
            })?;
            Ok((terminal, child))
        })?;
        self.spawned += 1;
        let mut tell = telling(self.watch.as_deref_mut(), command, &self.vault);
        let end = Running::new(child).attend(&mut terminal, limit, &self.stop, &mut tell);
        Ok(Run {
            end,
            stdout: terminal.into_text(),
            stderr: String::new(),
        })
    }
}

/// A program with all that it is told, looked up.
struct Launch {
    path: PathBuf,
    args: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Launch {
    fn process(&self) -> Process {
        let mut process = Process::new(&self.path);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        process
            .args(&self.args)
            .env_clear()
            .envs(environment)
            .current_dir("/");
        process
    }
}

/// How a program ended, and what it had printed by then.
struct Run {
    end: Result<ExitStatus, Failure>,
    stdout: String,
    stderr: String,
}

/// Passes on what is heard of a command to whoever looks on.
fn telling<'a>(
    mut watch: Option<&'a mut Watch>,
    command: &'a Command,
    vault: &'a RefCell<Vault>,
) -> impl FnMut(&[u8]) + 'a {
    move |heard| {
        if let Some(watch) = &mut watch {
            progress::tell(*watch, command, heard, vault);
        }
    }
}

/// Starts a program; again if its file is still being written, as it is for
/// a moment when software is upgraded.
fn patiently<T>(mut start: impl FnMut() -> io::Result<T>) -> Result<T, Failure> {
    let mut left = 20;
    loop {
        match start() {
            Err(cause) if cause.kind() == io::ErrorKind::ExecutableFileBusy && left > 0 => {
                left -= 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result.map_err(Failure::Unstarted),
        }
    }
}

fn fault(failure: &Failure, program: &str, said: &str) -> Fault {
    let fault = match failure {
        Failure::Unstarted(cause) => Fault::new(
            FaultKind::Command,
            format!("`{program}` cannot be started: {cause}"),
        ),
        Failure::TimedOut(limit) => Fault::new(
            FaultKind::Command,
            format!("`{program}` was ended after {limit:?}"),
        )
        .hint("if it needs longer, say how long with `--timeout`"),
        Failure::Stopped => Fault::new(
            FaultKind::Interrupted,
            format!("`{program}` was ended on request"),
        ),
        Failure::Insistent => Fault::new(
            FaultKind::Command,
            format!("`{program}` asks for more than it was to be told"),
        ),
        Failure::Broken(cause) => Fault::new(
            FaultKind::Command,
            format!("nothing more was heard of `{program}`: {cause}"),
        ),
    };
    match said.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => fault.hint(format!("the last it said: {}", line.trim())),
        None => fault,
    }
}

#[cfg(test)]
mod tests;
