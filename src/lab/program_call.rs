//! One run of one program: noted in the log, met by a fault or not, and then
//! carried out. It knows no program by name.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};

use super::arguments::{self, OptionSyntax, ParsedArgs};
use super::injected_faults::{self, FaultTarget, InjectedFault};
use super::lab_folder::{CALLS, LabFolder, bad};
use super::programs::{self, ActingCalls, LabProgram};

/// Everything a program has to work with.
pub(super) struct ProgramCall {
    pub(super) program: &'static str,
    pub(super) args: Vec<String>,
    /// What was piped in, for the few programs that read it.
    pub(super) stdin: String,
    pub(super) folder: LabFolder,
    out: io::Stdout,
    err: io::Stderr,
}

impl ProgramCall {
    /// A line on standard output.
    pub(super) fn print_line(&self, line: impl Display) -> io::Result<()> {
        writeln!(&self.out, "{line}")
    }

    /// A line on standard error, and the exit code to leave with.
    pub(super) fn report_error(&self, code: u8, line: impl Display) -> io::Result<u8> {
        writeln!(&self.err, "{line}")?;
        Ok(code)
    }

    /// The options, or the complaint of the program itself as the error.
    pub(super) fn options(&self, syntax: &OptionSyntax) -> io::Result<ParsedArgs> {
        arguments::parse(&self.args, syntax).map_err(bad)
    }

    pub(super) fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(String::as_str)
    }
}

/// Acts as the program that `argv[0]` names.
pub(super) fn answer(folder: LabFolder) -> u8 {
    let mut args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    let own = args.next().unwrap_or_default();
    let name = own.rsplit('/').next().unwrap_or_default().to_owned();
    let outcome = match programs::named(&name) {
        Some(program) => carry_out(program, args.collect(), folder),
        None => Err(bad("not a program of this lab")),
    };
    outcome.unwrap_or_else(|error| {
        // Where nobody reads the message there is nobody to tell.
        let _ = writeln!(io::stderr(), "{name}: {error}");
        1
    })
}

fn carry_out(program: &'static LabProgram, args: Vec<String>, folder: LabFolder) -> io::Result<u8> {
    let stdin = if (program.reads_stdin)(&args) {
        piped()?
    } else {
        String::new()
    };
    let acting = match program.acts {
        ActingCalls::Never => false,
        ActingCalls::Always => true,
        ActingCalls::When(test) => test(&args, &stdin),
    };
    note(&folder, program.name, &args, acting)?;
    let text = format!("{} {stdin}", args.join(" "));
    // A program that only reads has no acting calls for a fault to meet.
    let reading = !acting && !matches!(program.acts, ActingCalls::Never);
    let target = FaultTarget {
        program: program.name,
        text: &text,
        reading,
    };
    let number = || count(&folder, program.name, acting);
    let fault = injected_faults::meeting(&folder, &target, number)?;
    let call = ProgramCall {
        program: program.name,
        args,
        stdin,
        folder,

        out: io::stdout(),
        err: io::stderr(),
    };
    match fault {
        None => (program.run)(&call),
        Some(fault) => suffer(program, call, fault),
    }
}

fn suffer(program: &LabProgram, call: ProgramCall, fault: InjectedFault) -> io::Result<u8> {
    match fault {
        InjectedFault::Fail => call.report_error(
            1,
            format_args!("{}: failed, as asked of the lab", call.program),
        ),
        InjectedFault::FailAfter => {
            (program.run)(&call)?;
            call.report_error(
                1,
                format_args!("{}: failed afterwards, as asked of the lab", call.program),
            )
        }
        InjectedFault::Lie => (program.run)(&ProgramCall {
            folder: call.folder.lying(),
            ..call
        }),
        InjectedFault::Slow(time) => {
            std::thread::sleep(time);
            (program.run)(&call)
        }
        InjectedFault::Hang => loop {
            std::thread::park();
        },
    }
}

/// Standard input up to its end or the word that ends a session.
fn piped() -> io::Result<String> {
    let mut text = String::new();
    for line in io::stdin().lines() {
        let line = line?;
        let ends = line.trim() == "terminate";
        text.push_str(&line);
        text.push('\n');
        if ends {
            break;
        }
    }
    Ok(text)
}

/// Adds the call to the log in a single write, whole beside those of others.
fn note(folder: &LabFolder, program: &str, args: &[String], acting: bool) -> io::Result<()> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let env: Vec<String> = names.filter(|name| name.starts_with("ASPERA_")).collect();
    let line = json!({
        "program": program,
        "args": args,
        "env": env,
        "tty": io::stdin().is_terminal(),
        "acting": acting,
        "pid": std::process::id(),
    });
    let mut log = File::options()
        .create(true)
        .append(true)
        .open(folder.path(CALLS))?;
    log.write_all(format!("{line}\n").as_bytes())
}

/// The calls in the log.
pub(super) fn logged(folder: &LabFolder) -> io::Result<Vec<Value>> {
    let text = fs::read_to_string(folder.path(CALLS))?;
    let calls = text.lines().map(serde_json::from_str);
    Ok(calls.collect::<Result<_, _>>()?)
}

/// How many calls of this program and kind there were up to this one.
fn count(folder: &LabFolder, program: &str, acting: bool) -> io::Result<usize> {
    let calls = logged(folder)?;
    let own = std::process::id();
    let until = calls
        .iter()
        .rposition(|call| call["pid"] == own)
        .map_or(0, |at| at + 1);
    let same = |call: &&Value| call["program"] == program && call["acting"] == acting;
    Ok(calls[..until].iter().filter(same).count())
}
